import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from 'miniflare'
import { atEnd } from './endings.ts'

/** The simulators of R2 and of the other stores in a workerd of their own, which several others share. */
export type SharedStorage = { readonly directory: string }

/** Ends with the test file, after those that share it. The one that is oldest keeps the stores. */
export async function startStorage(): Promise<SharedStorage> {
  const storage = { directory: mkdtempSync(join(tmpdir(), 'defeah-storage-')) }
  atEnd(() => rmSync(storage.directory, { recursive: true, force: true }))
  await startSharing(storage, 'storage', 'export default {}')
  return storage
}

/** A Worker of that one script, with a bucket FILES, and the address at which it answers. */
export async function startSharing(storage: SharedStorage, name: string, script: string): Promise<URL> {
  const options = { name, modules: true, script, r2Buckets: ['FILES'], cf: false, log: new Log(LogLevel.ERROR) }
  const miniflare = new Miniflare({ ...convertV4MiniflareOptions(options), ...sharingOf(storage, name) })
  atEnd(() => miniflare.dispose())
  return await miniflare.ready
}

/** What makes an instance of miniflare, which has that name, share the stores. */
export const sharingOf = ({ directory }: SharedStorage, name: string) => ({
  unsafeEnableSharedStorage: true,
  resourcePersistencePath: join(directory, 'shared'),
  isolatedResourcePersistencePath: join(directory, name),
  enableDevRegistry: true,
  unsafeDevRegistryPath: join(directory, 'registry'),
})
