/**
 * Values in the memory of one isolate: each with its end, bounded in number, the oldest out first. Nothing in it may
 * belong to a request's I/O.
 */
export type IsolateCache<Value> = {
  readonly get: (key: string, nowMs: number) => Value | undefined
  readonly set: (key: string, value: Value, expiresAtMs: number) => void
  readonly deleteWhere: (isStale: (value: Value) => boolean) => void
}

export function createIsolateCache<Value>(maxEntries: number): IsolateCache<Value> {
  const entries = new Map<string, { readonly value: Value; readonly expiresAtMs: number }>()
  return {
    get: (key, nowMs) => {
      const entry = entries.get(key)
      return entry !== undefined && nowMs < entry.expiresAtMs ? entry.value : undefined
    },
    set: (key, value, expiresAtMs) => {
      // Deleting first moves the key to the end, so the first key is always the oldest.
      entries.delete(key)
      const [oldest] = entries.keys()
      if (entries.size >= maxEntries && oldest !== undefined) entries.delete(oldest)
      entries.set(key, { value, expiresAtMs })
    },
    deleteWhere: (isStale) => {
      for (const [key, { value }] of entries) if (isStale(value)) entries.delete(key)
    },
  }
}
