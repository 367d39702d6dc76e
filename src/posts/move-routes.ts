import type { MemberEnv } from '../http/env.ts'
import { answerResource } from '../http/etag.ts'
import { answerPage } from '../http/paging.ts'
import { createRouter, page, resource, route } from '../http/route.ts'
import { pathId } from '../http/values.ts'
import { approvePost, listPostApprovalsPage, rejectPost } from './approvals.ts'
import { listPostMovesPage } from './history.ts'
import { archivePost, schedulePost, submitPost, unschedulePost } from './moves.ts'
import {
  NewApproval,
  NewRejection,
  Post,
  PostApprovalPage,
  PostApprovalQuery,
  PostMovePage,
  PostMoveQuery,
  PostSchedule,
  PostSubmission,
} from './schema.ts'

/** Actions that move a post, and what they leave. */

const tag = 'posts'
const params = pathId('post/not-found')
const responses = { 200: resource(Post, 'The post as it is now') }

const submit = route({
  method: 'post',
  path: '/posts/{id}/submit',
  tag,
  summary: 'Give a post to those who approve',
  access: 'posts:write',
  isIdempotent: true,
  params,
  body: PostSubmission,
  isBodyOptional: true,
  responses,
  problems: ['post/not-found', 'post/illegal-move', 'post/not-ready'],
})
const approve = route({
  method: 'post',
  path: '/posts/{id}/approve',
  tag,
  summary: 'Approve the content of a post in review; an API key speaks for who made it',
  access: 'posts:approve',
  isIdempotent: true,
  params,
  body: NewApproval,
  isBodyOptional: true,
  responses,
  problems: ['post/not-found', 'post/illegal-move', 'post/already-approved', 'request/version-stale'],
})
const reject = route({
  method: 'post',
  path: '/posts/{id}/reject',
  tag,
  summary: 'Send a post in review back, and say why',
  access: 'posts:approve',
  isIdempotent: true,
  params,
  body: NewRejection,
  responses,
  problems: ['post/not-found', 'post/illegal-move', 'request/version-stale'],
})
const schedule = route({
  method: 'post',
  path: '/posts/{id}/schedule',
  tag,
  summary: 'Say when a post is to be published, or another time',
  access: 'posts:publish',
  isIdempotent: true,
  params,
  body: PostSchedule,
  responses,
  problems: [
    'post/not-found',
    'post/illegal-move',
    'post/not-ready',
    'post/approval-required',
    'slots/none',
    'slots/full',
  ],
})
const unschedule = route({
  method: 'post',
  path: '/posts/{id}/unschedule',
  tag,
  summary: 'Take a post back before it is published',
  access: 'posts:publish',
  isIdempotent: true,
  params,
  responses,
  problems: ['post/not-found', 'post/illegal-move'],
})
const archive = route({
  method: 'post',
  path: '/posts/{id}/archive',
  tag,
  summary: 'Put away a post that is published, or never will be',
  access: 'posts:write',
  isIdempotent: true,
  params,
  responses,
  problems: ['post/not-found', 'post/illegal-move'],
})
const listMoves = route({
  method: 'get',
  path: '/posts/{id}/history',
  tag,
  summary: 'Each status that a post has had, who moved it and why; newest first',
  access: 'posts:read',
  params,
  query: PostMoveQuery,
  responses: { 200: page(PostMovePage) },
  problems: ['post/not-found'],
})
const listApprovals = route({
  method: 'get',
  path: '/posts/{id}/approvals',
  tag,
  summary: 'Who has approved or rejected which content of a post; newest first',
  access: 'posts:read',
  params,
  query: PostApprovalQuery,
  responses: { 200: page(PostApprovalPage) },
  problems: ['post/not-found'],
})

export const moveRoutes = createRouter<MemberEnv>()
  .openapi(submit, async (c) => {
    return answerResource(c, await submitPost(c.get('ctx'), c.req.valid('param').id, c.req.valid('json')), 200)
  })
  .openapi(approve, async (c) => {
    return answerResource(c, await approvePost(c.get('ctx'), c.req.valid('param').id, c.req.valid('json')), 200)
  })
  .openapi(reject, async (c) => {
    return answerResource(c, await rejectPost(c.get('ctx'), c.req.valid('param').id, c.req.valid('json')), 200)
  })
  .openapi(schedule, async (c) => {
    return answerResource(c, await schedulePost(c.get('ctx'), c.req.valid('param').id, c.req.valid('json')), 200)
  })
  .openapi(unschedule, async (c) => answerResource(c, await unschedulePost(c.get('ctx'), c.req.valid('param').id), 200))
  .openapi(archive, async (c) => answerResource(c, await archivePost(c.get('ctx'), c.req.valid('param').id), 200))
  .openapi(listMoves, async (c) => {
    const { id } = c.req.valid('param')
    return answerPage(c, 'post-history', await listPostMovesPage(c.get('ctx'), id, c.req.valid('query')))
  })
  .openapi(listApprovals, async (c) => {
    const { id } = c.req.valid('param')
    return answerPage(c, 'post-approvals', await listPostApprovalsPage(c.get('ctx'), id, c.req.valid('query')))
  })
