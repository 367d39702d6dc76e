import type { JobContext } from '../context.ts'
import { graceStartedAt } from './service.ts'
import { closeWorkspaces } from './workspaces.jobs.sql.ts'

const batch = 100

/** Closes the workspaces whose grace is over, a batch at a run. */
export async function closeDueWorkspaces(ctx: JobContext): Promise<{ closed: number }> {
  const values = { now: ctx.now().toISOString(), graceStartedAt: graceStartedAt(ctx), limit: batch }
  return { closed: (await ctx.db.many(closeWorkspaces, values)).length }
}
