import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from 'miniflare'
import { type Bucket, connectObjects, type ObjectStore } from '../../src/objects/store.ts'
import { atEnd } from './endings.ts'

let simulator: Promise<Bucket> | undefined
let stores = 0

/** R2 as the platform's own simulator keeps it, empty for each caller; started when something first asks for it. */
export function openObjects(): ObjectStore {
  stores += 1
  const area = `${stores}/`
  const store = async () => {
    simulator ??= startSimulator()
    return connectObjects(await simulator)
  }
  const within = (keys: readonly string[]) => keys.map((key) => area + key)
  return {
    put: async (key, body) => await (await store()).put(area + key, body),
    get: async (key) => await (await store()).get(area + key),
    delete: async (keys) => await (await store()).delete(within(keys)),
    list: async (prefix, after) => {
      const keys = await (await store()).list(area + prefix, after === undefined ? undefined : area + after)
      return keys.map((key) => key.slice(area.length))
    },
  }
}

async function startSimulator(): Promise<Bucket> {
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      name: 'objects',
      modules: true,
      script: 'export default { fetch: () => new Response() }',
      r2Buckets: ['PRIVATE_FILES'],
      cf: false,
      log: new Log(LogLevel.ERROR),
    }),
  )
  atEnd(() => miniflare.dispose())
  return (await miniflare.getR2Bucket('PRIVATE_FILES')) as unknown as Bucket
}
