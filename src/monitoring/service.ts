import type { Context } from '../context.ts'
import { schemaVersion } from '../db/schema-version.ts'
import { findSchemaVersion } from './readiness.user.sql.ts'

/** Whether requests can be served. `cache: degraded` does not stop them: the database is the truth. */
export type Readiness = {
  readonly status: 'ready' | 'unavailable'
  readonly database: 'ok' | 'unavailable'
  readonly migrations: 'ok' | 'behind' | 'unknown'
  readonly cache: 'ok' | 'degraded'
}

/** Asks the database and the cache at once. */
export async function readiness(ctx: Context): Promise<Readiness> {
  const [migrations, isCacheUp] = await Promise.all([migrationState(ctx), ctx.cache.ping()])
  return {
    status: migrations === 'ok' ? 'ready' : 'unavailable',
    database: migrations === 'unknown' ? 'unavailable' : 'ok',
    migrations,
    cache: isCacheUp ? 'ok' : 'degraded',
  }
}

async function migrationState(ctx: Context): Promise<Readiness['migrations']> {
  try {
    const row = await ctx.db.maybeOne(findSchemaVersion)
    return (row?.version ?? '') >= schemaVersion ? 'ok' : 'behind'
  } catch (error) {
    ctx.note({ error: String(error) })
    return 'unknown'
  }
}
