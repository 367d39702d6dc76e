import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { migrate } from '../local/migrate.ts'
import { startPostgres } from '../local/postgres.ts'

/** Runs with the given database, or with a throwaway one that has every migration and is gone afterwards. */
export async function withDatabase<T>(
  databaseUrl: string | undefined,
  use: (databaseUrl: string) => Promise<T>,
): Promise<T> {
  if (databaseUrl !== undefined) return await use(databaseUrl)
  const folder = await mkdtemp(join(tmpdir(), 'defeah-gen-'))
  try {
    return await withServer(folder, use)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function withServer<T>(folder: string, use: (databaseUrl: string) => Promise<T>): Promise<T> {
  const server = await startPostgres({
    directory: join(folder, 'data'),
    logFile: join(folder, 'log'),
    password: 'throwaway',
    durable: false,
    throwawayDirectory: folder,
  })
  try {
    const url = server.url('gen')
    await migrate(url)
    return await use(url)
  } finally {
    await server.stop()
  }
}
