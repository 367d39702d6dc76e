import { beforeAll, describe, expect, test } from 'vitest'
import type { Content } from '../../src/posts/rules.ts'
import { expectRefusal } from '../support/answers.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { type Answer, registerUser, type SignedInUser } from '../support/client.ts'
import { asOwner, insertAccount, insertMedium, type TestFile } from '../support/tenants.ts'
import { type RuleCase, ruleCases } from './rule-cases.ts'

/** Whichever way a post comes in, it is held against the one table of rules. */

let app: TestApp
let ada: SignedInUser
beforeAll(async () => {
  app = await startApp()
  ada = await registerUser(app)
})

/** A body that says what a case's content says, with the accounts and files that it needs. */
async function bodyOf({ kind, caption, account, options, cover, media }: Content) {
  const accountId = account === null ? null : await insertAccount(app, ada, account.login, account)
  const fileOf = async (file: Content['cover']) =>
    file === null ? undefined : await insertMedium(app, ada, 'file', file as Partial<TestFile>)
  const coverMediaId = await fileOf(cover)
  const items = media.map(async ({ altText, userTags, productTags, file }) => {
    return { mediaId: await fileOf(file), altText, userTags, productTags }
  })
  return {
    kind,
    caption,
    accountId,
    options: { ...options, ...(coverMediaId && { coverMediaId }) },
    media: await Promise.all(items),
  }
}

type Told = { pointer: string; code: string }
const toldIn = (list: readonly Told[], code: string) =>
  list.filter((each) => each.code === code).map(({ pointer }) => pointer)

const post = async (path: string, body: unknown): Promise<Answer> => await ada.call('POST', path, body)

// What another post holds is told in test/posts/duplicates.test.ts.
const cases = ruleCases.filter(({ code }) => code !== 'content/duplicate')
const refused = cases.filter(({ level }) => level === 'refused')
const others = cases.filter(({ level }) => level !== 'refused')

describe('what no addition repairs', () => {
  test.each(refused)(
    '$code at $at is refused by every way, and nothing is kept of it',
    async ({ code, breaks, at }) => {
      const body = await bodyOf(breaks)
      const before = await app.owner`select count(*)::int from posts`
      const created = await post('/v1/posts', body)
      expectRefusal(created, { status: 422, code: 'request/invalid' })
      expect(toldIn(created.body.errors, code)).toEqual(at)

      const batch = await post('/v1/posts/batch', { posts: [{ kind: 'story' }, body] })
      expectRefusal(batch, { status: 422, code: 'request/invalid' })
      expect(toldIn(batch.body.errors, code)).toEqual(at.map((pointer) => `/posts/1${pointer}`))
      expect(await app.owner`select count(*)::int from posts`).toEqual(before)

      const each = await post('/v1/posts/batch', { mode: 'each', dryRun: true, posts: [body] })
      expect(toldIn(each.body.data[0].problem.errors, code)).toEqual(at)

      const validated = await post('/v1/posts/validate', body)
      expect(validated.status).toBe(200)
      expect(toldIn(validated.body.problems, code)).toEqual(at)

      const { kind, ...change } = body
      const { id } = (await post('/v1/posts', { kind })).body
      const changed = await ada.call('PATCH', `/v1/posts/${id}`, change, { 'If-Match': '*' })
      expectRefusal(changed, { status: 422, code: 'request/invalid' })
      expect(toldIn(changed.body.errors, code)).toEqual(at)
    },
  )
})

describe('what may yet come right, or is only told', () => {
  test.each(others)('$code ($level) at $at stands beside the post', async ({ code, level, breaks, at }) => {
    const list = level === 'problem' ? 'problems' : 'warnings'
    const body = await bodyOf(breaks)
    const created = await post('/v1/posts', body)
    expect(created.status, JSON.stringify(created.body)).toBe(201)
    expect(toldIn(created.body[list], code)).toEqual(at)
    expect((await ada.call('GET', `/v1/posts/${created.body.id}`)).body[list]).toEqual(created.body[list])
    expect(toldIn((await post('/v1/posts/validate', body)).body[list], code)).toEqual(at)
    const batch = await post('/v1/posts/batch', { dryRun: true, posts: [body] })
    expect(toldIn(batch.body.data[0].report[list], code)).toEqual(at)
  })
})

test('a post that keeps all of them is told nothing, by any way', async () => {
  for (const { keeps, code } of refused) {
    const created = await post('/v1/posts', await bodyOf(keeps))
    expect(created.status, `${code} ${JSON.stringify(created.body)}`).toBe(201)
  }
})

describe('a change answers for what it changes alone', () => {
  const make = async (content: Partial<Content>, base: RuleCase['keeps']) =>
    (await post('/v1/posts', await bodyOf({ ...base, ...content }))).body
  const keepsOf = (code: string) => ruleCases.find((each) => each.code === code)?.keeps as Content
  const patch = async (id: string, change: object) =>
    await ada.call('PATCH', `/v1/posts/${id}`, change, { 'If-Match': '*' })

  test('a file that turns out to be unfit is a problem, which other changes do not stumble over', async () => {
    const reel = await make({}, keepsOf('media/codec'))
    await asOwner(app, (tx) => tx`update media_files set duration_ms = 1000 where id = ${reel.media[0].mediaId}`)
    const worded = await patch(reel.id, { caption: 'Words' })
    expect(worded.status, JSON.stringify(worded.body)).toBe(200)
    expect(toldIn(worded.body.problems, 'media/too-short')).toEqual(['/media/0'])
    const { media } = worded.body
    expectRefusal(await patch(reel.id, { media }), {
      status: 422,
      code: 'request/invalid',
      pointers: ['/media/0'],
    })
    expectRefusal(await patch(reel.id, { mediaIds: [media[0].mediaId] }), {
      status: 422,
      code: 'request/invalid',
      pointers: ['/mediaIds/0'],
    })
  })

  test('an account that forbids what the post has is refused where the body names it', async () => {
    const { id } = await make({ options: { locationId: '7' } }, keepsOf('account/missing'))
    const accountId = await insertAccount(app, ada, 'other', { login: 'instagram' })
    const answer = await patch(id, { accountId })
    expectRefusal(answer, { status: 422, code: 'request/invalid', pointers: ['/accountId'] })
    expect(answer.body.errors[0].code).toBe('account/flavour-forbids')
    expect((await patch(id, { accountId, options: {} })).status).toBe(200)
  })

  test('a shorter video is refused for the moment that the cover is taken from', async () => {
    const { id } = await make({ options: { thumbOffsetMs: 14_000 } }, keepsOf('media/codec'))
    const mediaId = await insertMedium(app, ada, 'short', { contentType: 'video/mp4', durationMs: 4000 })
    const answer = await patch(id, { mediaIds: [mediaId] })
    expectRefusal(answer, { status: 422, code: 'request/invalid', pointers: ['/mediaIds'] })
    expect((await patch(id, { mediaIds: [mediaId], options: { thumbOffsetMs: 0 } })).status).toBe(200)
  })
})
