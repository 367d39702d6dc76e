import type { MemberContext } from '../context.ts'
import { violatedConstraint } from '../db/errors.ts'
import { once } from '../idempotency/service.ts'
import { type Page, pageOf } from '../paging.ts'
import { ProblemError } from '../problem.ts'
import {
  archiveCampaign,
  deleteCampaign,
  findCampaign,
  insertCampaign,
  listCampaigns,
  updateCampaign,
} from './campaigns.sql.ts'
import { Campaign, type CampaignChange, type CampaignQuery, type NewCampaign } from './schema.ts'

export async function createCampaign(ctx: MemberContext, input: NewCampaign): Promise<Campaign> {
  return await once(ctx, Campaign, async () => {
    return asCampaign(
      await ctx.db.one(insertCampaign, {
        now: ctx.now().toISOString(),
        ...input,
        id: ctx.makeId(),
        userId: ctx.userId,
      }),
    )
  })
}

export async function getCampaign(ctx: MemberContext, id: string): Promise<Campaign> {
  const row = await ctx.db.maybeOne(findCampaign, { id })
  if (row === undefined) throw new ProblemError('campaign/not-found')
  return asCampaign(row)
}

export async function listCampaignsPage(ctx: MemberContext, query: CampaignQuery): Promise<Page<Campaign>> {
  const { limit, cursor, ...filters } = query
  const rows = await ctx.db.many(listCampaigns, { ...filters, beforeId: cursor?.[0] ?? null, limit: limit + 1 })
  return pageOf(rows.map(asCampaign), limit, ({ id }) => [id])
}

/** Changes a campaign when one of `versions` is current (null: whichever is). */
export async function changeCampaign(
  ctx: MemberContext,
  id: string,
  change: CampaignChange,
  versions: number[] | null,
): Promise<Campaign> {
  const row = await ctx.db.maybeOne(updateCampaign, { ...change, id, versions, changed: Object.keys(change) })
  return row === undefined ? await refuseChange(ctx, id) : asCampaign(row)
}

/** Archives a campaign for good: it keeps its posts and spend, and changes no more. */
export async function closeCampaign(ctx: MemberContext, id: string): Promise<Campaign> {
  return await once(ctx, Campaign, async () => {
    const row = await ctx.db.maybeOne(archiveCampaign, { id, now: ctx.now().toISOString() })
    if (row !== undefined) return asCampaign(row)
    await getCampaign(ctx, id)
    throw new ProblemError('campaign/archived')
  })
}

const usingKeys: ReadonlySet<string | undefined> = new Set(['posts_campaign_fkey', 'campaign_spend_campaign_fkey'])

/** Deletes a campaign that nothing points to. */
export async function removeCampaign(ctx: MemberContext, id: string, versions: number[] | null): Promise<void> {
  try {
    const row = await ctx.db.maybeOne(deleteCampaign, { id, versions })
    if (row === undefined) await refuseChange(ctx, id)
  } catch (error) {
    if (!usingKeys.has(violatedConstraint(error))) throw error
    const detail = `It has posts or spend; POST /v1/campaigns/${id}/archive keeps them.`
    throw new ProblemError('campaign/in-use', { detail, cause: error })
  }
}

/** Why nothing was changed: the campaign is not there, or has moved on. */
async function refuseChange(ctx: MemberContext, id: string): Promise<never> {
  await getCampaign(ctx, id)
  throw new ProblemError('request/version-stale')
}

/** `utm` and `goals` are written by this service alone, from values that their schemas have passed. */
const asCampaign = (row: Omit<Campaign, 'utm' | 'goals'> & { utm: unknown; goals: unknown }): Campaign =>
  row as Campaign
