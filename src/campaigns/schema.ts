import { z } from '@hono/zod-openapi'
import { PageOf, PageQuery } from '../http/paging.ts'
import { AmountMinor, Currency, DateOnly, Id, Name, Text, Timestamp } from '../http/values.ts'

export const CampaignObjective = z.enum(['awareness', 'engagement', 'traffic', 'leads', 'sales', 'other'])
export const CampaignStatus = z.enum(['draft', 'active', 'completed', 'archived'])

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
}

// What one body says alone; against the columns that a change leaves as they are, the table's constraints decide.
const budgetHasCurrency = {
  check: ({ budgetMinor, currency }: Planned) => typeof budgetMinor !== 'number' || currency !== null,
  refusal: { path: ['currency'], error: 'a budget needs a currency' },
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
  })
  .refine(budgetHasCurrency.check, budgetHasCurrency.refusal)
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
  })
  .partial()
  .refine(budgetHasCurrency.check, budgetHasCurrency.refusal)
  .refine(endsAfterStart.check, endsAfterStart.refusal)
  .openapi('CampaignChange')
export type CampaignChange = z.infer<typeof CampaignChange>

export const CampaignQuery = z.strictObject({
  ...PageQuery('campaigns', z.tuple([Id])),
  status: CampaignStatus.optional(),
  objective: CampaignObjective.optional(),
})
export type CampaignQuery = z.infer<typeof CampaignQuery>
