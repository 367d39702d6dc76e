import { z } from '@hono/zod-openapi'
import { ApiKeyScope } from '../auth/schema.ts'
import { PageOf, PageQuery } from '../http/paging.ts'
import { Id, Instant, Name, Timestamp } from '../http/values.ts'

/** What a limit to accounts covers; a campaign belongs to the workspace and to no account. */
const accountLimit =
  'The Instagram accounts that the key is limited to; all of the workspace where it names none. A limited key sees and ' +
  'writes the posts of these accounts alone, also under a campaign. Campaigns themselves belong to the whole workspace: ' +
  'with their scopes the key reads and changes all of them, budgets included.'

export const NewApiKey = z
  .strictObject({
    name: Name(100),
    scopes: z.array(ApiKeyScope).min(1).max(ApiKeyScope.options.length),
    /** Good until it is revoked when absent. */
    expiresAt: Instant.optional(),
    accountIds: z.array(Id).min(1).max(100).optional().openapi({ description: accountLimit }),
  })
  .openapi('NewApiKey')
export type NewApiKey = z.infer<typeof NewApiKey>

const maxOverlapSeconds = 7 * 24 * 60 * 60

export const Rotation = z.strictObject({
  /** How long the old secret goes on working: a day unless said, at most a week, 0 to end it at once. */
  overlapSeconds: z
    .string()
    .regex(/^[0-9]{1,6}$/)
    .transform(Number)
    .refine((seconds) => seconds <= maxOverlapSeconds, { error: `must be at most ${maxOverlapSeconds}` })
    .default(24 * 60 * 60)
    .openapi({ type: 'integer', minimum: 0, maximum: maxOverlapSeconds, default: 24 * 60 * 60 }),
})
export type Rotation = z.infer<typeof Rotation>

export const ApiKey = z
  .object({
    id: Id,
    name: z.string(),
    hint: z.string().openapi({ description: 'The beginning of the key' }),
    scopes: z.array(z.string()),
    accountIds: z.array(Id).nullable().openapi({ description: accountLimit }),
    userId: Id,
    expiresAt: Timestamp.nullable(),
    lastUsedAt: Timestamp.nullable(),
    createdAt: Timestamp,
  })
  .openapi('ApiKey')
export type ApiKey = z.infer<typeof ApiKey>

/** The only answer that ever holds the key. */
export const ApiKeyWithSecret = ApiKey.extend({ key: z.string() }).openapi('ApiKeyWithSecret')
export type ApiKeyWithSecret = z.infer<typeof ApiKeyWithSecret>

export const ApiKeyPage = PageOf(ApiKey, 'ApiKeyPage')
export const ApiKeyQuery = z.strictObject(PageQuery('api-keys', z.tuple([Id])))
export type ApiKeyQuery = z.infer<typeof ApiKeyQuery>
