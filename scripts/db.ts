import { chosenDatabase } from './local/dev-database.ts'
import { dbmate, migrate } from './local/migrate.ts'
import { LocalError } from './local/process.ts'

/** npm run db:up | db:new -- NAME | db:down | db:status, on DATABASE_URL or else on the database of `npm run dev`. */
async function main(command: string | undefined, rest: string[]): Promise<void> {
  if (command === 'new') return await print(['new', ...rest], 'postgres://unused@127.0.0.1/unused')
  const url = chosenDatabase()
  if (command === 'up') await migrate(url)
  if (command === 'up') return await print(['status'], url)
  if (command === 'down' || command === 'status') return await print([command, ...rest], url)
  throw new LocalError('use: db.ts up | new NAME | down | status')
}

async function print(command: string[], url: string): Promise<void> {
  const { code, output } = await dbmate(command, url)
  process.stdout.write(output)
  if (code !== 0) process.exitCode = 1
}

main(process.argv[2], process.argv.slice(3)).catch((error: Error) => {
  process.stderr.write(`${error instanceof LocalError ? error.message : error.stack}\n`)
  process.exitCode = 1
})
