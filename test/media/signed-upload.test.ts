import { createHash, createHmac, randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { createUploadSigner } from '../../src/objects/signed-upload.ts'
import { startApp } from '../support/app.ts'
import { registerUser } from '../support/client.ts'
import { declarationOf, jpeg, sha256Of } from '../support/media-files.ts'

/** Uploads straight to the store: what is signed, computed here by the letter of AWS Signature Version 4. */

const secret = 'a secret that only this test knows'
const settings = { url: 'https://account.r2.cloudflarestorage.com/bucket', keyId: 'AKID', secret }

function signatureOf(url: URL, headers: Record<string, string>): string {
  const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest()
  const query = [...url.searchParams].filter(([name]) => name !== 'X-Amz-Signature').sort()
  const all = Object.entries({ ...headers, host: url.host }).sort()
  const canonical = [
    'PUT',
    url.pathname,
    query.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&'),
    ...all.map(([name, value]) => `${name}:${value}`),
    '',
    all.map(([name]) => name).join(';'),
    headers['x-amz-content-sha256'],
  ].join('\n')
  const date = url.searchParams.get('X-Amz-Date') ?? ''
  const scope = `${date.slice(0, 8)}/auto/s3/aws4_request`
  const text = ['AWS4-HMAC-SHA256', date, scope, createHash('sha256').update(canonical).digest('hex')].join('\n')
  const key = scope.split('/').reduce<string | Buffer>((made, part) => hmac(made, part), `AWS4${secret}`)
  return hmac(key, text).toString('hex')
}

test('size, type and SHA-256 are signed, for an hour, and a repeated request gets the same URL', async () => {
  const app = await startApp({ signUpload: createUploadSigner(settings) })
  const user = await registerUser(app)
  const file = await jpeg()
  const key = { 'Idempotency-Key': randomUUID() }
  const first = await user.call('POST', '/v1/media', declarationOf(file), key)
  app.advance(60_000)
  const second = await user.call('POST', '/v1/media', declarationOf(file), key)
  expect(second.body).toEqual(first.body)
  const { method, url: text, headers } = first.body.upload
  const url = new URL(text)
  expect(method).toBe('PUT')
  expect(url.origin + url.pathname).toBe(`${settings.url}/media/${user.workspaceId}/${first.body.id}/source`)
  expect(headers).toEqual({
    'content-length': String(file.content.byteLength),
    'content-type': 'image/jpeg',
    'x-amz-checksum-sha256': createHash('sha256').update(file.content).digest('base64'),
    'x-amz-content-sha256': sha256Of(file.content),
  })
  expect(url.searchParams.get('X-Amz-Expires')).toBe('3600')
  expect(url.searchParams.get('X-Amz-SignedHeaders')?.split(';')).toEqual([...Object.keys(headers), 'host'].sort())
  expect(url.searchParams.get('X-Amz-Signature')).toBe(signatureOf(url, headers))
  expect(text).not.toContain(encodeURIComponent(secret))
})

test('an object whose hash the store does not know is counted, and one with other bytes is rejected', async () => {
  const app = await startApp({ signUpload: createUploadSigner(settings) })
  const user = await registerUser(app)
  const file = await jpeg()
  const other = file.content.map((byte, at) => (at === 100 ? byte ^ 1 : byte))
  for (const [content, status] of [
    [file.content, 200],
    [other, 422],
    [file.content.slice(0, -1), 422],
  ] as const) {
    const { body } = await user.call('POST', '/v1/media', declarationOf(file))
    await app.media.put(`media/${user.workspaceId}/${body.id}/source`, content)
    expect((await user.call('POST', `/v1/media/${body.id}/complete`)).status).toBe(status)
  }
  const { data } = (await user.call('GET', '/v1/media?status=rejected')).body
  expect(data.map((each: { rejectionCode: string }) => each.rejectionCode).sort()).toEqual([
    'media/checksum-mismatch',
    'media/size-mismatch',
  ])
})
