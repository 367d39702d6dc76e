import { z } from '@hono/zod-openapi'
import { roles } from '../auth/permissions.ts'
import { PageOf, PageQuery } from '../http/paging.ts'
import { Id, Timestamp } from '../http/values.ts'

const Role = z.enum(roles)

export const Member = z
  .object({
    id: Id.openapi({ description: "The user's id" }),
    name: z.string(),
    email: z.string(),
    role: Role,
    version: z.int(),
    joinedAt: Timestamp,
  })
  .openapi('Member')
export type Member = z.infer<typeof Member>

export const MemberPage = PageOf(Member, 'MemberPage')

export const MemberQuery = z.strictObject(PageQuery('members', z.tuple([Id])))
export type MemberQuery = z.infer<typeof MemberQuery>

export const MemberChange = z.strictObject({ role: Role }).openapi('MemberChange')
export type MemberChange = z.infer<typeof MemberChange>
