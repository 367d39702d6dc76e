import { randomUUID } from 'node:crypto'
import { expect } from 'vitest'
import type { AppSecrets, TestApp } from './app.ts'
import { registerUser, type SignedInUser, send } from './client.ts'
import { type Kind, type Person, registerAgain, rotateWithKills, startClients, unreadableValues } from './rotation.ts'

/** The API in use while keys rotate. */

type Plan = { readonly kind: Kind; readonly kills: number; readonly maxMs: number }

/** Runs the rotations side by side, each killed so often, while clients check every answer. */
export async function rotateUnderLoad(
  app: TestApp,
  secrets: AppSecrets,
  people: readonly Person[],
  plans: readonly Plan[],
): Promise<{ rounds: number; killed: number }> {
  const isolates = [app, app.secondIsolate(), app.secondIsolate()]
  const users = await Promise.all(isolates.map(async (isolate) => await registerUser(isolate)))
  const clients = startClients([
    ...users.map((user, index) => profileClient(isolates[index] ?? app, isolates[(index + 1) % 3] ?? app, user)),
    ...users.slice(0, 2).map((user, index) => loginClient(isolates[index] ?? app, user)),
    registrationClient(isolates, people),
    async () => expect(await unreadableValues(app, secrets, people)).toEqual([]),
  ])
  const runs = await Promise.allSettled(
    plans.map(async ({ kind, ...plan }) => await rotateWithKills(app, secrets, kind, plan)),
  )
  const rounds = await clients.end()
  let killed = 0
  for (const run of runs) {
    if (run.status === 'rejected') throw run.reason
    expect(run.value.last).toMatchObject({ code: 0, signal: null })
    killed += run.value.killed
  }
  expect(rounds).toBeGreaterThan(plans.length)
  return { rounds, killed }
}

/** Reads and changes a profile through one isolate, and reads it through another. */
function profileClient(here: Pick<TestApp, 'fetch'>, there: Pick<TestApp, 'fetch'>, user: SignedInUser) {
  let { refreshToken } = user
  return async () => {
    const refreshed = await send(here, 'POST', '/v1/auth/refresh', { body: { refreshToken } })
    expect([refreshed.status, refreshed.body.user?.email]).toEqual([200, user.email])
    refreshToken = refreshed.body.refreshToken
    const token = refreshed.body.accessToken
    const read = await send(there, 'GET', '/v1/me', { token })
    expect([read.status, read.body.email]).toEqual([200, user.email])
    const name = `Name ${randomUUID()}`
    // The version that was read is still the one: a rotation is no change of the person.
    const headers = { 'If-Match': read.headers.get('ETag') ?? '' }
    const changed = await send(here, 'PATCH', '/v1/me', { token, headers, body: { name } })
    expect([changed.status, changed.body.name, changed.body.email]).toEqual([200, name, user.email])
    const again = await send(there, 'GET', '/v1/me', { token })
    expect([again.status, again.body.name, again.headers.get('ETag')]).toEqual([200, name, changed.headers.get('ETag')])
  }
}

function loginClient(isolate: Pick<TestApp, 'fetch'>, { id, email, password }: SignedInUser) {
  return async () => {
    const answer = await send(isolate, 'POST', '/v1/auth/login', { body: { email, password } })
    expect([answer.status, answer.body.user?.id, answer.body.user?.email]).toEqual([200, id, email])
    const me = await send(isolate, 'GET', '/v1/me', { token: answer.body.accessToken })
    expect([me.status, me.body.email]).toEqual([200, email])
  }
}

/** New people register, and nobody registers with an address that somebody has, whichever isolate is asked. */
function registrationClient(isolates: readonly Pick<TestApp, 'fetch'>[], people: readonly Person[]) {
  let turn = 0
  return async () => {
    turn += 1
    const of = (place: number) => isolates[place % isolates.length] as TestApp
    const person = await registerUser(of(turn))
    const seeded = people[(turn * 7919) % people.length]
    expect(await registerAgain(of(turn + 1), person.email)).toBe(409)
    expect(await registerAgain(of(turn + 2), seeded?.email ?? '')).toBe(409)
    const { email, password } = person
    const answer = await send(of(turn + 1), 'POST', '/v1/auth/login', { body: { email, password } })
    expect([answer.status, answer.body.user?.id]).toEqual([200, person.id])
  }
}

/** Everything is under the new keys, and the old ones are retired. */
export async function expectRotated(app: TestApp, secrets: AppSecrets, people: readonly Person[]): Promise<void> {
  expect(await unreadableValues(app, secrets, people)).toEqual([])
  const [counts] = await app.owner`
    select
      (select count(*)::int from encryption_keys where kek_version <> 2) as "underOldKek",
      (select count(*)::int from encryption_keys where purpose in ('user_data', 'workspace_data') and status = 'retiring')
        as "retiringDataKeys",
      (select count(*)::int from users u join encryption_keys k on k.id = u.data_key_id where k.status <> 'active')
        + (select count(*)::int from user_totp t join encryption_keys k on k.id = t.data_key_id where k.status <> 'active')
        + (select count(*)::int from workspace_invitations i join encryption_keys k on k.id = i.data_key_id
          where k.status <> 'active') as "underOldDataKey",
      (select count(*)::int from user_email_index where key_version = 1)
        + (select count(*)::int from workspace_invitations where index_key_version = 1) as "underOldIndexKey",
      (select count(*)::int from users u where not exists (
        select from user_email_index e where e.user_id = u.id and e.key_version = 2)) as "notIndexed"`
  expect(counts).toEqual({
    underOldKek: 0,
    retiringDataKeys: 0,
    underOldDataKey: 0,
    underOldIndexKey: 0,
    notIndexed: 0,
  })
  const seeded = people.map(({ id }) => id)
  const [keys] = await app.owner`
    select count(*) filter (where status = 'active' and key_version > 1)::int as active,
      count(*) filter (where status = 'retired' and key_version = 1 and retired_at is not null)::int as retired
    from encryption_keys where user_id = any(${seeded})`
  expect(keys).toEqual({ active: people.length, retired: people.length })
  for (const { email } of people.slice(0, 3)) expect(await registerAgain(app, email)).toBe(409)
}
