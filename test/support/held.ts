import type { TestApp } from './app.ts'
import type { Answer } from './client.ts'
import { asOwner } from './tenants.ts'

type Tx = Parameters<Parameters<typeof asOwner>[1]>[0]

/**
 * Does something in a transaction as the database's owner, starts requests one after the other, each as soon as the one
 * before it waits for a lock, and commits when the last one does. Throws when one is answered without having waited.
 */
export async function whileHeld(
  app: Pick<TestApp, 'owner'>,
  hold: (tx: Tx) => Promise<unknown>,
  ...requests: readonly (() => Promise<Answer>)[]
): Promise<Answer[]> {
  const answers: Promise<Answer>[] = []
  await asOwner(app, async (tx) => {
    await hold(tx)
    for (const request of requests) {
      let early: Answer | undefined
      answers.push(
        request().then((answer) => {
          early = answer
          return answer
        }),
      )
      while ((await waitingIn(app)) < answers.length) {
        if (early !== undefined)
          throw new Error(`answered ${early.status} without waiting: ${JSON.stringify(early.body)}`)
      }
    }
  })
  return await Promise.all(answers)
}

async function waitingIn({ owner }: Pick<TestApp, 'owner'>): Promise<number> {
  const [row] = await owner<{ waiting: number }[]>`
    select count(*)::int as waiting from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock'`
  return row?.waiting ?? 0
}
