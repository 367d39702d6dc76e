import { randomInt, randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { startApp, type TestApp } from '../support/app.ts'
import { type Answer, registerUser, type SignedInUser, send } from '../support/client.ts'
import { asOwner, insertAccount, insertMedium, registerMember } from '../support/tenants.ts'

/**
 * Random sequences of what people and the publisher do to a few posts, many at once and through two isolates: whatever
 * happens, the posts stand where their history and their audit trail say, and each answer says what its request did.
 */

const isLong = process.env['TEST_LONG'] === '1'
const runs = isLong ? 500 : 60
const people = ['owner', 'editor', 'client'] as const
type Person = (typeof people)[number]

let app: TestApp
let isolates: Pick<TestApp, 'fetch'>[]
let team: Record<Person, SignedInUser>
let accountId: string
let mediaIds: string[]
let legalMoves: Set<string>
beforeAll(async () => {
  app = await startApp()
  isolates = [app, app.secondIsolate()]
  const owner = await registerUser(app)
  const { workspaceId } = owner
  const editor = await registerMember(app, { workspaceId, role: 'editor' })
  team = { owner, editor, client: await registerMember(app, { workspaceId, role: 'client' }) }
  accountId = await insertAccount(app, owner)
  mediaIds = [await insertMedium(app, owner), await insertMedium(app, owner)]
  const slots = [1, 2, 3, 4, 5, 6, 7].flatMap((weekday) => ['09:00', '18:00'].map((time) => ({ weekday, time })))
  const path = `/v1/instagram-accounts/${accountId}/slots`
  expect((await owner.call('PUT', path, { timeZone: 'Europe/Vienna', slots })).status).toBe(200)
  const moves = await app.owner<
    { move: string }[]
  >`select from_status || ' ' || to_status as move from post_status_moves`
  legalMoves = new Set(moves.map(({ move }) => move))
})

/** What each action may do to a status; null is a post that was not there. */
const movesOf: Readonly<Record<string, readonly string[]>> = {
  create: ['null draft'],
  duplicate: ['null draft'],
  patch: ['approved in_review', 'scheduled in_review'],
  submit: ['draft in_review', 'changes_requested in_review'],
  approve: ['in_review approved'],
  reject: ['in_review changes_requested'],
  schedule: ['draft scheduled', 'approved scheduled', 'failed scheduled', 'missed scheduled'],
  unschedule: ['scheduled draft', 'scheduled approved', 'failed draft', 'missed draft'],
  archive: ['published archived', 'failed archived', 'missed archived'],
  delete: [],
}
type Act = { readonly action: string; readonly body?: (n: number) => object }
const days = (count: number) => new Date(app.now().getTime() + count * 86_400_000).toISOString().slice(0, 10)
const acts: readonly Act[] = [
  { action: 'create' },
  { action: 'duplicate' },
  // The same words again are no other content.
  { action: 'patch', body: (n) => ({ caption: `Words ${n % 3}` }) },
  { action: 'patch', body: (n) => ({ tags: [`tag ${n}`] }) },
  { action: 'submit', body: () => ({ note: 'Please look' }) },
  { action: 'approve', body: () => ({}) },
  { action: 'reject', body: () => ({ reason: 'Not yet' }) },
  { action: 'schedule', body: (n) => ({ at: `${days(2 + (n % 2))}T12:00:00Z` }) },
  { action: 'schedule', body: (n) => ({ localTime: `${days(2 + (n % 2))}T09:00`, timeZone: 'Europe/Vienna' }) },
  { action: 'schedule', body: () => ({ slot: 'next' }) },
  { action: 'unschedule' },
  { action: 'archive' },
  { action: 'delete' },
]
const systemMoves = [
  ['draft', 'publishing'],
  ['approved', 'publishing'],
  ['scheduled', 'publishing'],
  ['scheduled', 'missed'],
  ['publishing', 'published'],
  ['publishing', 'failed'],
] as const

type Request = { act: number; person: Person; post: number; n: number; isKeyed: boolean; isTwice: boolean }
/** What happens at once: requests, and moves of the publisher. */
type Round = { requests: Request[]; system: { move: number; post: number }[] }
type Run = { policy: 'off' | 'one' | 'all'; posts: number; start: number; rounds: Round[] }

/** The ways into a schedule and out of it are taken more often than chance would; a deletion ends what can be seen. */
const weights: Readonly<Record<string, number>> = {
  submit: 6,
  approve: 6,
  reject: 2,
  schedule: 3,
  unschedule: 5,
  patch: 2,
}
const actIndex = fc.oneof(
  ...acts.map(({ action }, index) => ({ weight: weights[action] ?? 1, arbitrary: fc.constant(index) })),
)
const request: fc.Arbitrary<Request> = fc.record({
  act: actIndex,
  person: fc.constantFrom(...people, 'owner', 'owner', 'owner'),
  post: fc.nat({ max: 2 }),
  n: fc.nat({ max: 5 }),
  isKeyed: fc.boolean(),
  isTwice: fc.boolean(),
})
const system = fc.record({ move: fc.nat({ max: systemMoves.length - 1 }), post: fc.nat({ max: 2 }) })
const round: fc.Arbitrary<Round> = fc.oneof(
  fc.record({
    requests: fc.array(request, { minLength: 1, maxLength: 5 }),
    system: fc.array(system, { maxLength: 1 }),
  }),
  // Two equal ones and nothing beside them.
  fc.record({ requests: request.map((one) => [{ ...one, isTwice: true }]), system: fc.constant<Round['system']>([]) }),
)
/** How far a run's posts have come before it begins. */
const wayToSchedule = [
  ['submit', 'editor'],
  ['approve', 'client'],
  ['approve', 'owner'],
  ['schedule', 'editor'],
] as const

const run: fc.Arbitrary<Run> = fc.record({
  policy: fc.constantFrom('off', 'one', 'all'),
  posts: fc.integer({ min: 1, max: 3 }),
  start: fc.nat({ max: wayToSchedule.length }),
  rounds: fc.array(round, { minLength: 6, maxLength: 16, size: 'max' }),
})

/** A request that was sent, and what came back; equal ones have the same `copies`. */
type Sent = { action: string; person: Person; isKeyed: boolean; copies: Answer[] }

async function sendRequest({ act, person, n, isKeyed, isTwice }: Request, postId: string): Promise<Sent> {
  const { action, body } = acts[act] as Act
  const key = isKeyed && action !== 'patch' && action !== 'delete' ? { 'Idempotency-Key': randomUUID() } : {}
  const path = action === 'create' ? '/v1/posts' : `/v1/posts/${postId}`
  const draft = { kind: 'image', accountId, mediaIds: mediaIds.slice(0, 1) }
  const one = async (isolate: Pick<TestApp, 'fetch'>) => {
    const token = team[person].accessToken
    const options = { token, headers: { ...key, 'If-Match': '*' } }
    if (action === 'create') return await send(isolate, 'POST', path, { ...options, body: draft })
    if (action === 'delete') return await send(isolate, 'DELETE', path, options)
    if (action === 'patch') return await send(isolate, 'PATCH', path, { ...options, body: body?.(n) })
    return await send(isolate, 'POST', `${path}/${action}`, { ...options, body: body?.(n) })
  }
  const chosen = isTwice ? isolates : isolates.slice(n % 2, (n % 2) + 1)
  return { action, person, isKeyed: 'Idempotency-Key' in key, copies: await Promise.all(chosen.map(one)) }
}

const sendAlone = async (action: string, person: Person, postId: string): Promise<Sent> => {
  const act = acts.findIndex((one) => one.action === action)
  return await sendRequest({ act, person, post: 0, n: 0, isKeyed: false, isTwice: false }, postId)
}

/** What the publisher does, when the post stands where that begins and the database lets it. */
async function moveBySystem({ move }: Round['system'][number], id: string): Promise<void> {
  const [from, to] = systemMoves[move] ?? systemMoves[0]
  try {
    await asOwner(
      app,
      (tx) => tx`
        update posts set
          status = ${to}::post_status,
          scheduled_at = coalesce(scheduled_at, now()),
          published_at = case when ${to === 'published'} then now() end
        where id = ${id} and status = ${from}::post_status`,
    )
  } catch (error) {
    expect((error as { constraint_name?: string }).constraint_name).toBe('posts_approval_required')
  }
}

const succeeded = ({ status }: Answer) => status < 300
const requestIdOf = ({ headers }: Answer) => headers.get('X-Request-Id') ?? ''
const refusals = [403, 404, 409, 412, 422]

/** Two equal requests with nothing beside them. */
function checkPair({ action, isKeyed, copies }: Sent): void {
  const [first, second] = copies as [Answer, Answer]
  const done = copies.filter(succeeded)
  if (done.length === 0) return
  if (isKeyed) {
    expect([first.status, first.body]).toEqual([second.status, second.body])
    return
  }
  // What makes a post makes two, and to say of a post what it says already is no change.
  if (['create', 'duplicate', 'patch'].includes(action)) {
    expect(done).toHaveLength(2)
    return
  }
  const [refused] = copies.filter((one) => !succeeded(one))
  expect([done.length, refused?.status]).toEqual([1, action === 'delete' ? 404 : 409])
}

function checkAnswers({ action, isKeyed, copies }: Sent): void {
  for (const answer of copies) {
    if (!succeeded(answer)) expect(refusals, `${action}: ${JSON.stringify(answer.body)}`).toContain(answer.status)
  }
  const [first, second] = copies.filter(succeeded)
  if (isKeyed && first !== undefined && second !== undefined) expect(first.body).toEqual(second.body)
}

type TrailRow = {
  requestId: string
  rowId: string
  userId: string | null
  actorKind: string
  move: string | null
}

/** Each row of the trail is the work of one request that succeeded, by whoever sent it, and each success has its row. */
function checkEffects({ action, person, isKeyed, copies }: Sent, rowsOf: (requestId: string) => TrailRow[]): void {
  const written = copies.map((answer) => rowsOf(requestIdOf(answer)))
  for (const [index, answer] of copies.entries()) {
    const what = `${action} ${answer.status}`
    expect(written[index]?.length, what).toBeLessThanOrEqual(succeeded(answer) ? 1 : 0)
  }
  for (const { userId, actorKind, move } of written.flat()) {
    expect([userId, actorKind]).toEqual([team[person].id, 'user'])
    if (move !== null) expect(movesOf[action]).toContain(move)
  }
  const effects = written.flat().length
  const successes = copies.filter(succeeded).length
  const expected = isKeyed ? Math.min(successes, 1) : successes
  // The word of one of several approvers, and a change that changes nothing, leave no row in the trail of the post.
  if (action === 'patch' || action === 'approve') expect(effects).toBeLessThanOrEqual(expected)
  else expect([action, effects]).toEqual([action, expected])
}

type Move = { postId: string; move: string; actorKind: string; userId: string | null }

/** From its beginning on legal moves to where it stands. */
function checkHistory(moves: readonly Move[], status: string): void {
  let at = 'null'
  for (const { move } of moves) {
    const [from, to = ''] = move.split(' ')
    expect(from).toBe(at)
    if (from !== 'null') expect([...legalMoves]).toContain(move)
    at = to
  }
  expect(status).toBe(at)
}

/** What the trail and the history say of the run, against what was sent. */
async function checkRecords(sent: readonly Sent[], ids: readonly string[]): Promise<void> {
  const trail = await app.owner<TrailRow[]>`
    select
      request_id as "requestId", row_id as "rowId", user_id as "userId", actor_kind::text as "actorKind",
      case
        when operation = 'INSERT' or (operation = 'UPDATE' and new_values ? 'status')
          then coalesce(old_values ->> 'status', 'null') || ' ' || (new_values ->> 'status')
      end as move
    from audit_logs
    where table_name = 'posts' and row_id = any(${ids as string[]}::text[])
    order by id`
  for (const one of sent) checkEffects(one, (requestId) => trail.filter((row) => row.requestId === requestId))
  const known = new Set(['test', ...sent.flatMap(({ copies }) => copies.map(requestIdOf))])
  expect(trail.filter(({ requestId }) => !known.has(requestId))).toEqual([])

  const posts = await app.owner<{ id: string; status: string }[]>`
    select id, status::text from posts where id = any(${ids as string[]}::uuid[])`
  const history = await app.owner<Move[]>`
    select
      post_id as "postId", coalesce(from_status::text, 'null') || ' ' || to_status as move, actor_kind::text as "actorKind",
      user_id as "userId"
    from post_status_history where post_id = any(${ids as string[]}::uuid[])
    order by created_at`
  for (const { id, status } of posts) {
    const moves = history.filter(({ postId }) => postId === id)
    const audited = trail.filter(({ rowId, move }) => rowId === id && move !== null)
    const told = ({ move, actorKind, userId }: Omit<Move, 'postId' | 'move'> & { move: string | null }) => [
      move,
      actorKind,
      userId,
    ]
    expect(moves.map(told)).toEqual(audited.map(told))
    checkHistory(moves, status)
  }
}

/** What must hold of the posts themselves, by the policy of the run. */
async function checkState(policy: Run['policy'], ids: readonly string[]): Promise<void> {
  type Row = {
    status: string
    slotAt: string | null
    scheduledAt: string | null
    isApproved: boolean
    approvers: string[]
    /** Who has approved the content since it was last given into review. */
    sinceSubmission: string[]
  }
  const rows = await app.owner<Row[]>`
    select
      p.status::text, p.slot_at::text as "slotAt", p.scheduled_at::text as "scheduledAt",
      coalesce(p.approved_revision = p.content_revision, false) as "isApproved",
      array(
        select w.user_id::text from (
          select distinct on (a.user_id) a.user_id, a.decision
          from post_approvals a
          where a.post_id = p.id and a.content_revision = p.content_revision
          order by a.user_id, a.created_at desc
        ) w where w.decision = 'approved'
      ) as approvers,
      array(
        select a.user_id::text from post_approvals a
        where a.post_id = p.id and a.content_revision = p.content_revision and a.decision = 'approved'
          and a.created_at > (
            select max(h.created_at) from post_status_history h where h.post_id = p.id and h.to_status = 'in_review'
          )
      ) as "sinceSubmission"
    from posts p where p.id = any(${ids as string[]}::uuid[])`
  const needed = policy === 'all' ? [team.owner.id, team.client.id] : []
  const suffices = (approvers: readonly string[]) =>
    approvers.length > 0 && needed.every((approver) => approvers.includes(approver))
  for (const { status, isApproved, approvers, sinceSubmission } of rows) {
    if (status === 'approved') expect([isApproved, suffices(approvers)]).toEqual([true, true])
    if (status === 'in_review') expect(suffices(sinceSubmission)).toBe(false)
    if (policy !== 'off' && (status === 'scheduled' || status === 'publishing')) expect(isApproved).toBe(true)
  }
  const given = rows.flatMap(({ slotAt }) => slotAt ?? [])
  expect(new Set(given).size).toBe(given.length)
}

const tally: Record<string, number> = {}

async function play({ policy, posts, start, rounds }: Run): Promise<void> {
  const approverIds = policy === 'all' ? [team.owner.id, team.client.id] : []
  const set = await team.owner.call(
    'PATCH',
    '/v1/workspace',
    { approvalPolicy: policy, approverIds },
    { 'If-Match': '*' },
  )
  expect(set.status).toBe(200)
  const sent: Sent[] = []
  const ids: string[] = []
  for (let count = 0; count < posts; count += 1) {
    const first = await sendAlone('create', 'editor', '')
    const id = first.copies[0]?.body.id as string
    ids.push(id)
    sent.push(first)
    for (const [action, person] of wayToSchedule.slice(0, start)) sent.push(await sendAlone(action, person, id))
  }
  const postOf = (post: number) => ids[post % posts] ?? ''
  for (const { requests, system: moves } of rounds) {
    const [answered] = await Promise.all([
      Promise.all(requests.map((one) => sendRequest(one, postOf(one.post)))),
      Promise.all(moves.map((move) => moveBySystem(move, postOf(move.post)))),
    ])
    const [only] = answered
    if (answered.length === 1 && moves.length === 0 && only?.copies.length === 2) checkPair(only)
    for (const one of answered) {
      checkAnswers(one)
      const made = one.copies.filter((answer) => answer.status === 201).map(({ body }) => body.id as string)
      ids.push(...made.filter((id) => !ids.includes(id)))
      for (const { status } of one.copies)
        tally[`${one.action} ${status}`] = (tally[`${one.action} ${status}`] ?? 0) + 1
    }
    sent.push(...answered)
    await checkState(policy, ids)
  }
  await checkRecords(sent, ids)
}

test('whatever is done to posts at once, they stand where their history and their trail say', async () => {
  const seed = Number(process.env['WORKFLOW_SEED'] ?? randomInt(2 ** 31))
  console.log(`workflow seed ${seed}`)
  // A run that fails is told as it is: what happens at once happens otherwise the next time, so nothing smaller is found.
  await fc.assert(fc.asyncProperty(run, play), { numRuns: runs, seed, endOnFailure: true })
  // It has been everywhere, or it says nothing.
  for (const action of ['submit', 'approve', 'reject', 'schedule', 'unschedule', 'delete'])
    for (const status of [action === 'delete' ? 204 : 200, action === 'delete' ? 404 : 409])
      expect([action, status, (tally[`${action} ${status}`] ?? 0) > 0]).toEqual([action, status, true])
}, 300_000)
