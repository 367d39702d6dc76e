import type { MemberEnv, UserEnv } from '../http/env.ts'
import { answerResource, versionsToMatch } from '../http/etag.ts'
import { answerPage } from '../http/paging.ts'
import { createRouter, noContent, page, resource, route } from '../http/route.ts'
import {
  MyWorkspace,
  MyWorkspacePage,
  MyWorkspaceQuery,
  NewWorkspace,
  Workspace,
  WorkspaceChange,
  WorkspaceToRestore,
} from './schema.ts'
import { changeWorkspace, createWorkspace, getWorkspace, listMine, removeWorkspace, restoreMine } from './service.ts'

const tag = 'workspaces'
const answer = resource(Workspace, 'The workspace')
const mine = resource(MyWorkspace, 'The workspace, and what the caller is there')

const list = route({
  method: 'get',
  path: '/workspaces',
  tag,
  summary: "The caller's workspaces, newest first",
  access: 'user',
  query: MyWorkspaceQuery,
  responses: { 200: page(MyWorkspacePage) },
})
const create = route({
  method: 'post',
  path: '/workspaces',
  tag,
  summary: 'Make a workspace',
  access: 'user',
  isGrant: true,
  isIdempotent: true,
  body: NewWorkspace,
  responses: { 201: mine },
  problems: ['workspace/too-many'],
})
const restore = route({
  method: 'post',
  path: '/workspaces/restore',
  tag,
  summary: 'Save a workspace that is closing; owners only',
  access: 'user',
  isGrant: true,
  isIdempotent: true,
  body: WorkspaceToRestore,
  responses: { 200: mine },
  problems: [
    'reference/not-found',
    'permission/denied',
    'auth/second-factor-required',
    'workspace/not-closing',
    'workspace/closed',
  ],
})
const read = route({
  method: 'get',
  path: '/workspace',
  tag,
  summary: "The token's workspace",
  access: 'workspace:read',
  responses: { 200: answer },
})
const change = route({
  method: 'patch',
  path: '/workspace',
  tag,
  summary: 'Rename the workspace, say who approves posts; owners also: require a second factor',
  access: 'workspace:write',
  isGrant: true,
  isVersioned: true,
  body: WorkspaceChange,
  responses: { 200: answer },
  problems: ['workspace/second-factor-unproved', 'reference/not-found'],
})
const remove = route({
  method: 'delete',
  path: '/workspace',
  tag,
  summary: 'Close the workspace in 30 days; owners only',
  access: 'workspace:write',
  isGrant: true,
  isVersioned: true,
  responses: { 204: noContent },
})

export const myWorkspaceRoutes = createRouter<UserEnv>()
  .openapi(list, async (c) => answerPage(c, 'workspaces', await listMine(c.get('ctx'), c.req.valid('query'))))
  .openapi(create, async (c) => answerResource(c, await createWorkspace(c.get('ctx'), c.req.valid('json')), 201))
  .openapi(restore, async (c) =>
    answerResource(c, await restoreMine(c.get('ctx'), c.req.valid('json').workspaceId), 200),
  )

export const workspaceRoutes = createRouter<MemberEnv>()
  .openapi(read, async (c) => answerResource(c, await getWorkspace(c.get('ctx')), 200))
  .openapi(change, async (c) =>
    answerResource(c, await changeWorkspace(c.get('ctx'), c.req.valid('json'), versionsToMatch(c)), 200),
  )
  .openapi(remove, async (c) => {
    await removeWorkspace(c.get('ctx'), versionsToMatch(c))
    return c.body(null, 204)
  })
