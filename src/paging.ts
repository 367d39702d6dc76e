/** One page of a list, and the sort key of its last row when more follow. */
export type Page<Item> = { readonly data: readonly Item[]; readonly nextKey: readonly string[] | null }

/** Keyset paging: a list asks for one row more than it shows. Cuts `limit + 1` rows down to a page. */
export function pageOf<Item>(
  rows: readonly Item[],
  limit: number,
  keyOf: (item: Item) => readonly string[],
): Page<Item> {
  const data = rows.slice(0, limit)
  const last = data.at(-1)
  return { data, nextKey: rows.length > limit && last !== undefined ? keyOf(last) : null }
}
