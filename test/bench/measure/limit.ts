import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { connect } from '../../../scripts/local/migrate.ts'
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
  const types = await parameterTypes(options.databaseUrl, query.compiled.text)
  for (const [index, sample] of samples.slice(0, maxScripts).entries()) {
    const { values } = sample
    const file = join(directory, `${index}.sql`)
    writeFileSync(file, `${textOf(query, sample, types, index)};\n`)
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

/** What PostgreSQL takes each parameter of a statement for. */
async function parameterTypes(databaseUrl: string, text: string): Promise<readonly string[]> {
  const sql = connect(databaseUrl)
  try {
    return await sql.begin(async (tx) => {
      await tx.unsafe(`prepare measured as ${text}`)
      const [found] = await tx.unsafe<{ types: string[] }[]>(
        `select parameter_types::text[] as types from pg_prepared_statements where name = 'measured'`,
      )
      await tx.unsafe('deallocate measured')
      return found?.types ?? []
    })
  } finally {
    await sql.end()
  }
}

/**
 * The text that the Worker sends, its `$n` as pgbench's variables, which travel as bound parameters. pgbench makes a parameter
 * of each place, so each is told its type, which the other places of the same `$n` tell in the Worker's.
 */
function textOf<P, R>(
  { compiled }: PreparedQuery<P, R>,
  { values, inline }: Sample,
  types: readonly string[],
  index: number,
): string {
  // To pgbench a colon within a text begins a variable too.
  const text = compiled.text.replace(/(?<!:):(?=\w)/g, "' || ':' || '")
  return text.replace(/\$(\d+)/g, (_match, position: string) => {
    const at = Number(position) - 1
    const name = compiled.params[at]?.name ?? ''
    const value = name in values ? `:${name}_${index}` : `(${inline[name] ?? 'null'})`
    return types[at] === undefined ? value : `${value}::${types[at]}`
  })
}
