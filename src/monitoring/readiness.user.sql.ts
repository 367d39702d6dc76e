// Generated from sql/monitoring/readiness.user.sql by `npm run gen`. Do not edit.
import { PreparedQuery } from '../db/run.ts'

export type FindSchemaVersionParams = void

export type FindSchemaVersionResult = {
  version: string | null
}

/** The newest migration that this database has. */
export const findSchemaVersion = new PreparedQuery<FindSchemaVersionParams, FindSchemaVersionResult>({
  params: [],
  statement: `select max(m.version) as "version"
from schema_migrations m`,
})
