import type { MemberContext } from '../context.ts'
import { violatedConstraint } from '../db/errors.ts'
import { once } from '../idempotency/service.ts'
import { type Page, pageOf } from '../paging.ts'
import { ProblemError } from '../problem.ts'
import { type NewSpend, Spend, type SpendQuery, type SpendTotals } from './schema.ts'
import { insertCampaignSpend, type ListCampaignSpendResult, listCampaignSpend } from './spend.sql.ts'

/** Enters what was spent on a campaign, or a correction of an entry. An archived campaign takes corrections alone. */
export async function enterSpend(ctx: MemberContext, campaignId: string, input: NewSpend): Promise<Spend> {
  return await once(ctx, Spend, async () => {
    const made = { id: ctx.makeId(), userId: ctx.userId, now: ctx.now().toISOString() }
    try {
      return await ctx.db.one(insertCampaignSpend, { ...input, ...made, campaignId })
    } catch (error) {
      if (violatedConstraint(error) !== 'campaign_spend_campaign_fkey') throw error
      throw new ProblemError('campaign/not-found', { cause: error })
    }
  })
}

/** The entries of a campaign, the latest day first, with the totals of all of them. */
export async function listSpendPage(
  ctx: MemberContext,
  campaignId: string,
  { limit, cursor }: SpendQuery,
): Promise<Page<Spend> & { readonly totals: SpendTotals }> {
  const [beforeDay = null, beforeId = null] = cursor ?? []
  const rows = await ctx.db.many(listCampaignSpend, { campaignId, beforeDay, beforeId, limit: limit + 1 })
  const [first] = rows
  if (first === undefined) throw new ProblemError('campaign/not-found')
  const page = pageOf(rows.filter(isEntry).map(asEntry), limit, ({ spentOn, id }) => [spentOn, id])
  return { ...page, totals: first.totals as SpendTotals }
}

const isEntry = ({ id }: ListCampaignSpendResult): boolean => id !== null

/** All columns of a row come from one entry, of which id alone says whether there is one. */
const asEntry = ({ totals: _, ...entry }: ListCampaignSpendResult): Spend => entry as Spend
