import Papa from 'papaparse'
import type { ProblemItem } from '../problem.ts'
import { ProblemError } from '../problem.ts'

/** A table as spreadsheets write it: RFC 4180, or with semicolons or tabs, with any line ends, quoted where needed. */

export type SheetRow = {
  /** Where the row begins in the text, from 1. */
  readonly line: number
  /** What is not empty, by column. */
  readonly cells: ReadonlyMap<string, string>
  readonly faults: readonly ProblemItem[]
}

/** Rows below the header, empty lines left out. Throws when the header has other columns than these, or one twice. */
export function readSheet(
  text: string,
  { columns, required, maxRows }: { columns: readonly string[]; required: string; maxRows: number },
): SheetRow[] {
  const lines = text.replace(/\r\n?/g, '\n')
  const delimiter = [';', '\t'].find((mark) => lines.slice(0, lines.indexOf('\n')).includes(mark)) ?? ','
  const read: { line: number; values: string[]; faults: ProblemItem[] }[] = []
  let [line, end] = [1, 0]
  Papa.parse<string[]>(lines, {
    delimiter,
    newline: '\n',
    step: ({ data, errors, meta: { cursor } }, parser) => {
      // The header, and one row too many, which says that there are.
      if (read.length > maxRows + 1) parser.abort()
      // What follows the first comes of it.
      const faults = errors.slice(0, 1).map(({ message }) => ({ pointer: '', code: 'csv/malformed', detail: message }))
      if (data.some((value) => value.trim() !== '')) read.push({ line, values: data, faults })
      for (; end < cursor; end += 1) if (lines[end] === '\n') line += 1
    },
  })
  const [header, ...rows] = read
  const names = (header?.values ?? []).map((name) => name.trim())
  // Spreadsheets go on to the last column that ever held something.
  while (names.at(-1) === '') names.pop()
  refuseHeader(names, columns, required)
  if (rows.length > maxRows) throw refused('', 'csv/too-many-rows', `has more than ${maxRows} rows`)
  if (rows.length === 0) throw refused('', 'csv/empty', 'has no row below the header')
  return rows.map(({ line: at, values, faults }) => {
    const filled = names.flatMap((name, index) =>
      values[index]?.trim() ? [[name, values[index].trim()] as const] : [],
    )
    const surplus = values.slice(names.length).some((value) => value.trim() !== '')
    const detail = `has ${values.length} values for ${names.length} columns`
    const tooMany = surplus ? [{ pointer: '', code: 'csv/too-many-values', detail }] : []
    return { line: at, cells: new Map(filled), faults: [...faults, ...tooMany] }
  })
}

function refuseHeader(names: readonly string[], columns: readonly string[], required: string): void {
  // One more than there are is unknown or stands twice; a text can have very many.
  const faults = names.slice(0, columns.length + 1).flatMap((name, index) => {
    const pointer = `/columns/${index}`
    if (!columns.includes(name)) {
      const detail = `is not known; known are ${columns.join(', ')}`
      return [{ pointer, code: 'csv/unknown-column', detail }]
    }
    return names.indexOf(name) < index ? [{ pointer, code: 'csv/repeated-column', detail: `${name} stands twice` }] : []
  })
  const isMissing = !names.includes(required)
  const missing = isMissing
    ? [{ pointer: '/columns', code: 'csv/missing-column', detail: `${required} is needed` }]
    : []
  if (faults.length + missing.length === 0) return
  throw new ProblemError('request/invalid', { errors: [...missing, ...faults] })
}

const refused = (pointer: string, code: string, detail: string): ProblemError =>
  new ProblemError('request/invalid', { errors: [{ pointer, code, detail }] })
