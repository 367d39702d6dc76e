import { createHash, randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import { startApp, type TestApp } from '../support/app.ts'
import { registerUser, type SignedInUser } from '../support/client.ts'
import {
  insertInvitation,
  insertOutbox,
  insertRecipient,
  outboxRow,
  type Recipient,
  tokenDigest,
} from '../support/recipients.ts'
import { asOwner } from '../support/tenants.ts'

/** What each kind of row sends, to whom, and when it sends nothing. */

let app: TestApp
beforeAll(async () => {
  app = await startApp()
})

const sha256 = (text: string | null) =>
  createHash('sha256')
    .update(text ?? '')
    .digest('hex')

/** The mail that a row sends to its person. */
async function mailOf(kind: string, recipient: Recipient, more: { workspaceId?: string; subjectId?: string } = {}) {
  const id = await insertOutbox(app, { kind, userId: recipient.id, ...more })
  const mails = await app.mailTo(recipient.email)
  expect(await outboxRow(app, id)).toMatchObject({ status: 'done', lastError: null })
  expect(mails.length).toBeLessThanOrEqual(1)
  return mails[0]
}

/** The instant of a row as a mail says it, to the minute. */
const anyMoment = (zone: string) => new RegExp(`\\d{1,2} [A-Z][a-z]+ \\d{4} at \\d{2}:\\d{2} \\(${zone}\\)`)

describe('mails with a token', () => {
  test.each([
    ['mail/verify-email', 'email_verification', 'verify-email', 24],
    ['mail/reset-password', 'password_reset', 'reset-password', 1],
  ])('%s leads to a page of the application, and its token is stored as a hash', async (kind, purpose, page, hours) => {
    const recipient = await insertRecipient(app)
    const mail = await mailOf(kind, recipient)
    expect(mail?.text).toContain(`https://app.test/${page}?token=${mail?.token}\n`)
    expect(mail?.text).toMatch(/^Hello Grace Hopper,\n\n/)
    expect(mail?.token).toMatch(/^[A-Za-z0-9_-]{43}$/)
    expect(await tokenDigest(app, recipient.id, purpose)).toBe(sha256(mail?.token ?? null))
    const [row] = await app.owner`select expires_at from account_tokens where user_id = ${recipient.id}`
    const lifeMs = new Date(row?.['expires_at'] as string).getTime() - app.now().getTime()
    expect(Math.round(lifeMs / 60_000)).toBe(hours * 60)
  })

  test('mail/change-email goes to the address that waits, and not to the one that is used', async () => {
    const pendingEmail = `${randomUUID()}@new.test`
    const recipient = await insertRecipient(app, { pendingEmail })
    expect(await mailOf('mail/change-email', recipient)).toBeUndefined()
    const [mail] = await app.mailTo(pendingEmail)
    expect(mail?.text).toContain(`https://app.test/change-email?token=${mail?.token}`)
    expect(await tokenDigest(app, recipient.id, 'email_change')).toBe(sha256(mail?.token ?? null))
  })

  test('are not sent where they are not needed: a proved address, no address that waits', async () => {
    const proved = await insertRecipient(app, { isVerified: true })
    expect(await mailOf('mail/verify-email', proved)).toBeUndefined()
    expect(await mailOf('mail/change-email', proved)).toBeUndefined()
    expect(await tokenDigest(app, proved.id, 'email_verification')).toBeUndefined()
  })
})

describe('notices', () => {
  test('of a change of address name the instant in the zone of the person', async () => {
    const recipient = await insertRecipient(app, { pendingEmail: 'new@example.test', timeZone: 'Asia/Tokyo' })
    const mail = await mailOf('mail/email-change-requested', recipient)
    expect(mail?.subject).toBe('Your e-mail address is about to change')
    expect(mail?.text).toMatch(anyMoment('Asia/Tokyo'))
    expect(mail?.text).toContain('https://app.test/security')
    expect(mail?.text).not.toContain('new@example.test')
    expect(mail?.token).toBeNull()
  })

  test('of a change of address are sent also when the wish was withdrawn, and not to an address proved since', async () => {
    const recipient = await insertRecipient(app, { isVerified: true })
    expect(await mailOf('mail/email-change-requested', recipient)).toBeDefined()
    const later = await insertRecipient(app, { isVerified: true })
    await asOwner(
      app,
      (tx) => tx`update users set email_verified_at = now() + interval '1 minute' where id = ${later.id}`,
    )
    expect(await mailOf('mail/email-change-requested', later)).toBeUndefined()
  })

  test.each([
    ['mail/password-changed', 'Your password was changed', 'https://app.test/forgot-password'],
    ['mail/factor-added', 'A second factor was added to your account', 'https://app.test/security'],
    ['mail/factor-removed', 'A second factor was removed from your account', 'https://app.test/security'],
    ['mail/address-registered', 'You already have an account', 'https://app.test/login'],
  ])('%s', async (kind, subject, link) => {
    const mail = await mailOf(kind, await insertRecipient(app))
    expect(mail).toMatchObject({ subject, token: null })
    expect(mail?.text).toContain(link)
    if (kind !== 'mail/address-registered') expect(mail?.text).toMatch(anyMoment('UTC'))
  })

  test('of a recovery code say how many are left', async () => {
    const recipient = await insertRecipient(app)
    const useCodes = async (used: number, unused: number) =>
      await asOwner(app, async (tx) => {
        await tx`delete from user_recovery_codes where user_id = ${recipient.id}`
        await tx`
          insert into user_recovery_codes (user_id, digest, used_at)
          select ${recipient.id}, sha256(n::text::bytea), case when n <= ${used} then now() end
          from generate_series(1, ${used + unused}::int) n`
      })
    const texts: (string | undefined)[] = []
    for (const [used, unused] of [
      [1, 9],
      [9, 1],
      [10, 0],
    ] as const) {
      await useCodes(used, unused)
      await insertOutbox(app, { kind: 'mail/recovery-code-used', userId: recipient.id })
      texts.push((await app.mailTo(recipient.email))[0]?.text)
    }
    expect(texts).toEqual([
      expect.stringContaining('9 codes are left.'),
      expect.stringContaining('One code is left.'),
      expect.stringContaining('No codes are left.'),
    ])
  })

  test.each([
    ['mail/session-reused', 'We have ended one of your sessions'],
    ['mail/new-device', 'Your account was used from a new device'],
  ])('%s says from what device and where, in words of ours', async (kind, subject) => {
    const recipient = await insertRecipient(app, { timeZone: 'America/New_York' })
    const sessionId = randomUUID()
    const device =
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:142.0) Gecko/20100101 Firefox/142.0 https://evil.example'
    await asOwner(
      app,
      (tx) => tx`
        insert into user_sessions (id, user_id, device, place, idle_expires_at, absolute_expires_at)
        values (${sessionId}, ${recipient.id}, ${device}, 'DE', now() + interval '1 day', now() + interval '1 day')`,
    )
    const mail = await mailOf(kind, recipient, { subjectId: sessionId })
    expect(mail?.subject).toBe(subject)
    expect(mail?.text).toMatch(anyMoment('America/New_York'))
    expect(mail?.text).toContain('\nDevice: Firefox on Windows\nPlace: Germany\n')
    expect(mail?.text).not.toContain('evil')
  })

  test('of a session that is gone, or of somebody else, know nothing of it, and are sent all the same', async () => {
    const other = await registerUser(app)
    const recipient = await insertRecipient(app)
    const mail = await mailOf('mail/new-device', recipient, { subjectId: other.sessionId })
    expect(mail?.text).toContain('\nDevice: an unknown device\nPlace: an unknown place\n')
  })

  test('of a workspace that closes name it and its last day, unless it was saved meanwhile', async () => {
    const user = await registerUser(app)
    const { workspaceId } = user
    await asOwner(
      app,
      (tx) => tx`
        update workspaces set name = 'Blue Bakery', status = 'closing', closing_at = '2026-12-30T23:30:00Z'
        where id = ${workspaceId}`,
    )
    await insertOutbox(app, { kind: 'mail/workspace-closing', userId: user.id, workspaceId })
    const closing = async () =>
      (await app.mailTo(user.email)).filter(({ subject }) => subject === 'Your workspace is going to be deleted')
    const [mail] = await closing()
    expect(mail?.text).toContain('your workspace "Blue Bakery" on Defeah is going to be deleted')
    expect(mail?.text).toContain('on 29 January 2027 at 23:30 (UTC)')
    await asOwner(app, (tx) => tx`update workspaces set status = 'active', closing_at = null where id = ${workspaceId}`)
    await insertOutbox(app, { kind: 'mail/workspace-closing', userId: user.id, workspaceId })
    expect(await closing()).toHaveLength(1)
  })
})

describe('invitations', () => {
  let user: SignedInUser
  beforeAll(async () => {
    user = await registerUser(app, 'Ada Lovelace')
    await asOwner(app, (tx) => tx`update workspaces set name = 'Blue Bakery' where id = ${user.workspaceId}`)
  })
  const inOneDay = () => new Date(app.now().getTime() + 24 * 60 * 60_000).toISOString()
  const invite = async (expiresAt = inOneDay()) => {
    const email = `${randomUUID()}@guest.test`
    const { workspaceId, id: userId } = user
    return { email, id: await insertInvitation(app, { workspaceId, userId, email, expiresAt }) }
  }
  const send = async (invitation: { id: string; email: string }) => {
    const { workspaceId } = user
    const id = await insertOutbox(app, { kind: 'mail/invitation', workspaceId, subjectId: invitation.id })
    const mails = await app.mailTo(invitation.email)
    expect(await outboxRow(app, id)).toMatchObject({ status: 'done' })
    return mails
  }
  const digestOf = async (id: string) => {
    const [row] = await app.owner`
      select encode(token_digest, 'hex') as digest from workspace_invitations where id = ${id}`
    return row?.['digest']
  }

  test('say who invites, where to and as what; the token of the latest mail is the good one', async () => {
    const invitation = await invite()
    const [first] = await send(invitation)
    expect(first?.text).toContain(
      'Ada Lovelace invites you to join the workspace "Blue Bakery" on Defeah, with the role editor.',
    )
    expect(first?.text).toContain(`https://app.test/invitation?token=${first?.token}`)
    expect(first?.text).toMatch(anyMoment('UTC'))
    expect(await digestOf(invitation.id)).toBe(sha256(first?.token ?? null))
    const [second] = await send(invitation)
    expect(second?.token).not.toBe(first?.token)
    expect(await digestOf(invitation.id)).toBe(sha256(second?.token ?? null))
  })

  test('that were withdrawn, accepted or have run out are not sent, nor those of a workspace that closes', async () => {
    const withdrawn = await invite()
    const accepted = await invite()
    const late = await invite(new Date(app.now().getTime() - 1_000).toISOString())
    const answered = (column: string) =>
      `update workspace_invitations set ${column}, data_key_id = null, email_ciphertext = null,
        index_key_version = null, email_digest = null, token_digest = null where id = $1`
    await asOwner(app, async (tx) => {
      await tx.unsafe(answered('revoked_at = now()'), [withdrawn.id])
      await tx.unsafe(answered(`accepted_at = now(), accepted_by = user_id`), [accepted.id])
    })
    for (const each of [withdrawn, accepted, late]) {
      expect(await send(each)).toEqual([])
      expect(await digestOf(each.id)).toBeNull()
    }
    const open = await invite()
    await asOwner(
      app,
      (tx) => tx`update workspaces set status = 'closing', closing_at = now() where id = ${user.workspaceId}`,
    )
    expect(await send(open)).toEqual([])
  })
})

test('nobody who was suspended or erased is written to', async () => {
  const suspended = await insertRecipient(app, { status: 'suspended', pendingEmail: 'pending@example.test' })
  for (const kind of ['mail/verify-email', 'mail/reset-password', 'mail/password-changed', 'mail/new-device']) {
    expect(await mailOf(kind, suspended)).toBeUndefined()
  }
})

test('a kind that nobody knows fails, and is not taken for one of Object’s own', async () => {
  const recipient = await insertRecipient(app)
  for (const kind of ['mail/nothing', 'to/string']) {
    const id = await insertOutbox(app, { kind, userId: recipient.id })
    await app.mailTo(recipient.email)
    expect(await outboxRow(app, id)).toMatchObject({ status: 'pending', attempts: 1, lastError: 'unknown-kind' })
  }
})

test.each([
  'Buy at https://evil.example',
  'evil.example',
  'evil。example',
  'www.evil',
  '<b>Ada</b>',
  'mail@evil',
  'Ada\u202Eelpmaxe',
  'x'.repeat(101),
])('a name that is none (%j) is not passed on to strangers', async (name) => {
  const mail = await mailOf('mail/verify-email', await insertRecipient(app, { name }))
  expect(mail?.text).toMatch(/^Hello,\n/)
  expect(mail?.text).not.toContain('evil')
})

test.each(['J. R. R. Tolkien', 'José Ñandú', 'O’Brien-Smith', '山田 太郎', 'Dr. Ada', 'नरेंद्र'])(
  'a name (%s) is used as it is',
  async (name) => {
    const mail = await mailOf('mail/verify-email', await insertRecipient(app, { name }))
    expect(mail?.text).toMatch(new RegExp(`^Hello ${name},\n`))
  },
)
