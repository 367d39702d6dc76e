import { type Account, encodeRequest } from '../endpoints.ts'
import { type Connection, createConnection } from '../load/connection.ts'
import { ascending, percentile } from '../statistics.ts'

/** Latencies in milliseconds, each the fastest quarter's, of the first page of a list and of its last full one. */
export type ListPages = { pages: number; firstMs: number; lastMs: number; ratio: number }

type Item = Readonly<Record<string, string | null>>
/** A calendar's data are days, with the posts of each. */
type Page = { data: readonly (Item & { readonly posts?: readonly unknown[] })[]; nextCursor: string | null }

const rowsOf = ({ data }: Page): number => data.reduce((sum, { posts }) => sum + (posts?.length ?? 1), 0)

const pageSize = 20
/** The way to the end is taken in larger steps. */
const strideSize = 100
const dayMs = 86_400_000
/** Half a year of the scheduled time. */
const rangeMs = 180 * dayMs
/** As long as a calendar may be. */
const calendarMs = 60 * dayMs

/** Every list, and each filter of the long ones with a value that many rows have. */
async function listsOf(connection: Connection, account: Account): Promise<Record<string, string>> {
  const { data } = await ask(connection, account, `/v1/posts?status=published&limit=${strideSize}`)
  const common = (column: string) => mostCommon(data.flatMap((post) => post[column] ?? []))
  const now = Date.now()
  const from = new Date(now - rangeMs).toISOString()
  const to = new Date(now).toISOString()
  const [firstDay, lastDay] = [now - calendarMs, now].map((at) => new Date(at).toISOString().slice(0, 10))
  return {
    posts: '/v1/posts?',
    'posts by status': '/v1/posts?status=published&',
    'posts by campaign': `/v1/posts?campaignId=${common('campaignId')}&`,
    'posts by account': `/v1/posts?accountId=${common('accountId')}&`,
    'posts by author': `/v1/posts?authorId=${common('authorId')}&`,
    'posts by scheduled time': `/v1/posts?from=${from}&to=${to}&`,
    'posts of a campaign': `/v1/campaigns/${common('campaignId')}/posts?`,
    calendar: `/v1/posts/calendar?from=${firstDay}&to=${lastDay}&timeZone=UTC&`,
    media: '/v1/media?',
    'media by kind': '/v1/media?kind=video&',
    campaigns: '/v1/campaigns?',
    'campaigns by status': '/v1/campaigns?status=completed&',
    'spend of a campaign': `${await longestSpend(connection, account)}?`,
    'audit logs': '/v1/audit-logs?',
    'audit logs by table': '/v1/audit-logs?table=posts&',
    'audit logs by user': `/v1/audit-logs?userId=${common('authorId')}&`,
  }
}

async function longestSpend(connection: Connection, account: Account): Promise<string> {
  const found: { path: string; rows: number }[] = []
  for (const id of account.campaignIds) {
    const path = `/v1/campaigns/${id}/spend`
    found.push({ path, rows: rowsOf(await ask(connection, account, `${path}?limit=${strideSize}`)) })
  }
  return found.toSorted((one, other) => other.rows - one.rows)[0]?.path ?? ''
}

/**
 * Walks every list of the account's workspace to its end, then asks for its first page and its last full one by turns, so
 * that a change of the machine's mood meets both. A list of less than two full pages has none.
 */
export async function measureLists(port: number, account: Account, times: number): Promise<Record<string, ListPages>> {
  const connection = createConnection(port)
  const measured: Record<string, ListPages> = {}
  for (const [name, path] of Object.entries(await listsOf(connection, account))) {
    const end = await findEnd(connection, account, path)
    if (end === undefined) continue
    const latencies: Record<'first' | 'last', number[]> = { first: [], last: [] }
    for (let turn = 0; turn < times; turn += 1) {
      latencies.first.push(await latencyOf(connection, account, `${path}limit=${pageSize}`))
      latencies.last.push(await latencyOf(connection, account, `${path}limit=${pageSize}&cursor=${end.cursor}`))
    }
    // What a busy machine adds to some requests says nothing of the list.
    const [firstMs, lastMs] = [lowerQuartile(latencies.first), lowerQuartile(latencies.last)]
    measured[name] = { pages: end.pages, firstMs, lastMs, ratio: lastMs / firstMs }
  }
  connection.close()
  return measured
}

/** The cursor before the last full page, and how many pages there are. */
async function findEnd(connection: Connection, account: Account, path: string) {
  // Of the strides, those that end one or two before the list does leave one full page at least.
  const cursors: string[] = []
  let rows = 0
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page = await ask(connection, account, `${path}limit=${strideSize}${cursor && `&cursor=${cursor}`}`)
    rows += rowsOf(page)
    cursor = page.nextCursor
    if (cursor !== null) cursors.push(cursor)
  }
  if (rows < 2 * pageSize) return undefined
  const near = cursors.at(rows % strideSize >= pageSize || rows % strideSize === 0 ? -1 : -2)
  const last = await lastFullPage(connection, account, path, near ?? '')
  return last === undefined ? undefined : { cursor: last, pages: Math.ceil(rows / pageSize) }
}

async function lastFullPage(connection: Connection, account: Account, path: string, from: string) {
  let found: string | undefined
  for (let cursor: string | null = from; cursor !== null; ) {
    const page = await ask(connection, account, `${path}limit=${pageSize}${cursor && `&cursor=${cursor}`}`)
    if (rowsOf(page) === pageSize && cursor !== '') found = cursor
    cursor = page.nextCursor
  }
  return found
}

async function ask(connection: Connection, account: Account, path: string): Promise<Page> {
  const { status, body } = await connection.send(encodeRequest({ method: 'GET', path }, account), true)
  if (status !== 200) throw new Error(`${path} answered ${status}: ${body.slice(0, 300)}`)
  return JSON.parse(body)
}

async function latencyOf(connection: Connection, account: Account, path: string): Promise<number> {
  const sentAt = performance.now()
  const { status } = await connection.send(encodeRequest({ method: 'GET', path }, account), false)
  if (status !== 200) throw new Error(`${path} answered ${status}`)
  return performance.now() - sentAt
}

const lowerQuartile = (values: readonly number[]): number => percentile(values.toSorted(ascending), 0.25)

function mostCommon(values: readonly string[]): string {
  const counts = new Map<string, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return [...counts].sort(([, left], [, right]) => right - left)[0]?.[0] ?? ''
}
