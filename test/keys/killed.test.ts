import { beforeAll, test } from 'vitest'
import { startApp, type TestApp } from '../support/app.ts'
import { insertPeople, makeRotationSecrets, type Person } from '../support/rotation.ts'
import { expectRotated, rotateUnderLoad } from '../support/rotation-load.ts'

/**
 * Rotations that are killed at random moments, while people use the API. The long version of this, with each kind for
 * itself, stands in test/long/keys-rotate.test.ts.
 */

const secrets = makeRotationSecrets()
let app: TestApp
let people: Person[]
beforeAll(async () => {
  app = await startApp({ secrets: secrets.next })
  const before = await startApp({ database: app.database, secrets })
  people = await insertPeople(before, secrets, 120)
})

test('all kinds at once, killed at random and run again, are noticed by nobody and leave nothing behind', async () => {
  const kinds = [
    { kind: 'kek', kills: 2, maxMs: 300 },
    { kind: 'dek', kills: 3, maxMs: 500 },
    { kind: 'signing', kills: 1, maxMs: 50 },
    { kind: 'blind-index', kills: 3, maxMs: 1_500 },
  ] as const
  await rotateUnderLoad(app, secrets.next, people, kinds)
  await expectRotated(app, secrets.next, people)
}, 60_000)
