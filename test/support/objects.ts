import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from 'miniflare'
import { connectImages, type Images, type ImagesBinding } from '../../src/objects/images.ts'
import { type Bucket, connectObjects, type ObjectStore } from '../../src/objects/store.ts'
import { atEnd } from './endings.ts'

let simulator: Miniflare | undefined
let stores = 0

/** R2 as the platform's own simulator keeps it, empty for each caller; started when something first asks for it. */
export function openObjects(): ObjectStore {
  stores += 1
  const area = `${stores}/`
  const store = async () => connectObjects(await openBucket())
  const within = (keys: readonly string[]) => keys.map((key) => area + key)
  const from = (after: string | undefined) => (after === undefined ? undefined : area + after)
  return {
    put: async (key, body) => await (await store()).put(area + key, body),
    putExact: async (key, body, expected) => await (await store()).putExact(area + key, body, expected),
    get: async (key, range) => await (await store()).get(area + key, range),
    head: async (key) => await (await store()).head(area + key),
    delete: async (keys) => await (await store()).delete(within(keys)),
    list: async (prefix, after) => {
      const keys = await (await store()).list(area + prefix, from(after))
      return keys.map((key) => key.slice(area.length))
    },
    listDated: async (prefix, after) => {
      const listed = await (await store()).listDated(area + prefix, from(after))
      return listed.map(({ key, storedAt }) => ({ key: key.slice(area.length), storedAt }))
    },
  }
}

/** What makes JPEGs, as the platform's own simulator does it. */
export function openImages(): Images {
  return {
    toJpeg: async (source, maxWidth) => {
      const binding = await startedSimulator().getImagesBinding('IMAGES')
      return await connectImages(binding as unknown as ImagesBinding).toJpeg(source, maxWidth)
    },
  }
}

/**
 * The simulator's bucket, shared by all. Its calls cross from this process into workerd, which takes no stream of a length
 * that it does not know.
 */
export async function openBucket(): Promise<Bucket> {
  const bucket = (await startedSimulator().getR2Bucket('PRIVATE_FILES')) as unknown as Bucket
  const put: Bucket['put'] = async (key, body, options) => {
    const bytes = body instanceof Uint8Array ? body : new Uint8Array(await new Response(body).arrayBuffer())
    return await bucket.put(key, bytes, options)
  }
  return new Proxy(bucket, { get: (target, name) => (name === 'put' ? put : Reflect.get(target, name)) })
}

function startedSimulator(): Miniflare {
  simulator ??= startSimulator()
  return simulator
}

function startSimulator(): Miniflare {
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      name: 'objects',
      modules: true,
      script: 'export default { fetch: () => new Response() }',
      r2Buckets: ['PRIVATE_FILES'],
      images: { binding: 'IMAGES' },
      cf: false,
      log: new Log(LogLevel.ERROR),
    }),
  )
  atEnd(() => miniflare.dispose())
  return miniflare
}
