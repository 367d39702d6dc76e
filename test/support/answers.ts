import { expect } from 'vitest'
import type { Answer } from './client.ts'

/** What holds for every answer of the API, whatever was asked. */

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const problemMembers = ['type', 'title', 'status', 'detail', 'code', 'requestId', 'errors']

const securityHeaders: Readonly<Record<string, RegExp>> = {
  'Content-Security-Policy': /^default-src 'none'; (.*; )?frame-ancestors 'none'$/,
  'Cross-Origin-Resource-Policy': /^same-site$/,
  'Referrer-Policy': /^no-referrer$/,
  'Strict-Transport-Security': /^max-age=\d{8,}; includeSubDomains$/,
  'X-Content-Type-Options': /^nosniff$/,
  'X-Frame-Options': /^DENY$/,
  'Cache-Control': /^(no-store|public, max-age=\d+)$/,
}

/** An answer as it came, whether or not it has a body. */
export async function readAnswer(response: Response): Promise<Answer> {
  const text = await response.text()
  const isJson = text !== '' && response.headers.get('Content-Type')?.includes('json') === true
  return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text }
}

export type Refusal = { status: number; code: string; pointers?: readonly string[] }

/** Checks what every answer carries: its request's id, the security headers, and for a failure the form of a problem. */
export function expectConventions({ status, headers, body }: Pick<Answer, 'status' | 'headers' | 'body'>): void {
  expect(headers.get('X-Request-Id')).toMatch(uuid)
  for (const [name, value] of Object.entries(securityHeaders)) expect(headers.get(name), name).toMatch(value)
  expect(headers.get('Set-Cookie')).toBeNull()
  if (status < 400) return
  expect(headers.get('Content-Type')).toBe('application/problem+json')
  expect(headers.get('Cache-Control')).toBe('no-store')
  if (body === '') return
  expect(problemMembers).toEqual(expect.arrayContaining(Object.keys(body)))
  expect(body).toMatchObject({
    type: `urn:defeah:problem:${body.code}`,
    title: expect.stringMatching(/./),
    status,
    code: expect.stringMatching(/^[a-z-]+\/[a-z-]+$/),
    requestId: headers.get('X-Request-Id'),
  })
  if (body.detail !== undefined) expect(body.detail).toMatch(/./)
  for (const item of body.errors ?? []) expectItem(item)
  if (status === 401) expect(headers.get('WWW-Authenticate')).toMatch(/^Bearer realm="defeah"/)
  if (status === 405) expect(headers.get('Allow')).toMatch(/^[A-Z]+(, [A-Z]+)*$/)
  if (status === 429 || status === 503) expect(headers.get('Retry-After')).toMatch(/^[1-9]\d*$/)
}

function expectItem(item: unknown): void {
  expect(item).toMatchObject({
    pointer: expect.stringMatching(/^(\/.*)?$/su),
    code: expect.stringMatching(/^[a-z-]+\/[a-z-]+$/),
    detail: expect.stringMatching(/./),
  })
}

/** Checks that an answer is this refusal; `pointers` are all that its `errors` may name. */
export function expectRefusal(answer: Answer, { status, code, pointers }: Refusal): void {
  expectConventions(answer)
  expect([answer.status, answer.body.code], JSON.stringify(answer.body)).toEqual([status, code])
  if (pointers !== undefined) expect(pointersOf(answer)).toEqual(pointers)
}

export const pointersOf = ({ body }: Answer): string[] =>
  (body.errors ?? []).map(({ pointer }: { pointer: string }) => pointer)

/** A problem without what differs from request to request. */
export function withoutRequestId({ status, body }: Answer): unknown {
  const { requestId: _, ...rest } = body
  return { status, ...rest }
}

export const invalid = (...pointers: string[]): Refusal => ({ status: 422, code: 'request/invalid', pointers })

export const referenceNotFound = (pointer: string): Refusal => ({
  status: 422,
  code: 'reference/not-found',
  pointers: [pointer],
})
