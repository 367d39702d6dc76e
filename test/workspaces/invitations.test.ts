import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import { type Role, roles } from '../../src/auth/permissions.ts'
import { expectRefusal } from '../support/answers.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { type Answer, registerUser, type SignedInUser, send } from '../support/client.ts'
import { inviteByToken, tokenOf, verifyEmail } from '../support/invitations.ts'
import { asOwner, enterWorkspace, registerMember, setRole } from '../support/tenants.ts'

let app: TestApp
beforeAll(async () => {
  app = await startApp()
})

const dayMs = 24 * 60 * 60 * 1000
const path = '/v1/workspace/invitations'
const denied = { status: 403, code: 'permission/denied' }
const notGood = { status: 422, code: 'invitation/token-invalid', pointers: ['/token'] }
const newAddress = () => `${randomUUID()}@example.test`
const invite = async ({ call }: Pick<SignedInUser, 'call'>, email: string, role: Role = 'client', headers = {}) =>
  await call('POST', path, { email, role }, headers)
const accept = async ({ call }: Pick<SignedInUser, 'call'>, token: string, headers = {}): Promise<Answer> =>
  await call('POST', '/v1/invitations/accept', { token }, headers)
const roleOf = async (workspaceId: string, userId: string) => {
  const [row] = await app.owner`
    select role from workspace_members where workspace_id = ${workspaceId} and user_id = ${userId}`
  return row?.['role']
}
const rowOf = async (id: string) => (await app.owner`select * from workspace_invitations where id = ${id}`)[0]

describe('inviting', () => {
  test('stores the address encrypted alone, and asks for a mail that names it nowhere', async () => {
    const ada = await registerUser(app)
    const email = `Guest.${randomUUID()}@Example.test`
    const key = randomUUID()
    const { status, body } = await invite(ada, email, 'editor', { 'Idempotency-Key': key })
    expect(status).toBe(201)
    expect(body).toMatchObject({ email, role: 'editor', invitedBy: ada.id })
    const lifeMs = Date.parse(body.expiresAt) - app.now().getTime()
    expect([lifeMs > 7 * dayMs - 60_000, lifeMs <= 7 * dayMs]).toEqual([true, true])
    expect((await ada.call('GET', path)).body).toEqual({ data: [body], nextCursor: null })
    const stored = await app.owner`
      select to_jsonb(i) as row from workspace_invitations i where i.id = ${body.id}
      union all select to_jsonb(o) from outbox o where o.subject_id = ${body.id}
      union all select to_jsonb(r) from idempotency_keys r where r.key = ${key}
      union all select to_jsonb(a) from audit_logs a where a.workspace_id = ${ada.workspaceId}`
    expect(stored.length).toBeGreaterThan(4)
    const text = JSON.stringify(stored).toLowerCase()
    for (const clear of [email.toLowerCase(), 'guest.', 'example.test']) expect(text).not.toContain(clear)
    const [mail] = await app.owner`select kind, workspace_id, user_id from outbox where subject_id = ${body.id}`
    expect(mail).toEqual({ kind: 'mail/invitation', workspace_id: ada.workspaceId, user_id: null })
    const [trail] = await app.owner`
      select actor_kind, user_id, new_values from audit_logs
      where table_name = 'workspace_invitations' and row_id = ${body.id}`
    expect(trail).toMatchObject({ actor_kind: 'user', user_id: ada.id, new_values: { email_ciphertext: '[redacted]' } })
  })

  test('the first two invitations at once share the workspace’s one key', async () => {
    const ada = await registerUser(app)
    const answers = await Promise.all(Array.from({ length: 5 }, async () => await invite(ada, newAddress())))
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201, 201])
    expect(await app.owner`select id from encryption_keys where workspace_id = ${ada.workspaceId}`).toHaveLength(1)
    expect((await ada.call('GET', `${path}?limit=2`)).body.data).toHaveLength(2)
  })

  test.each(roles)('as %s: owners invite all, admins all but owners, others nobody', async (caller) => {
    const ada = await registerUser(app)
    const user = caller === 'owner' ? ada : await registerMember(app, { workspaceId: ada.workspaceId, role: caller })
    for (const role of roles) {
      const isAllowed = caller === 'owner' || (caller === 'admin' && role !== 'owner')
      const answer = await invite(user, newAddress(), role)
      if (isAllowed) expect([role, answer.status]).toEqual([role, 201])
      else expectRefusal(answer, denied)
    }
  })

  test('an address has one open invitation, however it is written; a member needs none', async () => {
    const ada = await registerUser(app)
    const bob = await registerMember(app, { workspaceId: ada.workspaceId, role: 'client' })
    const email = newAddress()
    expect((await invite(ada, email)).status).toBe(201)
    expectRefusal(await invite(ada, email.toUpperCase()), { status: 409, code: 'invitation/exists' })
    for (const member of [ada, bob])
      expectRefusal(await invite(ada, member.email.toUpperCase()), { status: 409, code: 'member/exists' })
    // Another workspace knows nothing of it.
    expect((await invite(await registerUser(app), email)).status).toBe(201)
  })

  test('of two for one address at once, one is made', async () => {
    const ada = await registerUser(app)
    const email = newAddress()
    const answers = await Promise.all([1, 2, 3].map(async () => await invite(ada, email)))
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409])
    for (const answer of answers.filter(({ status }) => status === 409))
      expectRefusal(answer, { status: 409, code: 'invitation/exists' })
  })

  test('fifty equal requests at once with one key make one invitation and one mail', async () => {
    const ada = await registerUser(app)
    const [email, headers] = [newAddress(), { 'Idempotency-Key': randomUUID() }]
    const answers = await Promise.all(
      Array.from({ length: 50 }, async () => await invite(ada, email, 'client', headers)),
    )
    for (const { status, body } of answers) expect({ status, body }).toEqual({ status: 201, body: answers[0]?.body })
    expect(answers[0]?.body.email).toBe(email)
    expect(await app.owner`select id from outbox where workspace_id = ${ada.workspaceId}`).toHaveLength(1)
    expectRefusal(await invite(ada, newAddress(), 'client', headers), { status: 422, code: 'idempotency/key-reused' })
  })

  test('a hundred may be open', async () => {
    const ada = await registerUser(app)
    await verifyEmail(app, ada)
    for (let index = 0; index < 100; index += 1) expect((await invite(ada, newAddress())).status).toBe(201)
    expectRefusal(await invite(ada, newAddress()), { status: 409, code: 'invitation/too-many' })
  })
})

describe('mails of invitations', () => {
  const tooMany = { status: 409, code: 'invitation/too-many' }
  const mailsOf = async (...workspaceIds: string[]) =>
    await app.owner`select id, due_at from outbox where kind = 'mail/invitation' and workspace_id = any(${workspaceIds})`
  /** In how many days each goes out. */
  const daysOf = async (...workspaceIds: string[]) => {
    const mails = await mailsOf(...workspaceIds)
    return mails.map(({ due_at: due }) => Math.ceil((Date.parse(due) - app.now().getTime()) / dayMs) + 0).sort()
  }
  const inviteAndWithdraw = async (inviter: SignedInUser, email: string) => {
    const { status, body } = await invite(inviter, email)
    expect(status).toBe(201)
    expect((await inviter.call('DELETE', `${path}/${body.id}`)).status).toBe(204)
  }

  test('are twenty a day until an owner has proved an address, also when each is withdrawn', async () => {
    const ada = await registerUser(app)
    for (let turn = 0; turn < 20; turn += 1) await inviteAndWithdraw(ada, newAddress())
    expectRefusal(await invite(ada, newAddress()), tooMany)
    // An administrator's proof is not the owner's.
    const admin = await registerMember(app, { workspaceId: ada.workspaceId, role: 'admin' })
    await verifyEmail(app, admin)
    expectRefusal(await invite(admin, newAddress()), tooMany)
    await verifyEmail(app, ada)
    expect((await invite(admin, newAddress())).status).toBe(201)
  })

  test('are no more when they are asked for at once', async () => {
    const ada = await registerUser(app)
    const answers = await Promise.all(Array.from({ length: 60 }, () => invite(ada, newAddress())))
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(20)
    for (const answer of answers.filter(({ status }) => status !== 201)) expectRefusal(answer, tooMany)
    expect(await mailsOf(ada.workspaceId)).toHaveLength(20)
  })

  test('of one workspace are five a day to one address, however it is written', async () => {
    const ada = await registerUser(app)
    const email = newAddress()
    for (const written of [email, email.toUpperCase(), email, email, email]) await inviteAndWithdraw(ada, written)
    expectRefusal(await invite(ada, email), tooMany)
    expect((await invite(ada, newAddress())).status).toBe(201)
    // The others go on being told nothing of it.
    expect((await invite(await registerUser(app), email)).status).toBe(201)
  })

  test('of all workspaces are ten a day to one address; the eleventh waits for tomorrow, and its inviter is told nothing', async () => {
    const email = newAddress()
    const inviters: SignedInUser[] = []
    for (let turn = 0; turn < 12; turn += 1) inviters.push(await registerUser(app))
    const answers = await Promise.all(inviters.map(async (inviter) => await invite(inviter, email)))
    expect(answers.map(({ status }) => status)).toEqual(inviters.map(() => 201))
    expect(await daysOf(...inviters.map(({ workspaceId }) => workspaceId))).toEqual([...new Array(10).fill(0), 1, 1])
    expect(new Set(answers.map(({ body }) => Object.keys(body).join())).size).toBe(1)
    const last = await registerUser(app)
    await invite(last, email)
    expect(await daysOf(last.workspaceId)).toEqual([1])
    const counters = await app.owner`select encode(subject, 'hex') as subject from auth_throttles where attempts = 13`
    expect(counters).toEqual([{ subject: expect.stringMatching(/^[0-9a-f]{64}$/) }])
    app.advance(dayMs)
    const tomorrow = await registerUser(app)
    expect((await invite(tomorrow, email)).status).toBe(201)
    expect(await mailsOf(tomorrow.workspaceId)).toHaveLength(1)
  })

  test('are counted once, however often an equal request comes', async () => {
    const [ada, email] = [await registerUser(app), newAddress()]
    const headers = { 'Idempotency-Key': randomUUID() }
    const answers = await Promise.all(Array.from({ length: 12 }, () => invite(ada, email, 'client', headers)))
    for (const { status, body } of answers) expect([status, body]).toEqual([201, answers[0]?.body])
    expect((await ada.call('DELETE', `${path}/${answers[0]?.body.id}`)).status).toBe(204)
    for (let turn = 1; turn < 5; turn += 1) await inviteAndWithdraw(ada, email)
    expectRefusal(await invite(ada, email), tooMany)
  })
})

describe('an invitation that is withdrawn', () => {
  test('is forgotten with its address, its token and its mail; another one may follow', async () => {
    const ada = await registerUser(app)
    const guest = await registerUser(app)
    await verifyEmail(app, guest)
    const { body } = await invite(ada, guest.email)
    const token = await tokenOf(app, body.id)
    expect((await ada.call('DELETE', `${path}/${body.id}`)).status).toBe(204)
    expect(await rowOf(body.id)).toMatchObject({
      data_key_id: null,
      email_ciphertext: null,
      email_digest: null,
      token_digest: null,
      accepted_at: null,
    })
    const [mail] = await app.owner`select status from outbox where subject_id = ${body.id}`
    expect(mail).toEqual({ status: 'superseded' })
    expectRefusal(await accept(guest, token), notGood)
    expectRefusal(await ada.call('DELETE', `${path}/${body.id}`), { status: 404, code: 'invitation/not-found' })
    expect((await ada.call('GET', path)).body.data).toEqual([])
    expect((await invite(ada, guest.email)).status).toBe(201)
  })
})

describe('accepting', () => {
  test('makes the invited person a member with the role, once; the address is forgotten', async () => {
    const [ada, guest] = [await registerUser(app), await registerUser(app)]
    const token = await inviteByToken(app, ada, guest, 'editor')
    const { status, body } = await accept(guest, token)
    expect([status, body]).toEqual([200, { workspace: { id: ada.workspaceId, name: 'My workspace', role: 'editor' } }])
    const inside = await enterWorkspace(app, guest, ada.workspaceId)
    expect((await inside.call('GET', '/v1/posts')).status).toBe(200)
    const [row] = await app.owner`
      select accepted_by, num_nonnulls(data_key_id, email_ciphertext, email_digest, token_digest) as kept
      from workspace_invitations where workspace_id = ${ada.workspaceId}`
    expect(row).toEqual({ accepted_by: guest.id, kept: 0 })
    expectRefusal(await accept(guest, token), notGood)
    const trail = await app.owner`
      select table_name, actor_kind, user_id, old_values, new_values from audit_logs
      where workspace_id = ${ada.workspaceId} and user_id = ${guest.id} and table_name <> 'user_sessions'
      order by timestamp, id`
    expect(trail.map((entry) => [entry['table_name'], entry['actor_kind']])).toEqual([
      ['workspace_invitations', 'user'],
      ['workspace_members', 'user'],
    ])
    expect(JSON.stringify(trail)).not.toContain(guest.email)
  })

  test('twenty times at once makes one membership and one success', async () => {
    const [ada, guest] = [await registerUser(app), await registerUser(app)]
    const token = await inviteByToken(app, ada, guest, 'client')
    const answers = await Promise.all(Array.from({ length: 20 }, async () => await accept(guest, token)))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    for (const answer of answers.filter(({ status }) => status !== 200)) expectRefusal(answer, notGood)
    const members = await app.owner`select user_id from workspace_members where workspace_id = ${ada.workspaceId}`
    expect(members).toHaveLength(2)
  })

  test('twenty times at once with one key answers alike', async () => {
    const [ada, guest] = [await registerUser(app), await registerUser(app)]
    const token = await inviteByToken(app, ada, guest, 'client')
    const headers = { 'Idempotency-Key': randomUUID() }
    const answers = await Promise.all(Array.from({ length: 20 }, async () => await accept(guest, token, headers)))
    for (const { status, body } of answers)
      expect({ status, body }).toEqual({
        status: 200,
        body: { workspace: { id: ada.workspaceId, name: 'My workspace', role: 'client' } },
      })
  })

  test('is for the invited address alone, and only when that is proved', async () => {
    const [ada, guest, thief] = await Promise.all([registerUser(app), registerUser(app), registerUser(app)])
    const token = await inviteByToken(app, ada, guest, 'admin')
    await verifyEmail(app, thief)
    expectRefusal(await accept(thief, token), { status: 403, code: 'invitation/other-address' })
    await asOwner(app, (tx) => tx`update users set email_verified_at = null where id = ${guest.id}`)
    expectRefusal(await accept(guest, token), { status: 403, code: 'auth/email-unverified' })
    for (const user of [guest, thief]) expect(await roleOf(ada.workspaceId, user.id)).toBeUndefined()
    await verifyEmail(app, guest)
    expect((await accept(guest, token)).status).toBe(200)
  })

  test('leaves a member the role, higher or lower', async () => {
    for (const [present, invited] of [
      ['client', 'admin'],
      ['admin', 'client'],
    ] as const) {
      const [ada, guest] = [await registerUser(app), await registerUser(app)]
      const token = await inviteByToken(app, ada, guest, invited)
      await setRole(app, guest.id, { workspaceId: ada.workspaceId, role: present })
      expect((await accept(guest, token)).body.workspace.role).toBe(present)
      expect(await roleOf(ada.workspaceId, guest.id)).toBe(present)
      const [row] = await app.owner`
        select version from workspace_members where workspace_id = ${ada.workspaceId} and user_id = ${guest.id}`
      expect(row).toEqual({ version: 1 })
      expect((await ada.call('GET', path)).body.data).toEqual([])
    }
  })

  test('is refused with a token that never was, in a workspace that closes, and after seven days', async () => {
    const [ada, guest] = [await registerUser(app), await registerUser(app)]
    const token = await inviteByToken(app, ada, guest, 'client')
    for (const other of ['x', '', token.slice(1), `${token}x`]) expectRefusal(await accept(guest, other), notGood)
    await ada.call('DELETE', '/v1/workspace', undefined, { 'If-Match': '*' })
    expectRefusal(await accept(guest, token), { status: 409, code: 'workspace/closed' })
    await ada.call('POST', '/v1/workspaces/restore', { workspaceId: ada.workspaceId })
    app.advance(7 * dayMs + 1_000)
    const signIn = async ({ email, password }: SignedInUser): Promise<Pick<SignedInUser, 'call'>> => {
      const answer = await send(app, 'POST', '/v1/auth/login', { body: { email, password } })
      const { accessToken } = answer.body
      return {
        call: async (method, at, body, headers = {}) =>
          await send(app, method, at, { token: accessToken, body, headers }),
      }
    }
    const [adaNow, guestNow] = [await signIn(ada), await signIn(guest)]
    expectRefusal(await accept(guestNow, token), notGood)
    // What has run out gives way to another one.
    const again = await invite(adaNow, guest.email, 'editor')
    expect(again.status).toBe(201)
    expect((await adaNow.call('GET', path)).body.data).toEqual([again.body])
    expect((await accept(guestNow, await tokenOf(app, again.body.id))).body.workspace.role).toBe('editor')
  })

  test('that is under way makes the only owner, who leaves meanwhile, wait and then stay', async () => {
    const [ada, guest] = [await registerUser(app), await registerUser(app)]
    const token = await inviteByToken(app, ada, guest, 'client')
    let answers: Promise<Answer>[] = []
    await app.owner.begin(async (tx) => {
      // The new membership refers to the person, so its statement waits at its end.
      await tx`select 1 from users where id = ${guest.id} for update`
      const joining = accept(guest, token)
      await untilWaiting(1)
      answers = [joining, ada.call('DELETE', `/v1/workspace/members/${ada.id}`, undefined, { 'If-Match': '*' })]
      await untilWaiting(2)
    })
    const [joined, left] = await Promise.all(answers)
    expect(joined?.status).toBe(200)
    if (left !== undefined) expectRefusal(left, { status: 409, code: 'member/last-owner' })
    const [workspace] = await app.owner`select status from workspaces where id = ${ada.workspaceId}`
    expect([workspace?.['status'], await roleOf(ada.workspaceId, ada.id)]).toEqual(['active', 'owner'])
  })

  test('after the only owner has left is refused', async () => {
    const [ada, guest] = [await registerUser(app), await registerUser(app)]
    const token = await inviteByToken(app, ada, guest, 'client')
    await ada.call('DELETE', `/v1/workspace/members/${ada.id}`, undefined, { 'If-Match': '*' })
    expectRefusal(await accept(guest, token), notGood)
    expect(await roleOf(ada.workspaceId, guest.id)).toBeUndefined()
  })

  /** Until so many statements of this database wait for a lock. */
  async function untilWaiting(count: number): Promise<void> {
    const waiting = async () => {
      const [row] = await app.owner`
        select count(distinct l.pid)::int as statements
        from pg_locks l join pg_stat_activity a on a.pid = l.pid
        where not l.granted and a.datname = current_database()`
      return row?.['statements']
    }
    while ((await waiting()) < count);
  }
})
