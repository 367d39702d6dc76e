import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { run } from '../../../scripts/local/process.ts'
import type { PreparedQuery } from '../../../src/db/run.ts'
import { insertPosts, listPosts } from '../../../src/posts/posts.sql.ts'
import type { Account } from '../endpoints.ts'

export type Limit = {
  perSecond: number
  /** The same with a new connection for each transaction, which is what a Worker does. */
  perSecondConnecting: number
}

export type LimitOptions = {
  pgbench: string
  directory: string
  /** The api role's database through the pooler. */
  databaseUrl: string
  accounts: readonly Account[]
  seconds: number
}

/** One statement with its values; what stands in `inline` is written into its text, since pgbench's variables have no NULL. */
type Sample = { values: Record<string, string>; inline: Record<string, string> }

const clients = 16
/** pgbench takes at most 128 scripts. */
const maxScripts = 64

/** What the pooler and PostgreSQL give for the statement behind GET /v1/posts when nothing stands before them. */
export async function measureReadLimit(options: LimitOptions): Promise<Limit> {
  const samples = options.accounts.map(({ workspaceId }) => ({ values: { workspaceId, limit: '21' }, inline: {} }))
  return await measure('read', listPosts, samples, options)
}

/** The same for POST /v1/posts, audit triggers included. */
export async function measureWriteLimit(options: LimitOptions): Promise<Limit> {
  const samples = options.accounts.map(({ workspaceId, userId, campaignIds }) => {
    const actor = {
      kind: 'user',
      id: userId,
      userId,
      sessionId: null,
      workspaceId,
      requestId: 'pgbench',
      address: null,
    }
    const values = { actor: JSON.stringify(actor), workspaceId, userId, refused: '[]', answerStatus: '201' }
    const post = { kind: 'image', caption: 'Something new is growing in the garden.', campaignId: campaignIds[0] }
    const draft = JSON.stringify({ ...post, options: {}, tags: [], media: [] })
    const posts = `jsonb_build_array('${draft}'::jsonb || jsonb_build_object('id', uuid_v7()))`
    return { values, inline: { posts } }
  })
  return await measure('write', insertPosts, samples, options)
}

async function measure<P, R>(
  name: string,
  query: PreparedQuery<P, R>,
  samples: readonly Sample[],
  options: LimitOptions,
): Promise<Limit> {
  const directory = join(options.directory, `pgbench-${name}`)
  mkdirSync(directory)
  const scripts: string[] = []
  const variables: string[] = []
  for (const [index, { values, inline }] of samples.slice(0, maxScripts).entries()) {
    const file = join(directory, `${index}.sql`)
    writeFileSync(file, `${textOf(query, values, inline, index)};\n`)
    scripts.push('-f', file)
    for (const [variable, value] of Object.entries(values)) variables.push('-D', `${variable}_${index}=${value}`)
  }
  const transactionsPerSecond = async (extra: string[]): Promise<number> => {
    const url = new URL(options.databaseUrl)
    const where = ['-h', url.hostname, '-p', url.port, '-U', url.username, url.pathname.slice(1)]
    const how = ['-n', '-M', 'extended', '-c', String(clients), '-T', String(options.seconds), ...extra]
    const environment = { ...process.env, PGPASSWORD: decodeURIComponent(url.password) }
    const { code, output } = await run(options.pgbench, [...how, ...variables, ...scripts, ...where], {
      env: environment,
    })
    const rate = /^tps = ([\d.]+)/m.exec(output)?.[1]
    if (code !== 0 || rate === undefined) throw new Error(`pgbench failed: ${output.trim().slice(-500)}`)
    return Number(rate)
  }
  return { perSecond: await transactionsPerSecond([]), perSecondConnecting: await transactionsPerSecond(['-C']) }
}

/** The very text that the Worker sends, its `$n` as pgbench's variables, which travel as bound parameters. */
function textOf<P, R>(
  { compiled }: PreparedQuery<P, R>,
  values: Record<string, string>,
  inline: Record<string, string>,
  index: number,
): string {
  return compiled.text.replace(/\$(\d+)/g, (_match, position: string) => {
    const name = compiled.params[Number(position) - 1]?.name ?? ''
    return name in values ? `:${name}_${index}` : (inline[name] ?? 'null')
  })
}
