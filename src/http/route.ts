import { createRoute, OpenAPIHono, type RouteConfig, z } from '@hono/zod-openapi'
import type { Env, MiddlewareHandler } from 'hono'
import type { Permission } from '../auth/permissions.ts'
import { type ProblemCode, statusOf } from '../problem.ts'
import { requirePermission, requireUser } from './auth.ts'
import { jsonBody, optionalJsonBody, textBody } from './body.ts'
import { idempotent } from './idempotency.ts'
import { refuseInvalid } from './problem-answers.ts'
import { type AddressPolicy, limitAddress } from './rate-limit.ts'

/** How features declare their routes: what is said once here holds for all of them. */

/** A feature's router; what fails validation becomes a problem. */
export const createRouter = <E extends Env>() => new OpenAPIHono<E>({ defaultHook: refuseInvalid })

export const Problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string().optional(),
    code: z.string(),
    requestId: z.string(),
    errors: z
      .array(z.object({ in: z.string().optional(), pointer: z.string(), code: z.string(), detail: z.string() }))
      .optional(),
  })
  .openapi('Problem')

type Access = 'public' | 'user' | Permission

type Declared = Pick<RouteConfig, 'path' | 'responses'> & {
  readonly summary: string
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete'
  readonly tag: string
  /** Who may call it: anybody, a signed-in user, or a member whose role holds the permission. */
  readonly access: Access
  /** It gives or takes lasting rights: whoever lost access a moment ago must not use the seconds until all have heard. */
  readonly isGrant?: boolean
  /** Limits beside those of every request, for a public route. */
  readonly limits?: readonly Exclude<AddressPolicy, 'address'>[]
  readonly params?: z.ZodObject
  readonly query?: z.ZodObject
  readonly body?: z.ZodType
  /** The body may be left out, which is then the empty object. */
  readonly isBodyOptional?: boolean
  /** Media type of a body of text that the service reads by itself. */
  readonly text?: string
  readonly maxBodyBytes?: number
  /** Its body is bytes of any type, which the handler takes as they come. */
  readonly takesBytes?: boolean
  /** A member may also call it without the permission when the path's `id` is the member's own. */
  readonly isOpenToSelf?: boolean
  /** A POST that honours Idempotency-Key. */
  readonly isIdempotent?: boolean
  /** A PATCH or DELETE that needs If-Match. */
  readonly isVersioned?: boolean
  /** What can go wrong here beside what access, body, validation and headers imply. */
  readonly problems?: readonly ProblemCode[]
}

/** What validation and the type checker know of a declared route. */
type RouteOf<R extends Declared> = {
  method: R['method']
  path: R['path']
  responses: R['responses']
  request: (R extends { params: infer P extends z.ZodObject } ? { params: P } : object) &
    (R extends { query: infer Q extends z.ZodObject } ? { query: Q } : object) &
    (R extends { body: infer B extends z.ZodType } ? { body: JsonBody<B> } : object)
}

type JsonBody<B extends z.ZodType> = { required: true; content: { 'application/json': { schema: B } } }

/** One route: access first, then the body within its bounds, then validation, then the handler. */
export function route<const R extends Declared>(declared: R): RouteOf<R> {
  const { method, path, summary, tag, access, params, query, body, text, responses } = declared
  const middleware: MiddlewareHandler[] = []
  if (access === 'public') middleware.push(limitAddress(...(declared.limits ?? [])) as MiddlewareHandler)
  else middleware.push(guardOf(access, declared))
  const readBody = declared.isBodyOptional ? optionalJsonBody : jsonBody
  if (body !== undefined) middleware.push(readBody(declared.maxBodyBytes))
  if (text !== undefined) middleware.push(textBody(text, declared.maxBodyBytes))
  if (declared.isIdempotent) middleware.push(idempotent as MiddlewareHandler)
  const declaredRoute = createRoute({
    method,
    path,
    summary,
    tags: [tag],
    middleware,
    request: {
      query: query ?? z.strictObject({}),
      ...(params && { params }),
      ...(body && {
        body: { required: !declared.isBodyOptional, content: { 'application/json': { schema: body } } },
      }),
      ...(text && { body: { required: true, content: { [text]: { schema: z.string() } } } }),
      ...(declared.takesBytes && { body: bytesBody }),
    },
    ...(access !== 'public' && { security: [{ bearer: access === 'user' ? [] : [access] }] }),
    parameters: headerParameters(declared),
    operationId: operationIdOf(declared),
    responses: { ...responses, ...problemAnswers(declared) },
  })
  // The object holds all that RouteOf names, and more; the wider type of `createRoute` would lose which schemas they are.
  return declaredRoute as unknown as RouteOf<R>
}

const bytesBody = {
  required: true,
  content: { '*/*': { schema: z.string().openapi({ format: 'binary' }) } },
}

function guardOf(
  access: Exclude<Access, 'public'>,
  { isGrant = false, isOpenToSelf = false }: Declared,
): MiddlewareHandler {
  const guard =
    access === 'user'
      ? requireUser({ isFresh: isGrant })
      : requirePermission(access, { isFresh: isGrant, isOpenToSelf })
  return guard as MiddlewareHandler
}

/** `GET /campaigns/{id}/posts` as getCampaignsIdPosts. */
const operationIdOf = ({ method, path }: Declared): string =>
  method +
  path
    .split(/[^A-Za-z0-9]+/)
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join('')

/** Every status but success that the route can answer, with the codes behind it. */
function problemAnswers(declared: Declared) {
  const codes: ProblemCode[] = [
    'request/invalid',
    'request/rate-limited',
    'service/unavailable',
    'internal/error',
    ...(declared.problems ?? []),
  ]
  if (declared.access !== 'public') codes.push('auth/credentials-required')
  if (declared.access === 'user') codes.push('auth/user-required')
  if (declared.access !== 'public' && declared.access !== 'user')
    codes.push('workspace/none', 'permission/denied', 'auth/second-factor-required')
  if (declared.body ?? declared.text)
    codes.push('request/malformed-json', 'request/unsupported-media-type', 'request/too-large')
  if (declared.isVersioned) codes.push('request/version-required', 'request/version-stale')
  if (declared.isIdempotent) codes.push('idempotency/key-reused')
  const statuses = [...new Set(codes.map(statusOf))].sort()
  return Object.fromEntries(
    statuses.map((status) => {
      const ofStatus = codes.filter((code) => statusOf(code) === status)
      const content = { 'application/problem+json': { schema: Problem } }
      return [status, { description: ofStatus.join(', '), headers: documented(headersOfStatus[status]), content }]
    }),
  )
}

const headersOfStatus: Readonly<Record<number, readonly string[]>> = {
  401: ['WWW-Authenticate'],
  429: ['Retry-After'],
  503: ['Retry-After'],
}

function headerParameters({ isIdempotent, isVersioned }: Declared) {
  const header = (name: string, required: boolean, description: string) => ({
    name,
    in: 'header' as const,
    required,
    description,
    schema: { type: 'string' as const },
  })
  return [
    ...(isIdempotent
      ? [header('Idempotency-Key', false, 'Equal requests with one key take effect once; kept 24 hours')]
      : []),
    ...(isVersioned ? [header('If-Match', true, 'The ETag last read, or *')] : []),
  ]
}

/** A JSON answer of a route. */
export const json = <S extends z.ZodType>(schema: S, description: string, headers: readonly string[] = []) => ({
  description,
  headers: documented(headers),
  content: { 'application/json': { schema } },
})

/** Bytes of other media types. */
export const file = (mediaTypes: string | readonly string[], description: string, headers: readonly string[] = []) => ({
  description,
  headers: documented(headers),
  content: Object.fromEntries(
    [mediaTypes].flat().map((type) => [type, { schema: z.string().openapi({ format: 'binary' }) }]),
  ),
})

/** One versioned resource, with its ETag. */
export const resource = <S extends z.ZodType>(schema: S, description: string) => json(schema, description, ['ETag'])

/** A page of a list, with a Link to the next. */
export const page = <S extends z.ZodType>(schema: S) => json(schema, 'A page', ['Link'])

const documented = (names: readonly string[] = []) =>
  Object.fromEntries(
    ['X-Request-Id', 'RateLimit', 'RateLimit-Policy', ...names].map((name) => [
      name,
      { schema: { type: 'string' as const } },
    ]),
  )

/** An answer without a body. */
export const noContent = { description: 'Done', headers: documented() }
