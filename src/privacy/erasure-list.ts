import { z } from 'zod'
import { utf8 } from '../crypto/encoding.ts'
import type { ObjectStore } from '../objects/store.ts'

/**
 * The list of erasures, outside the database: two objects for each, written once. `requested.json` comes before the
 * erasure, `erased.json` after it; without the second one it did not happen, or happened a moment ago. It names nobody
 * but by id.
 */

const Id = z.guid()
const Instant = z.iso.datetime({ offset: true })

export const ErasureIntent = z.object({
  id: Id,
  userId: Id,
  /** SHA-256 of the receipt in hex, so that it can be checked in a restored database too. */
  receiptDigest: z.string().regex(/^[0-9a-f]{64}$/),
  requestedAt: Instant,
  backupsExpireAt: Instant,
})
export type ErasureIntent = z.infer<typeof ErasureIntent>

export const ErasureDone = z.object({ id: Id, userId: Id, erasedAt: Instant })
export type ErasureDone = z.infer<typeof ErasureDone>

export const listPrefix = 'erasures/'
export const requestedKey = (id: string): string => `${listPrefix}${id}/requested.json`
export const erasedKey = (id: string): string => `${listPrefix}${id}/erased.json`

export async function writeEntry(
  objects: Pick<ObjectStore, 'put'>,
  key: string,
  entry: ErasureIntent | ErasureDone,
): Promise<void> {
  await objects.put(key, utf8(`${JSON.stringify(entry)}\n`))
}

/** The ids of erasures that were asked for and are not said to be done, among keys of the list in their order. */
export function unfinishedAmong(keys: readonly string[]): string[] {
  const all = new Set(keys)
  const ids = keys.map((key) => key.slice(listPrefix.length).split('/')[0] ?? '')
  return [...new Set(ids)].filter((id) => all.has(requestedKey(id)) && !all.has(erasedKey(id)))
}
