import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { LocalError } from './process.ts'

const STATE = fileURLToPath(new URL('../../.data/dev.json', import.meta.url))

/** DATABASE_URL, or else the database of `npm run dev`. */
export function chosenDatabase(): string {
  const given = process.env['DATABASE_URL']
  if (given !== undefined) return given
  if (existsSync(STATE)) return (JSON.parse(readFileSync(STATE, 'utf8')) as { databaseUrl: string }).databaseUrl
  throw new LocalError('no database: start npm run dev, or set DATABASE_URL')
}
