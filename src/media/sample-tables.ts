import { childrenOf } from './boxes.ts'
import { Rejection, unreadable } from './rejection.ts'

/** Bounds what reading the sample tables of a video costs (ISO/IEC 14496-12, 8.6 and 8.7), whose few bytes can ask for gigabytes. */

/** Instagram's longest video, a quarter of an hour, asks for some 400,000 at 60 frames per second. */
const maxEntries = 750_000
const maxTracks = 64

const fragmentNames = ['mvex', 'moof', 'trun']
const tableNames = ['stts', 'ctts', 'stsc', 'stco', 'co64', 'stss', 'stsz', 'stz2']

/**
 * Refuses an index whose tables have too many entries, or name too many samples, chunks or tracks. A table that a reader
 * might find at another place is refused too, and so are fragments, whose tables lie all over the file. Throws a RangeError
 * where a table breaks off.
 */
export function boundTables(index: DataView): void {
  const found = countNames(index)
  if (fragmentNames.some((name) => (found.get(name) ?? 0) > 0))
    throw new Rejection('media/fragmented', 'It is written in fragments (moof): write it as one piece.')
  const tracks = childrenOf(index, 'trak')
  if (tracks.length > maxTracks) throw unreadable('It has too many tracks.')
  const samples = ['mdia', 'minf', 'stbl'].reduce(
    (boxes, name) => boxes.flatMap((box) => childrenOf(box, name)),
    tracks,
  )
  const expected = new Map(tableNames.map((name) => [name, samples.flatMap((box) => childrenOf(box, name)).length]))
  expected.set('trak', tracks.length).set('stbl', samples.length)
  for (const [name, count] of expected)
    if ((found.get(name) ?? 0) !== count) throw unreadable(`It has a table (${name}) where none belongs.`)
  const entries = samples.reduce((sum, box) => sum + entriesOf(box), 0)
  if (entries > maxEntries) throw unreadable('Its index names too many samples.')
}

/** How often each name stands where a box may begin, wherever that is. */
function countNames(index: DataView): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  const wanted = new Map([...fragmentNames, ...tableNames, 'trak', 'stbl'].map((name) => [codeOf(name), name]))
  for (let at = 4; at + 4 <= index.byteLength; at += 1) {
    const name = wanted.get(index.getUint32(at))
    if (name === undefined) continue
    const bytes = index.getUint32(at - 4)
    // To the end, a long size, or one that fits (4.2).
    if (bytes <= 1 || (bytes >= 8 && bytes <= index.byteLength - at + 4)) counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  return counts
}

const codeOf = (name: string): number => [...name].reduce((code, letter) => code * 256 + letter.charCodeAt(0), 0)

/** What a reader makes of the tables of one track: an object for each entry, and for each sample where they are reordered. */
function entriesOf(tables: DataView): number {
  const all = (name: string) => childrenOf(tables, name)
  const counted = ['stts', 'ctts', 'stsc', 'stco', 'co64', 'stss'].flatMap(all).map((box) => box.getUint32(4))
  const sizes = all('stsz').map((box) => (box.getUint32(4) === 0 ? box.getUint32(8) : 1))
  const offsets = all('ctts')
  const expanded = offsets.length > 0 ? [...all('stts'), ...offsets].map(samplesIn) : []
  const chunks = all('stsc').map(lastChunkIn)
  const small = all('stz2').map((box) => box.getUint32(8))
  return [...counted, ...sizes, ...small, ...expanded, ...chunks].reduce((sum, count) => sum + count, 0)
}

/** The samples of all runs of a table, each of a count and a value. */
function samplesIn(table: DataView): number {
  let samples = 0
  for (let at = 8; at + 8 <= table.byteLength; at += 8) samples += table.getUint32(at)
  return samples
}

/** The highest chunk that begins a run. */
function lastChunkIn(table: DataView): number {
  let last = 0
  for (let at = 8; at + 12 <= table.byteLength; at += 12) last = Math.max(last, table.getUint32(at))
  return last
}
