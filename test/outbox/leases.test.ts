import { createHash } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import { waitFor } from '../../scripts/local/process.ts'
import type { JobContext } from '../../src/context.ts'
import { outboxHandlers } from '../../src/jobs/crons.ts'
import type { Mail } from '../../src/mail/mailer.ts'
import { drainOutbox, OutboxError, type OutboxHandlers } from '../../src/outbox/service.ts'
import { type OutboxWorld, startOutboxWorld } from '../support/outbox-process.ts'
import { type Step, watchSteps } from '../support/outbox-steps.ts'
import {
  insertOutbox,
  insertRecipient,
  outboxRow,
  type Recipient,
  supersedeOutbox,
  tokenDigest,
} from '../support/recipients.ts'

/** Who may do what with a row of the outbox, and until when. */

let world: OutboxWorld
let app: OutboxWorld['app']
let context: JobContext
beforeAll(async () => {
  world = await startOutboxWorld()
  ;({ app, context } = world)
})

const sha256 = (text: string | null | undefined) =>
  createHash('sha256')
    .update(text ?? '')
    .digest('hex')

/** Mails that a context sends, with the key of each attempt. */
function recording(ctx: JobContext): { ctx: JobContext; mails: (Mail & { key: string })[] } {
  const mails: (Mail & { key: string })[] = []
  return { ctx: { ...ctx, mailer: { send: async (mail, key) => void mails.push({ ...mail, key }) } }, mails }
}

/** A worker in this process that stands at a step until it is told to go on. */
function pausedAt(ctx: JobContext, step: Step, leaseSeconds: number) {
  let goOn = () => {}
  let stand = () => {}
  const going = new Promise<void>((resolve) => (goOn = resolve))
  const standing = new Promise<void>((resolve) => (stand = resolve))
  const watched = watchSteps(ctx, async (reached) => {
    if (reached !== step) return
    stand()
    await going
  })
  return { outcome: drainOutbox(watched, outboxHandlers, { leaseSeconds }), standing, goOn }
}

const leaseEnds = async (id: string) => {
  const isOver = async () => {
    const [row] = await app.owner`select leased_until < now() as "isOver" from outbox where id = ${id}`
    return row?.['isOver'] === true ? true : undefined
  }
  expect(await waitFor(isOver, { timeoutMs: 5_000, everyMs: 50 })).toBe(true)
}

const kind = 'mail/reset-password'
const insertReset = async (): Promise<{ recipient: Recipient; id: string }> => {
  const recipient = await insertRecipient(app)
  return { recipient, id: await insertOutbox(app, { kind, userId: recipient.id }) }
}
const storedDigest = async ({ id }: Recipient) => await tokenDigest(app, id, 'password_reset')

describe('a worker whose lease has ended', () => {
  test('mints nothing and sends nothing', async () => {
    const { recipient, id } = await insertReset()
    const { ctx, mails } = recording(context)
    const worker = pausedAt(ctx, 'read', 1)
    await worker.standing
    await leaseEnds(id)
    worker.goOn()
    expect(await worker.outcome).toEqual({ done: 0, failed: 0, dead: 0, lost: 1 })
    expect(mails).toEqual([])
    expect(await storedDigest(recipient)).toBeUndefined()
    expect(await outboxRow(app, id)).toMatchObject({ status: 'pending', attempts: 1, fence: 1 })
    expect(await drainOutbox(ctx, outboxHandlers)).toMatchObject({ done: 1 })
    expect(mails).toHaveLength(1)
  })

  test('does not finish the row, whether or not another one has it by then', async () => {
    for (const isTaken of [false, true]) {
      const { recipient, id } = await insertReset()
      const { ctx, mails } = recording(context)
      const worker = pausedAt(ctx, 'finishing', 1)
      await worker.standing
      await leaseEnds(id)
      const second = isTaken ? pausedAt(ctx, 'sent', 60) : undefined
      await second?.standing
      worker.goOn()
      expect(await worker.outcome).toEqual({ done: 0, failed: 0, dead: 0, lost: 1 })
      expect(await outboxRow(app, id)).toMatchObject({ status: 'pending', fence: isTaken ? 2 : 1 })
      second?.goOn()
      if (second === undefined) await drainOutbox(ctx, outboxHandlers)
      else expect(await second.outcome).toMatchObject({ done: 1 })
      expect(await outboxRow(app, id)).toMatchObject({ status: 'done', attempts: 2 })
      expect(mails).toHaveLength(2)
      expect(await storedDigest(recipient)).toBe(sha256(mails[1]?.token))
    }
  })

  test('does not give back the row of the one that has it now', async () => {
    const { id } = await insertReset()
    const { ctx } = recording(context)
    const failing = {
      ...ctx,
      mailer: {
        send: () => Promise.reject(new OutboxError('refused', { isPermanent: true })),
      },
    }
    const worker = pausedAt(failing, 'sending', 1)
    await worker.standing
    await leaseEnds(id)
    const second = pausedAt(ctx, 'sent', 60)
    await second.standing
    worker.goOn()
    expect(await worker.outcome).toEqual({ done: 0, failed: 0, dead: 0, lost: 1 })
    expect(await outboxRow(app, id)).toMatchObject({ status: 'pending', fence: 2, lastError: null })
    second.goOn()
    expect(await second.outcome).toMatchObject({ done: 1 })
  })
})

describe('a row that is superseded', () => {
  test('while its mail is on its way: the mail that comes late holds a dead token', async () => {
    const { recipient, id } = await insertReset()
    const { ctx, mails } = recording(context)
    const late = pausedAt(ctx, 'sending', 60)
    await late.standing
    const newer = await supersedeOutbox(app, { kind, userId: recipient.id })
    expect(await drainOutbox(ctx, outboxHandlers)).toMatchObject({ done: 1 })
    late.goOn()
    expect(await late.outcome).toMatchObject({ done: 0, lost: 1 })
    expect(mails.map(({ key }) => key)).toEqual([`${newer}.1`, `${id}.1`])
    expect(await storedDigest(recipient)).toBe(sha256(mails[0]?.token))
    expect([(await outboxRow(app, id)).status, (await outboxRow(app, newer)).status]).toEqual(['superseded', 'done'])
  })

  test('before its token is minted sends nothing', async () => {
    const { recipient } = await insertReset()
    const { ctx, mails } = recording(context)
    const late = pausedAt(ctx, 'read', 60)
    await late.standing
    const newer = await supersedeOutbox(app, { kind, userId: recipient.id })
    late.goOn()
    expect(await late.outcome).toMatchObject({ lost: 1 })
    expect(mails).toEqual([])
    await drainOutbox(ctx, outboxHandlers)
    expect(mails.map(({ key }) => key)).toEqual([`${newer}.1`])
  })

  test('by a request that did not see it, is not sent either: the latest mail is the one whose token is good', async () => {
    const recipient = await insertRecipient(app)
    const older = await insertOutbox(app, { kind, userId: recipient.id })
    const newer = await insertOutbox(app, { kind, userId: recipient.id })
    const { ctx, mails } = recording(context)
    expect(await drainOutbox(ctx, outboxHandlers)).toMatchObject({ done: 2 })
    expect(mails.map(({ key }) => key)).toEqual([`${newer}.1`])
    expect((await outboxRow(app, older)).status).toBe('done')
    expect(await storedDigest(recipient)).toBe(sha256(mails[0]?.token))
  })
})

test('workers at once never have the same claim: each row is sent once', async () => {
  const rows = await Promise.all(Array.from({ length: 60 }, insertReset))
  const workers = Array.from({ length: 4 }, () => recording(context))
  const counts = await Promise.all(workers.map(({ ctx }) => drainOutbox(ctx, outboxHandlers)))
  expect(counts.reduce((sum, { done }) => sum + done, 0)).toBe(rows.length)
  const keys = workers.flatMap(({ mails }) => mails.map(({ key }) => key))
  expect(keys.sort()).toEqual(rows.map(({ id }) => `${id}.1`).sort())
})

describe('a row that fails', () => {
  const handlers: OutboxHandlers = {
    'test/fine': async () => undefined,
    'test/poison': () => Promise.reject(new Error('ada@example.test cannot be written to')),
    'test/refused': () =>
      Promise.reject(new OutboxError('refused', { isPermanent: true, cause: new Error('ada@example.test is wrong') })),
    'test/limited': () => Promise.reject(new OutboxError('rate-limited', { retryAfterMs: 120_000 })),
  }

  test('is tried again after waits that grow, ten times, then dead, and keeps nobody waiting', async () => {
    const poison = await insertOutbox(app, { kind: 'test/poison' })
    const waitsMs: number[] = []
    const mark = app.logs.length
    for (let attempt = 1; attempt <= 10; attempt += 1) {
      const fine = await insertOutbox(app, { kind: 'test/fine' })
      const outcome = await drainOutbox(context, handlers)
      expect(outcome).toEqual({ done: 1, failed: attempt < 10 ? 1 : 0, dead: attempt < 10 ? 0 : 1, lost: 0 })
      expect((await outboxRow(app, fine)).status).toBe('done')
      const { dueAt, leasedUntil, attempts } = await outboxRow(app, poison)
      expect([attempts, leasedUntil]).toEqual([attempt, null])
      const waitMs = new Date(dueAt).getTime() - app.now().getTime()
      waitsMs.push(Math.round(waitMs / 1_000) * 1_000)
      expect(await drainOutbox(context, handlers)).toEqual({ done: 0, failed: 0, dead: 0, lost: 0 })
      app.advance(waitMs + 1)
    }
    expect(waitsMs.slice(0, 4)).toEqual([5_000, 15_000, 45_000, 135_000])
    expect(Math.max(...waitsMs)).toBe(3_600_000)
    expect(waitsMs.slice(0, 9).reduce((sum, ms) => sum + ms)).toBeGreaterThan(3 * 3_600_000)
    expect(await outboxRow(app, poison)).toMatchObject({ status: 'dead', attempts: 10, lastError: 'failed' })
    const lines = app.logs.slice(mark)
    expect(lines.map(({ level, message }) => [level, message])).toEqual([
      ...Array.from({ length: 9 }, () => ['warn', 'outbox row failed']),
      ['error', 'outbox row dead'],
    ])
    expect(lines[0]).toMatchObject({
      outboxId: poison,
      kind: 'test/poison',
      attempt: 1,
      code: 'failed',
      error: 'Error',
    })
    expect(lines[0]?.['stack']).toMatch(/^ +at .*leases\.test\.ts/)
    expect(JSON.stringify(lines)).not.toContain('ada@')
  })

  test('for good is dead at once', async () => {
    const id = await insertOutbox(app, { kind: 'test/refused' })
    const mark = app.logs.length
    expect(await drainOutbox(context, handlers)).toEqual({ done: 0, failed: 0, dead: 1, lost: 0 })
    expect(await outboxRow(app, id)).toMatchObject({ status: 'dead', attempts: 1, lastError: 'refused' })
    expect(app.logs.slice(mark)).toMatchObject([{ level: 'error', message: 'outbox row dead', code: 'refused' }])
    expect(JSON.stringify(app.logs.slice(mark))).not.toContain('ada@')
  })

  test('waits at least as long as it was told to', async () => {
    const id = await insertOutbox(app, { kind: 'test/limited' })
    await drainOutbox(context, handlers)
    const waitMs = new Date((await outboxRow(app, id)).dueAt).getTime() - app.now().getTime()
    expect(waitMs).toBeGreaterThan(115_000)
    expect(waitMs).toBeLessThanOrEqual(120_000)
  })

  test('because it takes its worker with it, is dead after as many', async () => {
    const id = await insertOutbox(app, { kind: 'test/fine' })
    // A lease that is over as it begins is what a worker that dies at once leaves behind.
    for (let attempt = 1; attempt <= 10; attempt += 1) {
      expect(await drainOutbox(context, handlers, { leaseSeconds: 0 })).toMatchObject({ done: 0, lost: 1 })
    }
    const mark = app.logs.length
    expect(await drainOutbox(context, handlers)).toEqual({ done: 0, failed: 0, dead: 1, lost: 0 })
    expect(await outboxRow(app, id)).toMatchObject({ status: 'dead', attempts: 10, lastError: 'abandoned' })
    expect(app.logs.slice(mark)).toMatchObject([
      { level: 'error', message: 'outbox row dead', outboxId: id, kind: 'test/fine', code: 'abandoned' },
    ])
  })
})

test('a database that is lost at the end of one row does not hide the others', async () => {
  const [lost, fine] = [await insertOutbox(app, { kind: 'test/lost' }), await insertOutbox(app, { kind: 'test/fine' })]
  const done: string[] = []
  const handlers: OutboxHandlers = {
    'test/lost': async () => undefined,
    'test/fine': async () => {
      await new Promise((resolve) => setTimeout(resolve, 100))
      done.push('fine')
    },
  }
  const broken: JobContext = {
    ...context,
    db: {
      ...context.db,
      maybeOne: async (query, ...args) => {
        if ((args[0] as { id?: string } | undefined)?.id === lost) throw new Error('the connection ended')
        return await context.db.maybeOne(query, ...args)
      },
    },
  }
  await expect(drainOutbox(broken, handlers)).rejects.toThrow('the connection ended')
  expect(done).toEqual(['fine'])
  expect([(await outboxRow(app, fine)).status, (await outboxRow(app, lost)).status]).toEqual(['done', 'pending'])
})
