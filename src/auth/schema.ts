import { z } from '@hono/zod-openapi'
import { SecondFactorRequest } from '../factors/schema.ts'
import { PageOf, PageQuery } from '../http/paging.ts'
import { Email, Id, Locale, Name, Text, Timestamp, TimeZone } from '../http/values.ts'
import { NewPassword, Password } from '../passwords/schema.ts'
import { User } from '../users/schema.ts'
import { apiKeyScopes, roles } from './permissions.ts'

export const Registration = z
  .strictObject({
    email: Email,
    password: NewPassword,
    name: Name(200),
    timeZone: TimeZone.default('UTC'),
    locale: Locale.default('en'),
  })
  .openapi('Registration')
export type Registration = z.infer<typeof Registration>

export const Login = z
  .strictObject({ email: Text(254), password: Password, workspaceId: Id.optional() })
  .openapi('Login')
export type Login = z.infer<typeof Login>

export const Refresh = z.strictObject({ refreshToken: Text(200), workspaceId: Id.optional() }).openapi('Refresh')
export type Refresh = z.infer<typeof Refresh>

export const Role = z.enum(roles)
export const ApiKeyScope = z.enum(apiKeyScopes)

export const SignedIn = z
  .object({
    accessToken: z.string(),
    expiresIn: z.int().openapi({ description: 'Seconds' }),
    refreshToken: z.string(),
    user: User,
    workspace: z.object({ id: Id, name: z.string(), role: Role }).nullable(),
  })
  .openapi('SignedIn')
export type SignedIn = z.infer<typeof SignedIn>

/** A session, or the request for a second factor where the account has one. */
export const LoginAnswer = z.union([SignedIn, SecondFactorRequest])
export type LoginAnswer = z.infer<typeof LoginAnswer>

export const Session = z
  .object({
    id: Id,
    current: z.boolean(),
    device: z.string().nullable(),
    place: z.string().nullable(),
    lastSeenAt: Timestamp,
    createdAt: Timestamp,
  })
  .openapi('Session')
export type Session = z.infer<typeof Session>

export const SessionPage = PageOf(Session, 'SessionPage')

export const SessionQuery = z.strictObject(PageQuery('sessions', z.tuple([Id])))
export type SessionQuery = z.infer<typeof SessionQuery>

export const Jwks = z.object({ keys: z.array(z.record(z.string(), z.string())) }).openapi('Jwks')
