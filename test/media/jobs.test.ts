import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { runWaking } from '../../src/jobs/run.ts'
import { expireUploads, sweepMedia } from '../../src/media/jobs.ts'
import { expectRefusal } from '../support/answers.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { registerUser, type SignedInUser, send } from '../support/client.ts'
import { jobContext } from '../support/jobs.ts'
import { declarationOf, jpeg, png, readyFile, sendBytes, sha256Of, start } from '../support/media-files.ts'

/** What clears away, over the platform's simulator of R2. Each test has an application of its own, whose clock it moves. */

const hourMs = 60 * 60 * 1000

const keysOf = async (app: TestApp): Promise<readonly string[]> => {
  await runWaking(app.jobs)
  return await app.media.list('')
}

async function signInAgain(app: TestApp, user: SignedInUser): Promise<SignedInUser> {
  const body = { email: user.email, password: user.password }
  const { accessToken } = (await send(app, 'POST', '/v1/auth/login', { body })).body
  const call: SignedInUser['call'] = async (method, path, sent, headers) =>
    await send(app, method, path, { token: accessToken, body: sent, ...(headers && { headers }) })
  return { ...user, accessToken, call }
}

describe('an upload that nobody finishes', () => {
  test('takes no bytes after its hour, and is gone with them and what it reserved after the grace', async () => {
    const app = await startApp()
    const user = await registerUser(app)
    const file = await jpeg()
    const [late, sent, shown, cover] = await Promise.all([1, 2, 3, 4].map(async () => (await start(user, file)).body))
    await sendBytes(app, user, sent.upload, file.content)
    await user.call('POST', '/v1/posts', { kind: 'image', mediaIds: [shown.id] })
    const reel = (await user.call('POST', '/v1/posts', { kind: 'reel', options: { coverMediaId: cover.id } })).body
    app.advance(hourMs + 1000)
    const again = await signInAgain(app, user)
    const expired = { status: 409, code: 'media/upload-expired' }
    expectRefusal(await sendBytes(app, again, late.upload, file.content), expired)
    expectRefusal(await again.call('POST', `/v1/media/${late.id}/complete`), expired)
    expect(await expireUploads(jobContext(app))).toEqual({ deleted: 0, rejected: 0 })
    expect(await keysOf(app)).toHaveLength(1)
    app.advance(2 * hourMs)
    expect(await expireUploads(jobContext(app))).toEqual({ deleted: 2, rejected: 2 })
    expect(await keysOf(app)).toEqual([])
    const last = await signInAgain(app, user)
    const { data } = (await last.call('GET', '/v1/media?status=rejected')).body
    const rejected = { status: 'rejected', rejectionCode: 'media/abandoned' }
    expect(data).toMatchObject([rejected, rejected])
    expect(data.map(({ id }: { id: string }) => id).toSorted()).toEqual([shown.id, cover.id].toSorted())
    expect((await last.call('GET', '/v1/media')).body.data).toHaveLength(2)
    const { problems } = (await last.call('GET', `/v1/posts/${reel.id}`)).body
    expect(problems).toContainEqual(expect.objectContaining({ pointer: '/options/coverMediaId' }))
    expect((await last.call('GET', '/v1/media-usage')).body).toMatchObject({ usedBytes: 0, reservedBytes: 0 })
  })

  test('can be completed late while its bytes are there', async () => {
    const app = await startApp()
    const user = await registerUser(app)
    const file = await jpeg()
    const { body } = await start(user, file)
    await sendBytes(app, user, body.upload, file.content)
    app.advance(2 * hourMs)
    const again = await signInAgain(app, user)
    expect((await again.call('POST', `/v1/media/${body.id}/complete`)).body).toMatchObject({ status: 'ready' })
  })
})

describe('the sweep', () => {
  test('deletes objects that nothing refers to, once they are a day old, and nothing else', async () => {
    const app = await startApp()
    const user = await registerUser(app)
    await readyFile(app, user, await jpeg())
    await readyFile(app, user, await png())
    const open = (await start(user, await jpeg())).body
    const kept = [...(await keysOf(app)), `media/${user.workspaceId}/${open.id}/source`, 'media/of-no-known-form']
    const stray = [
      `media/${user.workspaceId}/${randomUUID()}/source`,
      `media/${randomUUID()}/${randomUUID()}/${randomUUID()}`,
    ]
    for (const key of [...kept.slice(2), ...stray]) await app.media.put(key, new Uint8Array(1))
    expect(await sweepMedia(jobContext(app))).toEqual({ looked: 6, deleted: 0, missing: 0, found: 0 })
    app.advance(25 * hourMs)
    expect(await sweepMedia(jobContext(app))).toEqual({ looked: 6, deleted: 2, missing: 0, found: 0 })
    expect((await app.media.list('')).toSorted()).toEqual(kept.toSorted())
  })

  test('marks rows whose object is gone, and a new upload of the bytes heals them', async () => {
    const app = await startApp()
    const user = await registerUser(app)
    const [file, other] = [await jpeg(), await jpeg()]
    const first = await readyFile(app, user, file)
    await readyFile(app, user, other)
    const [object] =
      await app.owner`select object_key as key from media_objects where sha256 = decode(${sha256Of(file.content)}, 'hex')`
    await app.media.delete([object?.['key']])
    app.advance(25 * hourMs)
    expect(await sweepMedia(jobContext(app))).toEqual({ looked: 1, deleted: 0, missing: 1, found: 0 })
    expect(app.logs).toContainEqual(
      expect.objectContaining({ message: 'media object missing', objectKey: object?.['key'] }),
    )
    expect(await sweepMedia(jobContext(app))).toMatchObject({ missing: 0, found: 0 })
    const again = await signInAgain(app, user)
    const second = await readyFile(app, again, file)
    expect(await keysOf(app)).toHaveLength(2)
    const [healed] = await app.owner`
      select o.object_key as key, o.missing_since as "missingSince", count(*)::int as files
      from media_objects o join media_files f using (workspace_id, sha256)
      where f.id in (${first.id}, ${second.id}) group by 1, 2`
    expect(healed).toMatchObject({ missingSince: null, files: 2 })
    expect(await app.media.head(healed?.['key'])).toMatchObject({ bytes: file.content.byteLength })
  })

  test('takes the mark from what is there after all', async () => {
    const app = await startApp()
    const user = await registerUser(app)
    await readyFile(app, user, await jpeg())
    const [key = ''] = await keysOf(app)
    const bytes = new Uint8Array(await new Response((await app.media.get(key))?.body).arrayBuffer())
    await app.media.delete([key])
    app.advance(25 * hourMs)
    expect(await sweepMedia(jobContext(app))).toMatchObject({ missing: 1 })
    await app.media.put(key, bytes)
    expect(await sweepMedia(jobContext(app))).toEqual({ looked: 1, deleted: 0, missing: 0, found: 1 })
  })

  test('goes on where it stopped', async () => {
    const app = await startApp()
    const user = await registerUser(app)
    for (let files = 0; files < 3; files += 1) await readyFile(app, user, await jpeg())
    const ctx = jobContext(app)
    const byOne = {
      ...app.media,
      listDated: async (prefix: string, after?: string) => (await app.media.listDated(prefix, after)).slice(0, 1),
    }
    let calls = 0
    // Past its time at the second look at the clock.
    const hurried = { ...ctx, media: byOne, now: () => new Date(ctx.now().getTime() + (calls++ > 0 ? hourMs : 0)) }
    const looked: number[] = []
    for (let night = 0; night < 4; night += 1) {
      calls = 0
      looked.push((await sweepMedia(hurried)).looked)
    }
    expect(looked).toEqual([1, 1, 1, 0])
    expect(await sweepMedia(ctx)).toMatchObject({ looked: 3 })
  })
})

describe('the quota', () => {
  test('holds what is stored and what is announced together, however many ask at once', async () => {
    const app = await startApp()
    const user = await registerUser(app)
    await app.owner`update media_quotas set bytes = 1000 where plan = 'free'`
    const file = await jpeg()
    const ask = async () => await start(user, file, { bytes: 300 })
    const answers = await Promise.all(Array.from({ length: 8 }, ask))
    const opened = answers.filter(({ status }) => status === 201)
    expect(opened).toHaveLength(3)
    for (const answer of answers.filter((each) => !opened.includes(each))) {
      expectRefusal(answer, { status: 409, code: 'media/quota-exceeded' })
    }
    const usage = async () => (await user.call('GET', '/v1/media-usage')).body
    expect(await usage()).toEqual({ usedBytes: 0, reservedBytes: 900, limitBytes: 1000 })
    await user.call('DELETE', `/v1/media/${opened[0]?.body.id}`)
    expect(await usage()).toMatchObject({ reservedBytes: 600 })
    expect((await ask()).status).toBe(201)
    await app.owner`update media_quotas set bytes = 1000000 where plan = 'free'`
    await readyFile(app, user, file)
    expect(await usage()).toMatchObject({ usedBytes: declarationOf(file).bytes, reservedBytes: 900 })
  })
})
