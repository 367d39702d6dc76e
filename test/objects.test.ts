import { createHash, randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import { type Bucket, connectObjects } from '../src/objects/store.ts'
import { openObjects } from './support/objects.ts'

/** The object store over the platform's simulator of R2. */

const store = openObjects()
const bytesOf = async (key: string): Promise<Buffer | undefined> => {
  const found = await store.get(key)
  if (found === undefined) return undefined
  const bytes = Buffer.from(await new Response(found.body).arrayBuffer())
  expect(found.bytes).toBe(bytes.byteLength)
  return bytes
}
const digest = (bytes: Uint8Array | undefined) =>
  bytes === undefined ? undefined : createHash('sha256').update(bytes).digest('hex')
function* slices(bytes: Uint8Array, size: number) {
  for (let at = 0; at < bytes.byteLength; at += size) yield bytes.subarray(at, at + size)
}
const pieces = (bytes: Uint8Array, size: number) => Readable.from(slices(bytes, size))

test('what is put is what is got, and a second put replaces the first', async () => {
  const [one, two] = [new Uint8Array(randomBytes(1_000)), new Uint8Array(randomBytes(10))]
  await store.put('a/one', one)
  expect(await bytesOf('a/one')).toEqual(Buffer.from(one))
  await store.put('a/one', two)
  expect(await bytesOf('a/one')).toEqual(Buffer.from(two))
  expect(await store.get('a/none')).toBeUndefined()
})

const mebibyte = 1024 * 1024
test.each([
  ['nothing', 0, 1_000],
  ['less than a part', 70_000, 1_000],
  ['a part to the byte', 5 * mebibyte, 65_536],
  ['a part and a byte', 5 * mebibyte + 1, 65_536],
  ['several parts in odd chunks', 13 * mebibyte + 5, 99_991],
  ['one chunk of several parts', 11 * mebibyte, 11 * mebibyte],
])('chunks arrive as one object: %s', async (_, length, size) => {
  const bytes = new Uint8Array(randomBytes(length))
  await store.put('big', pieces(bytes, size))
  expect(digest(await bytesOf('big'))).toBe(digest(bytes))
})

test('chunks that break off leave nothing', async () => {
  function* broken() {
    yield new Uint8Array(6 * mebibyte)
    throw new Error('broken off')
  }
  await expect(store.put('broken', Readable.from(broken()))).rejects.toThrow('broken off')
  expect(await store.get('broken')).toBeUndefined()
})

test('keys are listed by their prefix, in order, from where the last list ended', async () => {
  for (const key of ['l/3', 'l/1', 'm/1', 'l/2']) await store.put(key, new Uint8Array(1))
  expect(await store.list('l/')).toEqual(['l/1', 'l/2', 'l/3'])
  expect(await store.list('l/', 'l/1')).toEqual(['l/2', 'l/3'])
  await store.delete(['l/1', 'l/3', 'l/none'])
  await store.delete([])
  expect(await store.list('l/')).toEqual(['l/2'])
})

test('a store that hangs counts as failed, at each of its calls', async () => {
  const never = () => new Promise<never>(() => undefined)
  const hung: Bucket = { put: never, get: never, head: never, delete: never, list: never, createMultipartUpload: never }
  const objects = connectObjects(hung, { timeoutMs: 20 })
  const late = 'did not answer in time'
  await expect(objects.put('a', new Uint8Array(1))).rejects.toThrow(late)
  await expect(objects.put('a', pieces(new Uint8Array(6 * mebibyte), mebibyte))).rejects.toThrow(late)
  await expect(objects.get('a')).rejects.toThrow(late)
  await expect(objects.delete(['a'])).rejects.toThrow(late)
  await expect(objects.list('a')).rejects.toThrow(late)
})
