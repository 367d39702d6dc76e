import type { Tx } from './tables.ts'

/*
 * The trail of rows that came by COPY with their audit trigger off: what the trigger would have written, had each row
 * been made and changed step by step when its times say so. Written by the server out of the rows themselves, under the
 * arguments of the very trigger (what it masks and omits), so that trail and data cannot part.
 */

/** How the rows of a table were made, in SQL; `r` is the row. */
type Making = {
  /** Of whom, where and when. */
  readonly user: string
  readonly workspace: string
  readonly at: string
  readonly from: string
  /** Columns that were not set yet when the row was made. */
  readonly later?: readonly string[]
  /** What columns held then; JSON. */
  readonly first?: string
}

/** A change of rows: the values before and after as JSON; null members of `after` are left out of both. */
type Change = {
  readonly table: string
  readonly rowId: string
  readonly workspace: string
  readonly user: string
  readonly kind: string
  readonly actor: string
  readonly at: string
  readonly before: string
  readonly after: string
  readonly from: string
  readonly where: string
}

const personal =
  'join lateral (select w.id from workspaces w where w.created_by = $ order by w.created_at limit 1) p on true'
const personalOf = (user: string) => personal.replace('$', user)

const ownRows = { user: 'r.user_id', workspace: 'r.workspace_id', at: 'r.created_at' }

const makings: Readonly<Record<string, Making>> = {
  users: {
    user: 'r.id',
    workspace: 'p.id',
    at: 'r.created_at',
    from: `users r ${personalOf('r.id')}`,
    later: ['email_verified_at'],
  },
  encryption_keys: {
    user: 'r.user_id',
    workspace: 'p.id',
    at: 'r.created_at',
    from: `encryption_keys r ${personalOf('r.user_id')}`,
  },
  user_email_index: {
    user: 'r.user_id',
    workspace: 'p.id',
    at: 'r.created_at',
    from: `user_email_index r ${personalOf('r.user_id')}`,
  },
  workspaces: { user: 'r.created_by', workspace: 'r.id', at: 'r.created_at', from: 'workspaces r' },
  workspace_members: { user: 'r.user_id', workspace: 'r.workspace_id', at: 'r.joined_at', from: 'workspace_members r' },
  instagram_accounts: { ...ownRows, from: 'instagram_accounts r' },
  campaigns: {
    ...ownRows,
    from: 'campaigns r',
    later: ['archived_at'],
    first: '{"status": "draft"}',
  },
  media_objects: {
    user: 'f.user_id',
    workspace: 'r.workspace_id',
    at: "r.created_at + interval '15 seconds'",
    from: 'media_objects r join media_files f on f.workspace_id = r.workspace_id and f.sha256 = r.sha256',
  },
  media_files: {
    ...ownRows,
    from: 'media_files r',
    later: ['sha256', 'width', 'height', 'duration_ms', 'traits', 'rejection_code'],
    first: '{"status": "pending"}',
  },
  posts: {
    ...ownRows,
    from: 'posts r',
    later: [
      'scheduled_at',
      'time_zone',
      'published_at',
      'ig_media_id',
      'permalink',
      'archived_at',
      'approved_revision',
    ],
    first: '{"status": "draft"}',
  },
  post_media: {
    user: 'p.user_id',
    workspace: 'r.workspace_id',
    at: 'p.created_at',
    from: 'post_media r join posts p on p.workspace_id = r.workspace_id and p.id = r.post_id',
  },
  post_approvals: { ...ownRows, from: 'post_approvals r' },
  post_notes: { ...ownRows, from: 'post_notes r' },
  campaign_spend: { ...ownRows, from: 'campaign_spend r' },
}

const byUser = { kind: `'user'`, actor: 'r.user_id::text', user: 'r.user_id' }

const changes: readonly Change[] = [
  {
    ...byUser,
    table: 'users',
    rowId: 'r.id::text',
    workspace: 'p.id',
    user: 'r.id',
    actor: 'r.id::text',
    at: 'r.email_verified_at',
    from: `users r ${personalOf('r.id')}`,
    where: 'r.email_verified_at is not null',
    before: `'{}'`,
    after: `jsonb_build_object('email_verified_at', r.email_verified_at)`,
  },
  {
    ...byUser,
    table: 'campaigns',
    rowId: 'r.id::text',
    workspace: 'r.workspace_id',
    at: 'r.updated_at',
    from: 'campaigns r',
    where: `r.status <> 'draft'`,
    before: `'{"status": "draft"}'`,
    after: `jsonb_build_object('status', r.status, 'archived_at', r.archived_at)`,
  },
  {
    ...byUser,
    table: 'media_files',
    rowId: 'r.id::text',
    workspace: 'r.workspace_id',
    at: 'r.updated_at',
    from: 'media_files r',
    where: `r.status <> 'pending'`,
    before: `'{"status": "pending"}'`,
    after: `jsonb_build_object('status', r.status, 'sha256', r.sha256, 'width', r.width, 'height', r.height,
      'duration_ms', r.duration_ms, 'rejection_code', r.rejection_code)`,
  },
  {
    table: 'posts',
    rowId: 'r.post_id::text',
    workspace: 'r.workspace_id',
    user: 'r.user_id',
    kind: 'r.actor_kind',
    actor: 'r.actor_id',
    at: 'r.created_at',
    from: 'post_status_history r join posts p on p.workspace_id = r.workspace_id and p.id = r.post_id',
    where: 'r.from_status is not null',
    before: `jsonb_build_object('status', r.from_status)`,
    after: `case r.to_status
      when 'scheduled' then
        jsonb_build_object('status', r.to_status, 'scheduled_at', p.scheduled_at, 'time_zone', p.time_zone)
      when 'published' then jsonb_build_object('status', r.to_status, 'published_at', p.published_at,
        'ig_media_id', p.ig_media_id, 'permalink', p.permalink)
      when 'archived' then jsonb_build_object('status', r.to_status, 'archived_at', p.archived_at)
      else jsonb_build_object('status', r.to_status) end`,
  },
]

/** The parts of the trail, to be written one after the other. */
export const trailParts: readonly { readonly name: string; readonly write: (tx: Tx) => Promise<void> }[] = [
  ...Object.entries(makings).map(([table, making]) => ({
    name: `made: ${table}`,
    write: async (tx: Tx) => await writeMaking(tx, table, making),
  })),
  ...changes.map((change) => ({
    name: `changed: ${change.table}`,
    write: async (tx: Tx) => await writeChange(tx, change),
  })),
]

/** Tables whose `audit` trigger is to be off while their rows come in. */
export const auditedTables: readonly string[] = Object.keys(makings)

/** The rows of this transaction, whatever else is there. */
export const isNew = (alias: string) => `${alias}.xmin = pg_current_xact_id()::xid`

const insertion = `insert into audit_logs (
    table_name, operation, row_id, workspace_id, user_id, actor_kind, actor_id, request_id, address, old_values,
    new_values, "timestamp")`

async function writeMaking(tx: Tx, table: string, making: Making): Promise<void> {
  const { user, workspace, at, from, later = [], first = '{}' } = making
  const { key, mask, omit } = await triggerArguments(tx, table)
  const covered = mask.map((column) => `'${column}', case when r.${column} is not null then '[redacted]' end`)
  await tx.unsafe(`${insertion}
    select '${table}', 'INSERT', m.row_id, m.workspace_id, m.user_id, 'user', m.user_id::text,
      md5(m.row_id || m.at)::uuid::text, '203.0.113.0/24', null,
      jsonb_strip_nulls(
        (m.columns || m.covered) - '{${[...omit, ...later].join(',')}}'::text[] || '${first}'
        || case when m.columns ? 'version' then '{"version": 1}' else '{}' end::jsonb
        || case when m.columns ? 'updated_at' then jsonb_build_object('updated_at', m.at) else '{}' end),
      m.at
    from (
      select ${key.map((column) => `r.${column}::text`).join(` || '/' || `)} as row_id, ${workspace} as workspace_id,
        ${user} as user_id, ${at} as at, to_jsonb(r) as columns, jsonb_build_object(${covered.join(', ')}) as covered
      from ${from}
      where ${isNew('r')}
    ) m`)
}

async function writeChange(tx: Tx, change: Change): Promise<void> {
  const { table, rowId, workspace, user, kind, actor, at, before, after, from, where } = change
  await tx.unsafe(`${insertion}
    select '${table}', 'UPDATE', c.row_id, c.workspace_id, c.user_id, c.kind, c.actor, md5(c.row_id || c.at)::uuid::text,
      case when c.kind = 'user' then '203.0.113.0/24'::cidr end,
      (select jsonb_object_agg(k, c.before -> k) from jsonb_object_keys(c.after) k), c.after, c.at
    from (
      select ${rowId} as row_id, ${workspace} as workspace_id, ${user} as user_id, ${kind}::actor_kind as kind,
        ${actor} as actor, ${before}::jsonb as before, jsonb_strip_nulls(${after}) as after, ${at} as at
      from ${from}
      where ${isNew('r')} and ${where}
    ) c`)
}

/** What the table's audit trigger is told: the key's columns, what is masked and what is left out. */
async function triggerArguments(tx: Tx, table: string): Promise<{ key: string[]; mask: string[]; omit: string[] }> {
  const rows = await tx<{ argument: string }[]>`
    select a.argument
    from pg_trigger t, string_to_table(encode(t.tgargs, 'escape'), '\\000') a (argument)
    where t.tgrelid = ${table}::regclass and t.tgname = 'audit'`
  const listed = (name: string) =>
    rows.flatMap(({ argument }) => (argument.startsWith(`${name}=`) ? argument.slice(name.length + 1).split(',') : []))
  const key = listed('key')
  return { key: key.length === 0 ? ['id'] : key, mask: listed('mask'), omit: listed('omit') }
}
