import type { PublicEnv, UserEnv } from '../http/env.ts'
import { versionsToMatch } from '../http/etag.ts'
import { answerFile } from '../http/file.ts'
import { answerPage } from '../http/paging.ts'
import { createRouter, file, json, page, route } from '../http/route.ts'
import { pathId, pathToken } from '../http/values.ts'
import { checkReceipt, eraseMe } from './erasure.ts'
import {
  DataExport,
  DataExportPage,
  DataExportQuery,
  DownloadableExport,
  Erasure,
  ErasureReceipt,
  ErasureWish,
} from './schema.ts'
import { downloadExport, getMyExport, listMyExports, requestExport } from './service.ts'

const tag = 'me'

const ask = route({
  method: 'post',
  path: '/me/export',
  tag,
  summary: 'Ask for an archive of everything about you',
  access: 'user',
  isGrant: true,
  isIdempotent: true,
  responses: { 202: json(DataExport, 'The export, to be made; the one under way when there is one') },
  problems: ['auth/second-factor-required', 'export/too-many', 'idempotency/in-progress'],
})
const list = route({
  method: 'get',
  path: '/me/exports',
  tag,
  summary: 'Your exports, newest first',
  access: 'user',
  query: DataExportQuery,
  responses: { 200: page(DataExportPage) },
})
const read = route({
  method: 'get',
  path: '/me/exports/{id}',
  tag,
  summary: 'One export, with a link while it is ready',
  access: 'user',
  params: pathId('export/not-found'),
  responses: { 200: json(DownloadableExport, 'The export') },
  problems: ['auth/second-factor-required', 'export/not-found'],
})
const download = route({
  method: 'get',
  path: '/exports/{token}',
  tag,
  summary: 'The archive that a link leads to',
  access: 'public',
  params: pathToken('token', 'export/not-found'),
  responses: { 200: file('application/gzip', 'Lines of JSON, gzipped', ['Content-Disposition', 'Content-Length']) },
  problems: ['export/not-found'],
})
const erase = route({
  method: 'delete',
  path: '/me',
  tag,
  summary: 'Erase yourself',
  access: 'user',
  isGrant: true,
  isVersioned: true,
  body: ErasureWish,
  responses: { 200: json(ErasureReceipt, 'Erased') },
  problems: [
    'auth/credentials-wrong',
    'auth/second-factor-required',
    'user/last-owner',
    'auth/throttled',
    'service/busy',
  ],
})
const check = route({
  method: 'get',
  path: '/erasures/{receipt}',
  tag,
  summary: 'What became of an erasure',
  access: 'public',
  params: pathToken('receipt', 'erasure/not-found'),
  responses: { 200: json(Erasure, 'The erasure') },
  problems: ['erasure/not-found'],
})

export const privacyRoutes = createRouter<UserEnv>()
  .openapi(ask, async (c) => c.json(await requestExport(c.get('ctx')), 202))
  .openapi(list, async (c) => answerPage(c, 'exports', await listMyExports(c.get('ctx'), c.req.valid('query'))))
  .openapi(read, async (c) => c.json(await getMyExport(c.get('ctx'), c.req.valid('param').id), 200))
  .openapi(erase, async (c) => c.json(await eraseMe(c.get('ctx'), c.req.valid('json'), versionsToMatch(c)), 200))

export const receiptRoutes = createRouter<PublicEnv>()
  .openapi(download, async (c) => answerFile(c, await downloadExport(c.get('ctx'), c.req.valid('param').token)))
  .openapi(check, async (c) => c.json(await checkReceipt(c.get('ctx'), c.req.valid('param').receipt), 200))
