import { z } from '@hono/zod-openapi'
import { PageOf, PageQuery } from '../http/paging.ts'
import { AmountMinor, Currency, DateOnly, Id, Name, Text, Timestamp } from '../http/values.ts'

export const CampaignObjective = z.enum(['awareness', 'engagement', 'traffic', 'leads', 'sales', 'other'])
export const CampaignStatus = z.enum(['draft', 'active', 'completed', 'archived'])

/** What a goal can be set on: the figures that are kept of a campaign. */
export const GoalMetric = z.enum([
  'views',
  'reach',
  'likes',
  'comments',
  'shares',
  'saves',
  'follows',
  'profile_visits',
  'clicks',
  'conversions',
  'revenue',
])

const maxGoals = 20

/** What is to be reached by the end of a day, or of the campaign. Revenue is in minor units of its currency. */
export const Goal = z
  .strictObject({
    metric: GoalMetric,
    target: z.int({ abort: true }).min(1).max(Number.MAX_SAFE_INTEGER),
    by: DateOnly.nullable().default(null),
  })
  .openapi('Goal')
export type Goal = z.infer<typeof Goal>

const Goals = z
  .array(Goal)
  .max(maxGoals)
  .superRefine((goals, ctx) => {
    const seen = new Set<string>()
    for (const [index, { metric, by }] of goals.entries()) {
      const subject = `${metric} ${by}`
      if (seen.has(subject))
        ctx.addIssue({ code: 'custom', path: [index], message: 'has the metric and day of another' })
      seen.add(subject)
    }
  })

/** Defaults for the utm_* parameters of the campaign's links. */
export const Utm = z
  .strictObject({ source: Text(200), medium: Text(200), campaign: Text(200), term: Text(200), content: Text(200) })
  .partial()
  .openapi('Utm')

export const Campaign = z
  .object({
    id: Id,
    userId: Id,
    name: z.string(),
    objective: CampaignObjective,
    budgetMinor: z.int().nullable().openapi({ description: 'In minor units of the currency' }),
    currency: z.string().nullable(),
    startsOn: z.string().nullable().openapi({ format: 'date' }),
    endsOn: z.string().nullable().openapi({ format: 'date' }),
    status: CampaignStatus,
    utm: Utm,
    goals: z.array(Goal),
    archivedAt: Timestamp.nullable(),
    version: z.int(),
    createdAt: Timestamp,
    updatedAt: Timestamp,
  })
  .openapi('Campaign')
export type Campaign = z.infer<typeof Campaign>

export const CampaignPage = PageOf(Campaign, 'CampaignPage')

type Planned = {
  budgetMinor?: number | null | undefined
  currency?: string | null | undefined
  startsOn?: string | null | undefined
  endsOn?: string | null | undefined
  goals?: readonly Goal[] | undefined
}

// What one body says alone; against the columns that a change leaves as they are, the table's constraints decide.
const budgetHasCurrency = {
  check: ({ budgetMinor, currency }: Planned) => typeof budgetMinor !== 'number' || currency !== null,
  refusal: { path: ['currency'], error: 'a budget needs a currency' },
}
const revenueHasCurrency = {
  check: ({ goals, currency }: Planned) => currency !== null || !goals?.some(({ metric }) => metric === 'revenue'),
  refusal: { path: ['currency'], error: 'a goal of revenue needs a currency' },
}
const endsAfterStart = {
  check: ({ startsOn, endsOn }: Planned) => !startsOn || !endsOn || startsOn <= endsOn,
  refusal: { path: ['endsOn'], error: 'must not be before startsOn' },
}

export const NewCampaign = z
  .strictObject({
    name: Name(200),
    objective: CampaignObjective,
    budgetMinor: AmountMinor.nullable().default(null),
    currency: Currency.nullable().default(null),
    startsOn: DateOnly.nullable().default(null),
    endsOn: DateOnly.nullable().default(null),
    utm: Utm.default({}),
    goals: Goals.default([]),
  })
  .refine(budgetHasCurrency.check, budgetHasCurrency.refusal)
  .refine(revenueHasCurrency.check, revenueHasCurrency.refusal)
  .refine(endsAfterStart.check, endsAfterStart.refusal)
  .openapi('NewCampaign')
export type NewCampaign = z.infer<typeof NewCampaign>

/** Members that are absent stay as they are. Archiving has a route of its own. */
export const CampaignChange = z
  .strictObject({
    name: Name(200),
    objective: CampaignObjective,
    status: CampaignStatus.exclude(['archived']),
    budgetMinor: AmountMinor.nullable(),
    currency: Currency.nullable(),
    startsOn: DateOnly.nullable(),
    endsOn: DateOnly.nullable(),
    utm: Utm,
    goals: Goals,
  })
  .partial()
  .refine(budgetHasCurrency.check, budgetHasCurrency.refusal)
  .refine(revenueHasCurrency.check, revenueHasCurrency.refusal)
  .refine(endsAfterStart.check, endsAfterStart.refusal)
  .openapi('CampaignChange')
export type CampaignChange = z.infer<typeof CampaignChange>

export const CampaignQuery = z.strictObject({
  ...PageQuery('campaigns', z.tuple([Id])),
  status: CampaignStatus.optional(),
  objective: CampaignObjective.optional(),
  activeFrom: DateOnly.optional().openapi({ description: 'Has not ended before this day' }),
  activeTo: DateOnly.optional().openapi({ description: 'Has begun by this day' }),
})
export type CampaignQuery = z.infer<typeof CampaignQuery>

/** An entry of the ledger. It never changes; a mistake is put right by an entry that names it. */
export const Spend = z
  .object({
    id: Id,
    userId: Id,
    amountMinor: z.int().openapi({ description: 'In minor units of the currency; below zero in corrections alone' }),
    currency: z.string(),
    spentOn: z.string().openapi({ format: 'date' }),
    note: z.string().nullable(),
    corrects: Id.nullable().openapi({ description: 'The entry that this one corrects' }),
    createdAt: Timestamp,
  })
  .openapi('Spend')
export type Spend = z.infer<typeof Spend>

export const SpendPage = PageOf(Spend, 'SpendEntries')
  .extend({
    totals: z
      .array(z.object({ currency: z.string(), amountMinor: z.int() }))
      .openapi({ description: 'All entries of the campaign, each currency on its own' }),
  })
  .openapi('SpendPage')
export type SpendTotals = z.infer<typeof SpendPage>['totals']

/** Money that was spent, or the correction of an entry: what it adds to it or, below zero, takes from it. */
export const NewSpend = z
  .strictObject({
    amountMinor: z.int({ abort: true }).min(Number.MIN_SAFE_INTEGER).max(Number.MAX_SAFE_INTEGER),
    currency: Currency,
    spentOn: DateOnly,
    note: Name(500).nullable().default(null),
    corrects: Id.nullable().default(null),
  })
  .refine(({ amountMinor, corrects }) => amountMinor > 0 || (amountMinor < 0 && corrects !== null), {
    path: ['amountMinor'],
    error: 'must be above zero, or below in a correction',
  })
  .openapi('NewSpend')
export type NewSpend = z.infer<typeof NewSpend>

export const SpendQuery = z.strictObject(PageQuery('spend', z.tuple([DateOnly, Id])))
export type SpendQuery = z.infer<typeof SpendQuery>
