import { randomUUID } from 'node:crypto'
import { beforeEach, expect, test } from 'vitest'
import { runWaking } from '../../src/jobs/run.ts'
import type { Mail } from '../../src/mail/mailer.ts'
import { OutboxError } from '../../src/outbox/service.ts'
import { login, newPassword, registerVerified, reset, resetToken, verify } from '../support/accounts.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { type SignedInUser, send } from '../support/client.ts'

/** Whoever asks for another address has it only after the present one could have heard of it. */

let app: TestApp
let user: SignedInUser
let newEmail: string
beforeEach(async () => {
  app = await startApp()
  user = await registerVerified(app)
  newEmail = `${randomUUID()}@example.test`
})

const ask = async (address = newEmail) => {
  const { status } = await user.call('POST', '/v1/auth/email/change', { password: user.password, newEmail: address })
  expect(status).toBe(202)
}

/** Runs the outbox over a mail service that takes no mail to the present address, and answers what it took of the rest. */
async function runWithout(present: Error): Promise<Mail[]> {
  const taken: Mail[] = []
  const take = (mail: Mail) =>
    mail.to === user.email ? Promise.reject(present) : Promise.resolve(void taken.push(mail))
  await runWaking({ ...app.jobs, mailer: { send: take } })
  return taken
}

const rowsOf = async () =>
  await app.owner`
    select kind, status, attempts from outbox
    where user_id = ${user.id} and kind in ('mail/change-email', 'mail/email-change-requested') order by kind desc, id`

const subjectsTo = async (address: string) => (await app.mailTo(address)).map(({ subject }) => subject)

test('both mails go out in one run, the notice first', async () => {
  await ask()
  const sent: string[] = []
  await runWaking({ ...app.jobs, mailer: { send: async ({ to }) => void sent.push(to) } })
  expect(sent).toEqual([user.email, newEmail])
})

test('while the notice cannot be sent the token waits, unharmed, and goes once it was', async () => {
  await ask()
  for (let run = 0; run < 3; run += 1) {
    expect(await runWithout(new Error('away'))).toEqual([])
    app.advance(60_000)
  }
  expect(await rowsOf()).toEqual([
    { kind: 'mail/email-change-requested', status: 'pending', attempts: 3 },
    { kind: 'mail/change-email', status: 'pending', attempts: 0 },
  ])
  expect(await app.owner`select 1 from account_tokens where user_id = ${user.id}`).toEqual([])
  expect(await subjectsTo(user.email)).toContain('Your e-mail address is about to change')
  const [mail] = await app.mailTo(newEmail)
  expect((await verify(app, { token: mail?.token ?? '', password: user.password })).status).toBe(204)
  expect((await login(app, { ...user, email: newEmail })).status).toBe(200)
})

test('a notice that dies, at once or after all its attempts, lets the token go', async () => {
  await ask()
  const refused = new OutboxError('mail-refused', { isPermanent: true })
  expect((await runWithout(refused)).map(({ to }) => to)).toEqual([newEmail])
  expect((await rowsOf())[0]).toMatchObject({ status: 'dead', attempts: 1 })

  const second = `${randomUUID()}@example.test`
  app.advance(60 * 60_000)
  user = { ...user, call: await signedInAgain() }
  await ask(second)
  let taken: Mail[] = []
  for (let run = 0; run < 10; run += 1) {
    expect(taken).toEqual([])
    taken = await runWithout(new Error('away'))
    app.advance(60 * 60_000)
  }
  expect(taken.map(({ to }) => to)).toEqual([second])
  expect((await rowsOf()).map(({ status, attempts }) => [status, attempts])).toEqual([
    ['dead', 1],
    ['dead', 10],
    ['done', 1],
    ['done', 1],
  ])
})

test('a later wish waits for the notice of an earlier one too', async () => {
  await ask()
  await runWithout(new Error('away'))
  const second = `${randomUUID()}@example.test`
  await ask(second)
  await app.owner`
    update outbox set status = 'dead', finished_at = now()
    where id = (select max(id::text)::uuid from outbox where kind = 'mail/email-change-requested')`
  expect(await runWithout(new Error('away'))).toEqual([])
  app.advance(60_000)
  expect((await subjectsTo(user.email)).filter((subject) => subject.includes('about to change'))).toHaveLength(1)
  expect((await app.mailTo(second)).map(({ token }) => typeof token)).toEqual(['string'])
  expect(await app.mailTo(newEmail)).toEqual([])
})

test('the notice goes out also when a new password has withdrawn the wish meanwhile', async () => {
  const token = await resetToken(app, user.email)
  await ask()
  await runWithout(new Error('away'))
  expect((await reset(app, { token, newPassword: newPassword() })).status).toBe(204)
  app.advance(60_000)
  expect(await subjectsTo(user.email)).toContain('Your e-mail address is about to change')
  expect(await app.mailTo(newEmail)).toEqual([])
})

async function signedInAgain(): Promise<SignedInUser['call']> {
  const { accessToken: token } = (await login(app, user)).body
  return async (method, path, body, headers) =>
    await send(app, method, path, { token, body, ...(headers && { headers }) })
}
