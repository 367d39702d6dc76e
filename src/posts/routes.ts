import type { MemberEnv } from '../http/env.ts'
import { answerResource, versionsToMatch } from '../http/etag.ts'
import { answerPage } from '../http/paging.ts'
import { createRouter, noContent, page, resource, route } from '../http/route.ts'
import { pathId } from '../http/values.ts'
import { CampaignPostQuery, NewPost, Post, PostChange, PostPage, PostQuery } from './schema.ts'
import { changePost, createPost, getPost, listCampaignPosts, listPostsPage, removePost } from './service.ts'

const tag = 'posts'
const params = pathId('post/not-found')
const answer = resource(Post, 'The post')

const create = route({
  method: 'post',
  path: '/posts',
  tag,
  summary: 'Draft a post',
  access: 'posts:write',
  isIdempotent: true,
  body: NewPost,
  responses: { 201: answer },
  problems: ['reference/not-found'],
})
const list = route({
  method: 'get',
  path: '/posts',
  tag,
  summary: 'Posts, newest first',
  access: 'posts:read',
  query: PostQuery,
  responses: { 200: page(PostPage) },
})
const listOfCampaign = route({
  method: 'get',
  path: '/campaigns/{id}/posts',
  tag,
  summary: "A campaign's posts, newest first",
  access: 'posts:read',
  params: pathId('campaign/not-found'),
  query: CampaignPostQuery,
  responses: { 200: page(PostPage) },
  problems: ['campaign/not-found'],
})
const read = route({
  method: 'get',
  path: '/posts/{id}',
  tag,
  summary: 'One post',
  access: 'posts:read',
  params,
  responses: { 200: answer },
  problems: ['post/not-found'],
})
const change = route({
  method: 'patch',
  path: '/posts/{id}',
  tag,
  summary: 'Change a post that is being worked on',
  access: 'posts:write',
  isVersioned: true,
  params,
  body: PostChange,
  responses: { 200: answer },
  problems: ['post/not-found', 'post/not-editable', 'reference/not-found'],
})
const remove = route({
  method: 'delete',
  path: '/posts/{id}',
  tag,
  summary: 'Delete a post that was never published',
  access: 'posts:write',
  isVersioned: true,
  params,
  responses: { 204: noContent },
  problems: ['post/not-found', 'post/unschedule-first', 'post/not-deletable'],
})

export const postRoutes = createRouter<MemberEnv>()
  .openapi(create, async (c) => answerResource(c, await createPost(c.get('ctx'), c.req.valid('json')), 201))
  .openapi(list, async (c) => answerPage(c, 'posts', await listPostsPage(c.get('ctx'), c.req.valid('query'))))
  .openapi(listOfCampaign, async (c) => {
    return answerPage(c, 'posts', await listCampaignPosts(c.get('ctx'), c.req.valid('param').id, c.req.valid('query')))
  })
  .openapi(read, async (c) => answerResource(c, await getPost(c.get('ctx'), c.req.valid('param').id), 200))
  .openapi(change, async (c) => {
    const { id } = c.req.valid('param')
    return answerResource(c, await changePost(c.get('ctx'), id, c.req.valid('json'), versionsToMatch(c)), 200)
  })
  .openapi(remove, async (c) => {
    await removePost(c.get('ctx'), c.req.valid('param').id, versionsToMatch(c))
    return c.body(null, 204)
  })
