import { loadCommonPasswords } from './local/common-passwords.ts'
import { chosenDatabase } from './local/dev-database.ts'
import { LocalError } from './local/process.ts'

/* npm run passwords:load, on DATABASE_URL or else on the database of `npm run dev`; changes nothing where the list is there. */

const startedAt = performance.now()
try {
  const { detail } = await loadCommonPasswords(chosenDatabase())
  process.stdout.write(`common passwords: ${detail}, ${Math.round(performance.now() - startedAt)} ms\n`)
} catch (error) {
  process.stderr.write(`passwords:load: ${error instanceof LocalError ? error.message : (error as Error).stack}\n`)
  process.exitCode = 1
}
