import { beforeAll, describe, expect, test } from 'vitest'
import { accessTokenSeconds } from '../../src/auth/access-token.ts'
import { runCron } from '../../src/jobs/run.ts'
import { verifiesAfterUseSeconds } from '../../src/keys/jobs.ts'
import { rotateSigningKey } from '../../src/keys/signing-rotation.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { registerUser, type SignedInUser, send } from '../support/client.ts'
import { makeRotationSecrets, rotate, rotationContext } from '../support/rotation.ts'
import { insertSession } from '../support/sessions.ts'
import { asOwner } from '../support/tenants.ts'

/** The life of a signing key: published, used, succeeded, retired. */

const minute = 60_000
const secrets = { ...makeRotationSecrets(), keyCacheSeconds: 60 }
let app: TestApp
let ada: SignedInUser
beforeAll(async () => {
  // Without Redis, whose clock is not moved.
  app = await startApp({ secrets, restUrl: 'http://127.0.0.1:1' })
  ada = await registerUser(app)
})

const kidsOf = async (isolate: Pick<TestApp, 'fetch'>): Promise<string[]> =>
  (await send(isolate, 'GET', '/.well-known/jwks.json')).body.keys.map(({ kid }: { kid: string }) => kid)
const kidOf = (token: string): string => JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()).kid
const tokenFrom = async (isolate: Pick<TestApp, 'fetch'>): Promise<string> => {
  const { token: refreshToken } = await insertSession(app, secrets, ada)
  return (await send(isolate, 'POST', '/v1/auth/refresh', { body: { refreshToken } })).body.accessToken
}
const statusOf = async (token: string, isolate: Pick<TestApp, 'fetch'> = app) =>
  (await send(isolate, 'GET', '/v1/me', { token })).status
const states = async () =>
  (await app.owner`select status from encryption_keys where purpose = 'signing' order by key_version`).map(
    (row) => row['status'],
  )
const everyMinute = async () => await runCron('* * * * *', app.jobs)

test('a dry run publishes nothing', async () => {
  await kidsOf(app)
  const { code, output } = await rotate(app, secrets, ['signing', '--dry-run'])
  expect([code, output]).toEqual([0, 'would: publish a new signing key, which signs in 5 minutes\n'])
  expect(await states()).toEqual(['active'])
})

describe('a rotation', () => {
  let first: string
  let second: string
  let old: string

  test('publishes the next key, which five minutes later signs, in isolates that have heard of it', async () => {
    const [known = ''] = await kidsOf(app)
    first = known
    old = await tokenFrom(app)
    const runs = await Promise.all([rotate(app, secrets, ['signing']), rotate(app, secrets, ['signing'])])
    expect(runs.map(({ code }) => code)).toEqual([0, 0])
    expect(runs.filter(({ output }) => output.startsWith('published signing key'))).toHaveLength(1)
    expect(runs.filter(({ output }) => output.startsWith('a rotation is under way'))).toHaveLength(1)
    expect(await states()).toEqual(['active', 'active'])
    const set = await kidsOf(app.secondIsolate())
    expect(set).toContain(first)
    second = set.find((kid) => kid !== first) ?? ''

    app.advance(minute)
    await everyMinute()
    expect((await kidsOf(app)).sort()).toEqual([first, second].sort())
    expect(kidOf(await tokenFrom(app))).toBe(first)
    app.advance(3 * minute)
    expect(kidOf(await tokenFrom(app))).toBe(first)
    app.advance(minute + 1_000)
    expect(kidOf(await tokenFrom(app))).toBe(second)
    expect(kidOf(await tokenFrom(app.secondIsolate()))).toBe(second)
    expect(await statusOf(old)).toBe(200)
  })

  test('lets the old key verify as long as its tokens live, and then no more', async () => {
    await everyMinute()
    expect(await states()).toEqual(['retiring', 'active'])
    const again = await rotate(app, secrets, ['signing'])
    expect([again.code, again.output]).toEqual([0, expect.stringContaining('a rotation is under way')])
    // The last token that it can have signed.
    app.advance((verifiesAfterUseSeconds - 30) * 1000)
    await everyMinute()
    expect(await states()).toEqual(['retiring', 'active'])
    expect((await kidsOf(app)).sort()).toEqual([first, second].sort())
    app.advance(minute)
    await everyMinute()
    expect(await states()).toEqual(['retired', 'active'])
    expect(await kidsOf(app.secondIsolate())).toEqual([second])
    const [row] = await app.owner`select retired_at is not null as at from encryption_keys where id = ${first}`
    expect(row).toEqual({ at: true })
  })

  test('can follow when the one before is over', async () => {
    await rotateSigningKey(rotationContext(app, secrets))
    expect(await states()).toEqual(['retired', 'active', 'active'])
    await asOwner(
      app,
      (tx) => tx`
      update encryption_keys set status = 'retired', retired_at = now() where purpose = 'signing' and key_version = 3`,
    )
  })

  test('gives an old key the whole life of a token', () => {
    expect(verifiesAfterUseSeconds).toBeGreaterThanOrEqual(accessTokenSeconds + 5 + 60)
  })
})

test('a token of a retired key is refused by every isolate within 60 s, remembered or not', async () => {
  await kidsOf(app)
  app.advance(2 * minute)
  const remembering = app.secondIsolate()
  const token = await tokenFrom(remembering)
  expect([await statusOf(token, remembering), await statusOf(token)]).toEqual([200, 200])
  await rotateSigningKey(rotationContext(app, secrets))
  await asOwner(
    app,
    (tx) => tx`
    update encryption_keys set status = 'retired', retired_at = now() where id = ${kidOf(token)}`,
  )
  app.advance(59_000)
  // They are allowed to go on this long, and so the next step shows that it is the key that they notice.
  expect([await statusOf(token, remembering), await statusOf(token)]).toEqual([200, 200])
  app.advance(1_000)
  expect([
    await statusOf(token, remembering),
    await statusOf(token),
    await statusOf(token, app.secondIsolate()),
  ]).toEqual([401, 401, 401])
})
