import { statedLength } from '../http/body.ts'
import type { MemberEnv, PublicEnv } from '../http/env.ts'
import { answerResource } from '../http/etag.ts'
import { answerPage } from '../http/paging.ts'
import { answerRanged } from '../http/ranged-file.ts'
import { createRouter, file, json, noContent, page, resource, route } from '../http/route.ts'
import { pathId, pathToken } from '../http/values.ts'
import { openDelivery } from './delivery.ts'
import { importMedia } from './import.ts'
import {
  MediaFile,
  MediaImport,
  MediaPage,
  MediaQuery,
  MediaUsage,
  NewMedia,
  StartedMedia,
  storedTypes,
} from './schema.ts'
import {
  completeUpload,
  getMedia,
  getMediaUsage,
  listMediaPage,
  removeMedia,
  startUpload,
  storeContent,
} from './service.ts'

const tag = 'media'
const params = pathId('media/not-found')
const deliveryHeaders = ['Accept-Ranges', 'Cache-Control', 'Content-Length', 'ETag']
const answer = resource(MediaFile, 'The file')

const start = route({
  method: 'post',
  path: '/media',
  tag,
  summary: 'Start an upload',
  access: 'media:write',
  isIdempotent: true,
  body: NewMedia,
  responses: { 201: resource(StartedMedia, 'The file, and where to send its bytes') },
  problems: ['media/quota-exceeded'],
})
const upload = route({
  method: 'put',
  path: '/media/{id}/content',
  tag,
  summary: 'Send the bytes of an upload that was started to come through the API',
  access: 'media:write',
  params,
  takesBytes: true,
  responses: { 204: noContent },
  problems: [
    'media/not-found',
    'media/upload-closed',
    'media/upload-expired',
    'media/upload-incomplete',
    'media/size-mismatch',
    'media/checksum-mismatch',
    'request/length-required',
  ],
})
const complete = route({
  method: 'post',
  path: '/media/{id}/complete',
  tag,
  summary: 'Say that the bytes were sent: they are checked, and the file is ready or rejected',
  access: 'media:write',
  isIdempotent: true,
  params,
  responses: { 200: answer },
  problems: [
    'media/not-found',
    'media/not-uploaded',
    'media/upload-expired',
    'media/upload-closed',
    'media/size-mismatch',
    'media/checksum-mismatch',
    'media/type-mismatch',
    'media/truncated',
    'media/unreadable',
    'media/too-many-pixels',
    'media/animated',
    'media/no-video',
    'media/moov-not-first',
    'media/fragmented',
    'media/abandoned',
    'idempotency/in-progress',
  ],
})
const importing = route({
  method: 'post',
  path: '/media/import',
  tag,
  summary: 'Fetch a file from a URL: it is checked as an upload is, and ready or rejected',
  access: 'media:write',
  isIdempotent: true,
  body: MediaImport,
  responses: { 201: answer },
  problems: [
    'media/import-url-refused',
    'media/import-address-refused',
    'media/import-redirected',
    'media/import-failed',
    'media/import-timeout',
    'media/quota-exceeded',
    'media/unsupported-type',
    'media/too-large',
    'media/truncated',
    'media/unreadable',
    'media/too-many-pixels',
    'media/animated',
    'media/no-video',
    'media/moov-not-first',
    'media/fragmented',
    'media/upload-closed',
    'idempotency/in-progress',
  ],
})
const list = route({
  method: 'get',
  path: '/media',
  tag,
  summary: 'Files, newest first',
  access: 'media:read',
  query: MediaQuery,
  responses: { 200: page(MediaPage) },
})
const usage = route({
  method: 'get',
  path: '/media-usage',
  tag,
  summary: 'How much the workspace stores, and may store',
  access: 'media:read',
  responses: { 200: json(MediaUsage, 'Bytes') },
})
const read = route({
  method: 'get',
  path: '/media/{id}',
  tag,
  summary: 'One file',
  access: 'media:read',
  params,
  responses: { 200: answer },
  problems: ['media/not-found'],
})
const remove = route({
  method: 'delete',
  path: '/media/{id}',
  tag,
  summary: 'Delete a file that no post shows',
  access: 'media:write',
  params,
  responses: { 204: noContent },
  problems: ['media/not-found', 'media/in-use'],
})

const deliver = route({
  method: 'get',
  path: '/media/{token}',
  tag,
  summary: 'The bytes that a link leads to, whole or a range of them',
  access: 'public',
  params: pathToken('token', 'media/not-found'),
  responses: {
    200: file(storedTypes, 'The bytes', deliveryHeaders),
    206: file(storedTypes, 'A range of them', [...deliveryHeaders, 'Content-Range']),
    304: { description: 'As it was' },
  },
  problems: ['media/not-found', 'request/range-not-satisfiable'],
})

export const mediaRoutes = createRouter<MemberEnv>()
  .openapi(start, async (c) => answerResource(c, await startUpload(c.get('ctx'), c.req.valid('json')), 201))
  .openapi(upload, async (c) => {
    const { id } = c.req.valid('param')
    await storeContent(c.get('ctx'), id, { bytes: statedLength(c), body: c.req.raw.body })
    return c.body(null, 204)
  })
  .openapi(complete, async (c) => {
    return answerResource(c, await completeUpload(c.get('ctx'), c.req.valid('param').id), 200)
  })
  .openapi(importing, async (c) => answerResource(c, await importMedia(c.get('ctx'), c.req.valid('json')), 201))
  .openapi(list, async (c) => answerPage(c, 'media', await listMediaPage(c.get('ctx'), c.req.valid('query'))))
  .openapi(usage, async (c) => c.json(await getMediaUsage(c.get('ctx')), 200))
  .openapi(read, async (c) => answerResource(c, await getMedia(c.get('ctx'), c.req.valid('param').id), 200))
  .openapi(remove, async (c) => {
    await removeMedia(c.get('ctx'), c.req.valid('param').id)
    return c.body(null, 204)
  })

export const deliveryRoutes = createRouter<PublicEnv>().openapi(deliver, async (c) => {
  return await answerRanged(c, await openDelivery(c.get('ctx'), c.req.valid('param').token))
})
