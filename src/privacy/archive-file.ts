import type { JobContext } from '../context.ts'
import { createDigest } from '../crypto/digest.ts'
import { utf8 } from '../crypto/encoding.ts'
import { archiveTables } from './archive.ts'

/**
 * The archive as a file: lines of JSON (NDJSON), gzipped. The first line says what it is, each further one is
 * `{table, row}`, and the last one counts them, so that a file that breaks off shows. It is made, pressed and stored as
 * it is read; no more than a few pages of it are in memory.
 */

export const exportsPrefix = 'exports/'
export const exportsOf = (userId: string): string => `${exportsPrefix}${userId}/`
/** Where all attempts at one export lie; each has an object of its own. */
export const attemptsAt = (userId: string, exportId: string): string => `${exportsOf(userId)}${exportId}/`

type Wanted = { readonly id: string; readonly userId: string; readonly createdAt: string }

const formatVersion = 1
const chunkCharacters = 64 * 1024

/** Writes the archive under the key; what its size and SHA-256 are. Throws when it is not there after `endsAtMs`. */
export async function storeArchive(
  ctx: JobContext,
  wanted: Wanted,
  key: string,
  endsAtMs: number,
): Promise<{ bytes: number; sha256: string }> {
  const digest = createDigest()
  let bytes = 0
  async function* counted(pieces: ReadableStream<Uint8Array>) {
    for await (const piece of pieces) {
      if (ctx.now().getTime() > endsAtMs) throw new Error('the archive takes too long')
      digest.add(piece)
      bytes += piece.byteLength
      yield piece
    }
  }
  const pressed = streamOf(inChunks(linesOf(ctx, wanted))).pipeThrough(new CompressionStream('gzip'))
  await ctx.objects.put(key, counted(pressed))
  return { bytes, sha256: digest.hex() }
}

async function* linesOf(ctx: JobContext, { id, userId, createdAt }: Wanted): AsyncGenerator<string> {
  const tables = Object.keys(archiveTables)
  yield line({ archive: 'everything about one person', formatVersion, exportId: id, userId, createdAt, tables })
  let rows = 0
  for (const [table, read] of Object.entries(archiveTables)) {
    for await (const row of read(ctx, userId)) {
      rows += 1
      yield line({ table, row })
    }
  }
  yield line({ end: true, rows })
}

const line = (value: object): string => `${JSON.stringify(value)}\n`

/** Compressing each line by itself would cost more than the lines. */
async function* inChunks(lines: AsyncIterable<string>): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  let text = ''
  for await (const each of lines) {
    text += each
    if (text.length < chunkCharacters) continue
    yield utf8(text)
    text = ''
  }
  yield utf8(text)
}

function streamOf(chunks: AsyncGenerator<Uint8Array<ArrayBuffer>>): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({
    pull: async (controller) => {
      const { value, done } = await chunks.next()
      if (done) controller.close()
      else controller.enqueue(value)
    },
    cancel: async () => void (await chunks.return(undefined)),
  })
}
