import { z } from '@hono/zod-openapi'
import { roles } from '../auth/permissions.ts'
import { PageOf, PageQuery } from '../http/paging.ts'
import { Id, Name, Timestamp } from '../http/values.ts'

const Role = z.enum(roles)

const ApprovalPolicy = z.enum(['off', 'one', 'all']).openapi({
  description: 'Who approves a post before it is scheduled or published: nobody, one who may, all of approverIds',
})

const workspaceFields = {
  id: Id,
  name: z.string(),
  plan: z.enum(['free', 'pro', 'enterprise']),
  status: z.enum(['active', 'closing', 'closed']),
  requiresSecondFactor: z.boolean(),
  version: z.int(),
  createdAt: Timestamp,
  updatedAt: Timestamp,
}

export const Workspace = z
  .object({ ...workspaceFields, approvalPolicy: ApprovalPolicy, approverIds: z.array(Id) })
  .openapi('Workspace')
export type Workspace = z.infer<typeof Workspace>

/** A workspace with the caller's membership as the database returns it after a change. */
export const OwnedWorkspace = z.object({ ...workspaceFields, role: Role, membershipVersion: z.int() })

export const MyWorkspace = OwnedWorkspace.extend({
  closesAt: Timestamp.nullable().openapi({ description: 'Until then a closing workspace can be restored' }),
}).openapi('MyWorkspace')
export type MyWorkspace = z.infer<typeof MyWorkspace>

export const MyWorkspacePage = PageOf(MyWorkspace, 'MyWorkspacePage')

export const MyWorkspaceQuery = z.strictObject(PageQuery('workspaces', z.tuple([Id])))
export type MyWorkspaceQuery = z.infer<typeof MyWorkspaceQuery>

export const NewWorkspace = z.strictObject({ name: Name(100) }).openapi('NewWorkspace')
export type NewWorkspace = z.infer<typeof NewWorkspace>

export const WorkspaceChange = z
  .strictObject({
    name: Name(100),
    requiresSecondFactor: z.boolean(),
    approvalPolicy: ApprovalPolicy,
    approverIds: z
      .array(Id)
      .max(50)
      .refine((ids) => new Set(ids).size === ids.length, { error: 'must not name anybody twice' })
      .openapi({ description: 'Members in a role that may approve. None of them: any one who may' }),
  })
  .partial()
  .openapi('WorkspaceChange')
export type WorkspaceChange = z.infer<typeof WorkspaceChange>

export const WorkspaceToRestore = z.strictObject({ workspaceId: Id }).openapi('WorkspaceToRestore')
