import type { MemberContext } from '../context.ts'
import { leased } from '../idempotency/service.ts'
import { fetchPublic } from '../outbound/public-fetch.ts'
import { type OutboundReason, OutboundRefusal } from '../outbound/refusal.ts'
import { ProblemError } from '../problem.ts'
import { withLink } from './link.ts'
import { Rejection, type RejectionCode } from './rejection.ts'
import { FileName, type MediaFile, type MediaImport, maxVideoBytes, StoredFile } from './schema.ts'
import { storeFetched } from './service.ts'

/** For all bytes of a file to come: 300 MiB at 2 MiB a second. */
const fetchTimeoutMs = 150_000
/** The fetch, and the checks of what has come. */
const leaseSeconds = 600

/**
 * The URL is the caller's, and so is every fault of the host behind it: 422, never a 502, which clients and proxies would
 * take for ours. Only where names cannot be looked up at all is it 503.
 */
const codes: Readonly<Record<OutboundReason, RejectionCode>> = {
  url: 'media/import-url-refused',
  address: 'media/import-address-refused',
  unresolved: 'media/import-failed',
  'too-many-redirects': 'media/import-redirected',
  unreachable: 'media/import-failed',
  status: 'media/import-failed',
  'too-late': 'media/import-timeout',
  'too-large': 'media/too-large',
  'broken-off': 'media/import-failed',
}

/**
 * Makes a file of what lies at a URL. An attempt that died has left an upload that nobody finished, which ends by itself,
 * or a file that refers to the same object as the next attempt's: the bytes are stored and counted once.
 */
export async function importMedia(ctx: MemberContext, { url, fileName }: MediaImport): Promise<MediaFile> {
  const stored = await leased(ctx, { answer: StoredFile, status: 201, leaseSeconds }, async () => {
    const fetched = await fetchPublic(ctx, url, { maxBytes: maxVideoBytes, timeoutMs: fetchTimeoutMs }).catch(refuse)
    const { bytes: announced, body, close } = fetched
    try {
      const maxBytes = announced || maxVideoBytes
      return await storeFetched(ctx, { fileName: fileName ?? fileNameIn(url), body: rejecting(body), maxBytes })
    } finally {
      close()
    }
  })
  return await withLink(ctx, stored)
}

function refuse(error: unknown): never {
  if (!(error instanceof OutboundRefusal)) throw error
  throw new ProblemError(codes[error.reason], { detail: error.detail, cause: error })
}

/** What ends the download is what the file is rejected with. */
async function* rejecting(body: AsyncIterable<Uint8Array>) {
  try {
    yield* body
  } catch (error) {
    throw error instanceof OutboundRefusal ? new Rejection(codes[error.reason], error.detail) : error
  }
}

function fileNameIn(url: string): string {
  const last = URL.parse(url)?.pathname.split('/').at(-1) ?? ''
  return FileName.safeParse(decoded(last).slice(0, 255)).data ?? 'import'
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
