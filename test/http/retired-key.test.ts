import { beforeAll, expect, test } from 'vitest'
import { runCron } from '../../src/jobs/run.ts'
import { rotateSigningKey } from '../../src/keys/signing-rotation.ts'
import { expectRefusal } from '../support/answers.ts'
import { send } from '../support/client.ts'
import { dumpTenant } from '../support/dump.ts'
import { jobContext } from '../support/jobs.ts'
import { readApi } from '../support/openapi.ts'
import { methodOf, pathWithin, routeOf, startWorld, type World } from '../support/routes.ts'
import { asOwner, enterWorkspace } from '../support/tenants.ts'

/** A signing key that is retired before the tokens that it signed have ended, as one that was stolen would be. */

const minute = 60_000
const credentialsRequired = { status: 401, code: 'auth/credentials-required' }
let world: World
let closedRoutes: string[]
beforeAll(async () => {
  world = await startWorld()
  const names = (await readApi(world.app)).operations.map(({ name }) => name)
  closedRoutes = names.filter((name) => routeOf(name).mayCall !== 'anybody')
})

const claimsOf = (token: string) => JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
const kidOf = (token: string): string => JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()).kid

/** What a good token is told for a request that is not good otherwise, so that nothing is done: who asks is looked at first. */
const askInVain = async (name: string, token: string) =>
  await send(world.app, methodOf(name), `${pathWithin(name, world.home)}?unknown=1`, { token })

async function expectEntryEverywhere(token: string): Promise<void> {
  for (const name of closedRoutes) expect([name, (await askInVain(name, token)).status]).not.toEqual([name, 401])
  expect((await send(world.app, 'GET', '/v1/me', { token })).status).toBe(200)
}

test('its tokens open every route until then and none from then on, though nothing else is wrong with them', async () => {
  const { app, home } = world
  const { accessToken: old } = home.user
  await rotateSigningKey({ ...jobContext(app), batch: 1, pause: async () => undefined, report: () => undefined })
  app.advance(5 * minute + 1_000)
  await runCron('* * * * *', app.jobs)
  const { accessToken: current } = await enterWorkspace(app, home.user, home.user.workspaceId)
  expect(kidOf(current)).not.toBe(kidOf(old))
  await expectEntryEverywhere(old)

  await asOwner(
    app,
    (tx) => tx`
      update encryption_keys set status = 'retired', retired_at = now()
      where purpose = 'signing' and id = ${kidOf(old)} and status = 'retiring'`,
  )
  // As long as isolates keep the key set.
  app.advance(minute)
  const { body: jwks } = await send(app, 'GET', '/.well-known/jwks.json')
  expect(jwks.keys.map(({ kid }: { kid: string }) => kid)).toEqual([kidOf(current)])

  const before = await dumpTenant(app, home.user)
  for (const name of closedRoutes) {
    for (const path of [pathWithin(name, home), `${pathWithin(name, home)}?unknown=1`]) {
      const answer = await send(app, methodOf(name), path, { token: old })
      expectRefusal(answer, credentialsRequired)
      expect(answer.headers.get('WWW-Authenticate'), name).toBe('Bearer realm="defeah", error="invalid_token"')
    }
  }
  expect(await dumpTenant(app, home.user)).toEqual(before)

  const { sid, exp } = claimsOf(old)
  expect(exp * 1000).toBeGreaterThan(app.now().getTime() + minute)
  expect(sid).toBe(claimsOf(current).sid)
  await expectEntryEverywhere(current)
})
