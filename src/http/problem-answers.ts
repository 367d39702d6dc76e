import type { Context as HonoContext } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { z } from 'zod'
import { constraintProblem } from '../db/constraint-problems.ts'
import { databaseFailure } from '../db/errors.ts'
import { itemsOf, type Place } from '../issues.ts'
import { ObjectStoreError } from '../objects/in-time.ts'
import { ResolverError } from '../outbound/resolver.ts'
import { type ProblemCode, ProblemError } from '../problem.ts'

/** How every failure reaches the caller: as `application/problem+json` (RFC 9457). */

/** The problem that an error is: ours, the libraries' own, the database's, else an internal one. */
export function problemOf(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error
  if (error instanceof HTTPException)
    return new ProblemError(libraryCodes[error.status] ?? 'internal/error', { cause: error })
  if (error instanceof ObjectStoreError || error instanceof ResolverError)
    return new ProblemError('service/unavailable', { cause: error })
  const failure = databaseFailure(error)
  if (failure?.kind === 'unavailable') {
    return new ProblemError('service/unavailable', { cause: error })
  }
  if (failure?.kind === 'constraint') return constraintProblem(failure, error)
  if (failure?.kind === 'value') return new ProblemError('request/invalid', { cause: error })
  return new ProblemError('internal/error', { cause: error })
}

const libraryCodes: Readonly<Record<number, ProblemCode>> = {
  400: 'request/malformed-json',
  413: 'request/too-large',
  415: 'request/unsupported-media-type',
}

/** What every answer of a status says: RFC 9110 demands a challenge on 401; seconds until a retry makes sense. */
const headersOf: Readonly<Record<number, Readonly<Record<string, string>>>> = {
  401: { 'WWW-Authenticate': 'Bearer realm="defeah"' },
  503: { 'Retry-After': '2' },
}

/** Answers a problem. The cause stays in the log. */
export function answerProblem(c: HonoContext, problem: ProblemError, requestId: string): Response {
  const { code, status, title, detail, errors, headers } = problem
  const body = { type: `urn:defeah:problem:${code}`, title, status, detail, code, requestId, errors }
  return c.body(JSON.stringify(body), status, {
    'Content-Type': 'application/problem+json',
    ...headersOf[status],
    ...headers,
  })
}

// A body of unknown members would otherwise come back many times its size.
const maxErrors = 100

/** Called with each validation's result: turns zod's issues into a problem. */
export function refuseInvalid(result: { success: boolean; target?: string; error?: unknown }): undefined {
  if (result.success) return undefined
  const issues = result.error instanceof z.ZodError || isZodError(result.error) ? result.error.issues : []
  for (const issue of issues) {
    const notFound: unknown = issue.code === 'custom' ? issue.params?.['notFound'] : undefined
    if (typeof notFound === 'string') throw new ProblemError(notFound as ProblemCode)
  }
  const place: Place = result.target === 'query' || result.target === 'header' ? { in: result.target } : {}
  const errors = issues.flatMap((issue) => itemsOf(issue, place)).slice(0, maxErrors)
  throw new ProblemError('request/invalid', { errors })
}

/** The validation errors of a value that is checked outside a route's schema. */
export function invalid(issues: readonly z.core.$ZodIssue[], prefix: readonly PropertyKey[]): ProblemError {
  const errors = issues.flatMap((issue) => itemsOf({ ...issue, path: [...prefix, ...issue.path] }, {}))
  return new ProblemError('request/invalid', { errors })
}

/** zod's lighter error class, which `safeParse` gives without the prototype of ZodError. */
const isZodError = (error: unknown): error is z.ZodError =>
  typeof error === 'object' && error !== null && 'issues' in error && Array.isArray(error.issues)
