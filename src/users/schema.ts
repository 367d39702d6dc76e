import { z } from '@hono/zod-openapi'
import { roles } from '../auth/permissions.ts'
import { Id, Locale, Name, Timestamp, TimeZone } from '../http/values.ts'

export const User = z
  .object({
    id: Id,
    email: z.string(),
    name: z.string(),
    emailVerified: z.boolean(),
    locale: z.string(),
    timeZone: z.string(),
    version: z.int(),
    createdAt: Timestamp,
    updatedAt: Timestamp,
  })
  .openapi('User')
export type User = z.infer<typeof User>

export const Me = User.extend({
  workspace: z
    .object({
      id: Id,
      name: z.string(),
      role: z.enum(roles),
      membershipVersion: z.int().openapi({ description: 'For If-Match, to leave' }),
      permissions: z.array(z.string()).openapi({ description: 'What the caller may do there' }),
    })
    .nullable()
    .openapi({ description: 'The workspace of the token; null for none' }),
}).openapi('Me')
export type Me = z.infer<typeof Me>

export const UserChange = z
  .strictObject({ name: Name(200), locale: Locale, timeZone: TimeZone })
  .partial()
  .openapi('UserChange')
export type UserChange = z.infer<typeof UserChange>
