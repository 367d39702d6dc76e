import type { JobContext } from '../context.ts'
import { updateSucceededSigningKeys } from './signing-keys.jobs.sql.ts'

/** After its last use a signing key verifies this long: a token's 15 minutes, 5 s of tolerance, 60 s for clocks and caches. */
export const verifiesAfterUseSeconds = 15 * 60 + 5 + 60

/** Ends signing keys that a later one has succeeded: they sign no more, and later their tokens are refused. */
export async function retireSigningKeys({
  db,
  now,
}: Pick<JobContext, 'db' | 'now'>): Promise<{ retiring: number; retired: number }> {
  const changed = await db.many(updateSucceededSigningKeys, {
    now: now().toISOString(),
    tokensEndedSince: new Date(now().getTime() - verifiesAfterUseSeconds * 1000).toISOString(),
  })
  const retired = changed.filter(({ status }) => status === 'retired').length
  return { retiring: changed.length - retired, retired }
}
