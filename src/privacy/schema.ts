import { z } from '@hono/zod-openapi'
import { PageOf, PageQuery } from '../http/paging.ts'
import { Id, Timestamp } from '../http/values.ts'
import { Password } from '../passwords/schema.ts'

export const DataExport = z
  .object({
    id: Id,
    status: z.enum(['pending', 'ready', 'failed', 'expired']),
    bytes: z.int().nullable(),
    sha256: z.string().nullable().openapi({ description: 'Of the archive, in hex' }),
    createdAt: Timestamp,
    finishedAt: Timestamp.nullable(),
    expiresAt: Timestamp.nullable().openapi({ description: 'The archive is deleted then' }),
  })
  .openapi('DataExport')
export type DataExport = z.infer<typeof DataExport>

export const DownloadableExport = DataExport.extend({
  download: z.object({ url: z.string(), expiresAt: Timestamp }).nullable().openapi({
    description:
      'While the export is ready: a link that is good for minutes, without credentials, and no longer than the session',
  }),
}).openapi('DownloadableExport')
export type DownloadableExport = z.infer<typeof DownloadableExport>

export const DataExportPage = PageOf(DataExport, 'DataExportPage')

export const DataExportQuery = z.strictObject(PageQuery('exports', z.tuple([Id])))
export type DataExportQuery = z.infer<typeof DataExportQuery>

/** Erasing needs the password again. */
export const ErasureWish = z.strictObject({ password: Password }).openapi('ErasureWish')
export type ErasureWish = z.infer<typeof ErasureWish>

export const Erasure = z
  .object({
    erasedAt: Timestamp.openapi({
      description: 'The live database had forgotten the person, and no longer has the key',
    }),
    recordedAt: Timestamp.nullable().openapi({
      description: 'The list that every restored backup replays says so too',
    }),
    backupsExpireAt: Timestamp.openapi({ description: 'The last backup that knew the person is gone' }),
  })
  .openapi('Erasure')
export type Erasure = z.infer<typeof Erasure>

export const ErasureReceipt = Erasure.extend({
  receipt: z.string().openapi({ description: 'For GET /v1/erasures/{receipt}; shown once' }),
}).openapi('ErasureReceipt')
export type ErasureReceipt = z.infer<typeof ErasureReceipt>
