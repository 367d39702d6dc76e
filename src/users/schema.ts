import { z } from '@hono/zod-openapi'
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

export const UserChange = z
  .strictObject({ name: Name(200), locale: Locale, timeZone: TimeZone })
  .partial()
  .openapi('UserChange')
export type UserChange = z.infer<typeof UserChange>
