import type { MemberEnv } from '../http/env.ts'
import { answerResource, versionsToMatch } from '../http/etag.ts'
import { answerPage } from '../http/paging.ts'
import { createRouter, json, noContent, page, resource, route } from '../http/route.ts'
import { pathId } from '../http/values.ts'
import { createPosts } from './batch.ts'
import { importPosts } from './import.ts'
import { addPostNote, listPostNotesPage } from './notes.ts'
import {
  CampaignPostQuery,
  ImportQuery,
  NewPost,
  NewPostNote,
  Post,
  PostBatch,
  PostBatchResult,
  PostChange,
  PostImportResult,
  PostNote,
  PostNotePage,
  PostNoteQuery,
  PostPage,
  PostQuery,
  PostReport,
} from './schema.ts'
import {
  changePost,
  createPost,
  duplicatePost,
  getPost,
  listCampaignPosts,
  listPostsPage,
  removePost,
  validatePost,
} from './service.ts'

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
  problems: ['reference/not-found', 'campaign/archived'],
})
const validate = route({
  method: 'post',
  path: '/posts/validate',
  tag,
  summary: 'Hold a post against the rules of Instagram, without keeping it',
  access: 'posts:write',
  body: NewPost,
  responses: { 200: json(PostReport, 'All that speaks against it') },
  problems: ['reference/not-found'],
})
const duplicate = route({
  method: 'post',
  path: '/posts/{id}/duplicate',
  tag,
  summary: 'Draft a post with the content of another',
  access: 'posts:write',
  isIdempotent: true,
  params,
  responses: { 201: answer },
  problems: ['post/not-found', 'reference/not-found'],
})
const batch = route({
  method: 'post',
  path: '/posts/batch',
  tag,
  summary: 'Draft up to 100 posts',
  access: 'posts:write',
  isIdempotent: true,
  body: PostBatch,
  responses: { 200: json(PostBatchResult, 'What became of each') },
  problems: ['reference/not-found'],
})
const importing = route({
  method: 'post',
  path: '/posts/import',
  tag,
  summary: 'Draft a post of each row of a spreadsheet (CSV)',
  access: 'posts:write',
  isIdempotent: true,
  query: ImportQuery,
  text: 'text/csv',
  responses: { 200: json(PostImportResult, 'What became of each row') },
  problems: ['reference/not-found'],
})
const listNotes = route({
  method: 'get',
  path: '/posts/{id}/notes',
  tag,
  summary: 'What the team has noted about a post, newest first',
  access: 'posts:read',
  params,
  query: PostNoteQuery,
  responses: { 200: page(PostNotePage) },
  problems: ['post/not-found'],
})
const addNote = route({
  method: 'post',
  path: '/posts/{id}/notes',
  tag,
  summary: 'Note something about a post for the team',
  access: 'posts:write',
  isIdempotent: true,
  params,
  body: NewPostNote,
  responses: { 201: json(PostNote, 'The note') },
  problems: ['post/not-found'],
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
  problems: ['post/not-found', 'post/not-editable', 'post/not-ready', 'reference/not-found', 'campaign/archived'],
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
  .openapi(validate, async (c) => c.json(await validatePost(c.get('ctx'), c.req.valid('json')), 200))
  .openapi(duplicate, async (c) => answerResource(c, await duplicatePost(c.get('ctx'), c.req.valid('param').id), 201))
  .openapi(batch, async (c) => c.json(await createPosts(c.get('ctx'), c.req.valid('json')), 200))
  .openapi(importing, async (c) => {
    return c.json(await importPosts(c.get('ctx'), await c.req.text(), c.req.valid('query')), 200)
  })
  .openapi(listNotes, async (c) => {
    const { id } = c.req.valid('param')
    return answerPage(c, 'post-notes', await listPostNotesPage(c.get('ctx'), id, c.req.valid('query')))
  })
  .openapi(addNote, async (c) => {
    return c.json(await addPostNote(c.get('ctx'), c.req.valid('param').id, c.req.valid('json')), 201)
  })
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
