import { beforeAll, expect, test } from 'vitest'
import { startApp, type TestApp } from '../support/app.ts'
import { insertPeople, type Kind, makeRotationSecrets, type Person } from '../support/rotation.ts'
import { expectRotated, rotateUnderLoad } from '../support/rotation-load.ts'

/** Each kind of rotation killed many times, alone and then all together, while people use the API. */

const secrets = makeRotationSecrets()
const kinds: readonly { kind: Kind; maxMs: number }[] = [
  { kind: 'kek', maxMs: 300 },
  { kind: 'dek', maxMs: 1_000 },
  { kind: 'signing', maxMs: 20 },
  { kind: 'blind-index', maxMs: 1_000 },
]
let app: TestApp
let people: Person[]
beforeAll(async () => {
  app = await startApp({ secrets: secrets.next })
  const before = await startApp({ database: app.database, secrets })
  people = await insertPeople(before, secrets, 600)
})

test.each(kinds)('$kind, killed up to 25 times at random', async ({ kind, maxMs }) => {
  const { killed, rounds } = await rotateUnderLoad(app, secrets.next, people, [{ kind, kills: 25, maxMs }])
  if (kind !== 'signing') expect(killed).toBeGreaterThan(1)
  expect(rounds).toBeGreaterThan(20)
})

test('each has left everything under the new keys', async () => {
  await expectRotated(app, secrets.next, people)
})

test('all together, two runs of each', async () => {
  const plans = [...kinds, ...kinds].map((plan) => ({ ...plan, kills: 8 }))
  await rotateUnderLoad(app, secrets.next, people, plans)
})
