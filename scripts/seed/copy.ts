import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { TransactionSql } from 'postgres'

/** A value as a column of COPY's text format takes it; arrays, JSON and instants come as PostgreSQL's own text. */
export type Value = string | number | boolean | null

const chunkLength = 1 << 16

/**
 * Streams rows into a table, named columns only; resolves when the server has taken all of them. The rows are asked for as
 * fast as the server reads, so no more than a few chunks are in memory.
 */
export async function copyRows(
  tx: TransactionSql,
  table: string,
  columns: readonly string[],
  rows: Iterable<readonly Value[]> | AsyncIterable<readonly Value[]>,
): Promise<void> {
  const named = columns.map((column) => `"${column}"`).join(', ')
  const copy = tx.unsafe(`copy ${table} (${named}) from stdin`)
  const writable = await copy.writable()
  // The driver gives a refused row to the statement, whose promise is settled by now, and leaves the stream waiting.
  Object.assign(copy, { reject: (error: Error) => writable.destroy(error) })
  await pipeline(Readable.from(chunksOf(rows, columns.length), { objectMode: false }), writable)
}

async function* chunksOf(rows: Iterable<readonly Value[]> | AsyncIterable<readonly Value[]>, width: number) {
  let chunk = ''
  for await (const row of rows) {
    if (row.length !== width) throw new Error(`a row has ${row.length} values for ${width} columns`)
    chunk += `${row.map(textOf).join('\t')}\n`
    if (chunk.length < chunkLength) continue
    yield Buffer.from(chunk)
    chunk = ''
  }
  if (chunk !== '') yield Buffer.from(chunk)
}

const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' }

function textOf(value: Value): string {
  if (value === null) return '\\N'
  if (typeof value !== 'string') return String(value)
  return /[\\\t\n\r]/.test(value) ? value.replace(/[\\\t\n\r]/g, (found) => escapes[found] ?? found) : value
}

/** Milliseconds as a timestamptz. */
export const instant = (ms: number): string => new Date(ms).toISOString()
/** Milliseconds as a date in UTC. */
export const day = (ms: number): string => instant(ms).slice(0, 10)
