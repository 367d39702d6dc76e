import type { MemberContext } from '../context.ts'
import { itemsOf } from '../issues.ts'
import type { ProblemItem } from '../problem.ts'
import { createdIn, createEach, type Entry } from './batch.ts'
import { listAccountsByUsername } from './posts.sql.ts'
import { type ImportQuery, NewPost, type PostImportResult } from './schema.ts'
import { readSheet, type SheetRow } from './sheet.ts'

/** Posts from a spreadsheet, a row each. Columns that hold several values part them by a bar or by white space. */

const maxRows = 500

type Cell = (text: string) => unknown

const words = (text: string): string[] => text.split(/[\s|]+/).filter((word) => word !== '')
const phrases = (text: string): string[] => (text === '' ? [] : text.split('|').map((phrase) => phrase.trim()))
const truth: Cell = (text) => ({ true: true, false: false })[text.toLowerCase()] ?? text
const whole: Cell = (text) => (/^[0-9]{1,9}$/.test(text) ? Number(text) : text)
const asIs: Cell = (text) => text

const bodyColumns: Readonly<Record<string, Cell>> = {
  kind: (text) => text.toLowerCase(),
  caption: asIs,
  accountId: asIs,
  campaignId: asIs,
  tags: (text) =>
    text
      .split('|')
      .map((tag) => tag.trim())
      .filter((tag) => tag !== ''),
}
const optionColumns: Readonly<Record<string, Cell>> = {
  firstComment: asIs,
  locationId: asIs,
  collaborators: words,
  isAiGenerated: truth,
  isPaidPartnership: truth,
  sponsorIds: words,
  shareToFeed: truth,
  audioName: asIs,
  coverMediaId: asIs,
  thumbOffsetMs: whole,
}
/** An account's user name; media by their ids, and a text for each. */
const otherColumns = ['account', 'media', 'altText']
const columns = [...Object.keys(bodyColumns), ...Object.keys(optionColumns), ...otherColumns]

/** Drafts a post of each row of a CSV text. The pointers of what is refused lead into the post that the row describes. */
export async function importPosts(
  ctx: MemberContext,
  text: string,
  { mode, dryRun }: ImportQuery,
): Promise<PostImportResult> {
  const rows = readSheet(text, { columns, required: 'kind', maxRows })
  const accountOf = await accountsNamed(ctx, rows)
  const entries = rows.map((row) => entryOf(row, accountOf))
  const lineAt = (index: number) => rows[index]?.line ?? 0
  const outcomes = await createEach(ctx, entries, { mode, dryRun, pointerTo: (index) => `/lines/${lineAt(index)}` })
  return {
    created: createdIn(outcomes),
    data: outcomes.map((outcome, index) => ({ line: lineAt(index), ...outcome })),
  }
}

/** The ids of the accounts that rows name by their user names. */
async function accountsNamed(ctx: MemberContext, rows: readonly SheetRow[]): Promise<ReadonlyMap<string, string>> {
  const usernames = [...new Set(rows.flatMap(({ cells }) => usernameIn(cells) ?? []))]
  if (usernames.length === 0) return new Map()
  const found = await ctx.db.many(listAccountsByUsername, { usernames })
  return new Map(found.map(({ username, id }) => [username, id]))
}

const usernameIn = (cells: SheetRow['cells']): string | undefined =>
  cells.get('account')?.replace(/^@/, '').toLowerCase()

function entryOf({ cells, faults }: SheetRow, accountOf: ReadonlyMap<string, string>): Entry {
  const username = usernameIn(cells)
  const accountId = username === undefined ? undefined : accountOf.get(username)
  const isUnknown = username !== undefined && accountId === undefined
  const unknown = isUnknown ? [{ pointer: '/account', code: 'reference/not-found', detail: 'does not exist' }] : []
  const parsed = NewPost.safeParse({ ...bodyOf(cells), ...(accountId && { accountId }) })
  const issues = (parsed.error?.issues ?? []).flatMap((issue) => itemsOf(issue))
  const refusals = [...faults, ...unknown, ...ambiguitiesOf(cells), ...issues]
  return { body: parsed.data, refusals }
}

/** What a row says twice, or of nothing. */
function ambiguitiesOf(cells: SheetRow['cells']): ProblemItem[] {
  const isTwice = cells.has('account') && cells.has('accountId')
  const twice = isTwice
    ? [{ pointer: '/account', code: 'csv/ambiguous', detail: 'name the account in one column' }]
    : []
  const [texts, media] = [textsIn(cells).length, mediaIn(cells).length]
  const detail = `has ${texts} texts for ${media} media`
  return texts > media ? [...twice, { pointer: '/altText', code: 'csv/too-many-values', detail }] : twice
}

const textsIn = (cells: SheetRow['cells']): string[] => phrases(cells.get('altText') ?? '')
const mediaIn = (cells: SheetRow['cells']): string[] => words(cells.get('media') ?? '')

function bodyOf(cells: SheetRow['cells']): object {
  const read = (columnsOf: Readonly<Record<string, Cell>>) =>
    Object.fromEntries(
      Object.entries(columnsOf).flatMap(([name, cell]) => {
        const text = cells.get(name)
        return text === undefined ? [] : [[name, cell(text)]]
      }),
    )
  const texts = textsIn(cells)
  const media = mediaIn(cells).map((mediaId, index) => ({ mediaId, altText: texts[index] || null }))
  return { ...read(bodyColumns), options: read(optionColumns), media }
}
