import { createRoute, OpenAPIHono, type RouteConfig, z } from '@hono/zod-openapi'
import type { Env, MiddlewareHandler } from 'hono'
import type { Permission } from '../auth/permissions.ts'
import { requirePermission, requireUser } from './auth.ts'
import { jsonBody } from './body.ts'
import { idempotent } from './idempotency.ts'
import { refuseInvalid } from './problem-answers.ts'

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

const problemAnswer = {
  description: 'Any failure, as application/problem+json (RFC 9457)',
  content: { 'application/problem+json': { schema: Problem } },
} as const

type Access = 'public' | 'user' | Permission

type Declared = Pick<RouteConfig, 'path' | 'responses'> & {
  readonly summary: string
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete'
  readonly tag: string
  /** Who may call it: anybody, a signed-in user, or a member whose role holds the permission. */
  readonly access: Access
  readonly params?: z.ZodObject
  readonly query?: z.ZodObject
  readonly body?: z.ZodType
  readonly maxBodyBytes?: number
  /** A POST that honours Idempotency-Key. */
  readonly isIdempotent?: boolean
  /** A PATCH or DELETE that needs If-Match. */
  readonly isVersioned?: boolean
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
  const { method, path, summary, tag, access, params, query, body, responses } = declared
  const middleware: MiddlewareHandler[] = []
  if (access === 'user') middleware.push(requireUser as MiddlewareHandler)
  else if (access !== 'public') middleware.push(requirePermission(access) as MiddlewareHandler)
  if (body !== undefined) middleware.push(jsonBody(declared.maxBodyBytes))
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
      ...(body && { body: { required: true, content: { 'application/json': { schema: body } } } }),
    },
    ...(access !== 'public' && { security: [{ bearer: access === 'user' ? [] : [access] }] }),
    parameters: headerParameters(declared),
    responses: { ...responses, default: problemAnswer },
  })
  // The object holds all that RouteOf names, and more; the wider type of `createRoute` would lose which schemas they are.
  return declaredRoute as unknown as RouteOf<R>
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
export const json = <S extends z.ZodType>(schema: S, description: string) => ({
  description,
  content: { 'application/json': { schema } },
})

/** An answer without a body. */
export const noContent = { description: 'Done' } as const
