import { createHash, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { deflateSync } from 'node:zlib'
import sharp from 'sharp'
import { readAnswer } from './answers.ts'
import type { TestApp } from './app.ts'
import { publicUrl } from './app.ts'
import type { Answer, SignedInUser } from './client.ts'

/** Files to upload, sound and unsound, and how a client uploads them. */

export type Upload = { fileName: string; contentType: string; content: Uint8Array<ArrayBuffer> }

const zeros = new Uint8Array(1024 * 1024)

/** A film of so many bytes: the small one, and behind it a box that is free. */
export function* largeFilm(bytes: number): Generator<Uint8Array> {
  const { content } = film('h264.mp4')
  yield content
  const header = Buffer.alloc(8)
  header.writeUInt32BE(bytes - content.byteLength, 0)
  header.write('free', 4)
  yield header
  for (let left = bytes - content.byteLength - 8; left > 0; left -= zeros.byteLength) {
    yield left < zeros.byteLength ? zeros.subarray(0, left) : zeros
  }
}

export const sha256Of = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex')

const noise = (width: number, height: number, seed: number) =>
  Buffer.from(Array.from({ length: width * height * 3 }, (_, at) => (at * 7919 + seed * 104_729) % 251))

const picture = (width: number, height: number, seed: number) =>
  sharp(noise(width, height, seed), { raw: { width, height, channels: 3 } })

const bytesOf = (buffer: Buffer): Uint8Array<ArrayBuffer> => new Uint8Array(buffer)

let seeds = 0
/** A picture that no other test has. */
const nextSeed = () => {
  seeds += 1
  return seeds
}

type Size = { width?: number; height?: number; seed?: number }

export const jpeg = async ({ width = 40, height = 50, seed = nextSeed() }: Size = {}): Promise<Upload> =>
  named('image/jpeg', await picture(width, height, seed).jpeg().toBuffer())
export const png = async ({ width = 40, height = 50, seed = nextSeed() }: Size = {}): Promise<Upload> =>
  named('image/png', await picture(width, height, seed).png().toBuffer())
/** Black and white dots at random, of which a JPEG needs several times the bytes. */
export const dottedPng = async (width: number, height: number): Promise<Upload> => {
  const dots = randomBytes(width * height).map((byte) => (byte & 1) * 255)
  const picture = sharp(dots, { raw: { width, height, channels: 1 } })
  return named('image/png', await picture.png({ compressionLevel: 1 }).toBuffer())
}
export const webp = async ({ width = 40, height = 50, seed = nextSeed() }: Size = {}): Promise<Upload> =>
  named('image/webp', await picture(width, height, seed).webp().toBuffer())

/** JPEGs with what the checks read of them. */
export const turnedJpeg = async (): Promise<Upload> =>
  named('image/jpeg', await picture(40, 50, nextSeed()).withMetadata({ orientation: 6 }).jpeg().toBuffer())
export const profiledJpeg = async (profile: string): Promise<Upload> =>
  named('image/jpeg', await picture(40, 50, nextSeed()).withIccProfile(profile).jpeg().toBuffer())
export const cmykJpeg = async (): Promise<Upload> =>
  named('image/jpeg', await picture(40, 50, nextSeed()).toColourspace('cmyk').jpeg().toBuffer())
export const grayJpeg = async (): Promise<Upload> =>
  named('image/jpeg', await picture(40, 50, nextSeed()).toColourspace('b-w').jpeg().toBuffer())
export const progressiveJpeg = async (): Promise<Upload> =>
  named('image/jpeg', await picture(200, 200, nextSeed()).jpeg({ progressive: true }).toBuffer())
export const animatedWebp = async (): Promise<Upload> => {
  const frames = Buffer.concat([noise(20, 20, 1), noise(20, 20, 2)])
  const pages = sharp(frames, { raw: { width: 20, height: 40, channels: 3, pageHeight: 20 } })
  return named('image/webp', await pages.webp({ loop: 0, delay: [100, 100] }).toBuffer())
}

/** The same file with another size in its header. */
export function withJpegSize({ content, ...file }: Upload, width: number, height: number): Upload {
  const changed = Buffer.from(content)
  const frame = changed.indexOf(Buffer.from([0xff, 0xc0]))
  changed.writeUInt16BE(height, frame + 5)
  changed.writeUInt16BE(width, frame + 7)
  return { ...file, content: bytesOf(changed) }
}

/** The same file with its first frame coded in another way (ITU-T T.81, table B.1), or with more bits. */
export function withJpegFrame({ content, ...file }: Upload, code: number, bits = 8): Upload {
  const changed = Buffer.from(content)
  const frame = changed.indexOf(Buffer.from([0xff, 0xc0]))
  changed[frame + 1] = code
  changed[frame + 4] = bits
  return { ...file, content: bytesOf(changed) }
}

/** The same file with so many empty comments before its end. */
export function withComments({ content, ...file }: Upload, count: number): Upload {
  const end = content.byteLength - 2
  const comments = Buffer.alloc(4 * count, Buffer.from('fffe0002', 'hex'))
  return { ...file, content: bytesOf(Buffer.concat([content.subarray(0, end), comments, content.subarray(end)])) }
}

/** A PNG of a few hundred kilobytes that a decoder would make gigabytes of. */
export function bombPng(width = 30_000, height = 30_000): Upload {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, 2, 0, 0, 0], 8)
  const rows = deflateSync(Buffer.alloc(64 * 1024 * 1024), { level: 9 })
  const content = Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    pngChunk('IHDR', header),
    pngChunk('IDAT', rows),
    pngChunk('IEND', Buffer.alloc(0)),
  ])
  return named('image/png', content)
}

function pngChunk(name: string, body: Buffer): Buffer {
  const chunk = Buffer.alloc(12 + body.length)
  chunk.writeUInt32BE(body.length, 0)
  chunk.write(name, 4, 'latin1')
  body.copy(chunk, 8)
  return chunk
}

/** Films of a second or less, made with ffmpeg. */
export const film = (name: 'h264.mp4' | 'hevc.mov' | 'interlaced.mp4'): Upload =>
  named(
    name.endsWith('.mov') ? 'video/quicktime' : 'video/mp4',
    readFileSync(new URL(`films/${name}`, import.meta.url)),
  )

type Box = { name: string; bytes: Buffer }

/** The outermost boxes of a film, which a test may put into another order. */
function boxesOf({ content }: Upload): Box[] {
  const all = Buffer.from(content)
  const boxes: Box[] = []
  for (let at = 0; at < all.length; at += all.readUInt32BE(at)) {
    boxes.push({ name: all.toString('latin1', at + 4, at + 8), bytes: all.subarray(at, at + all.readUInt32BE(at)) })
  }
  return boxes
}

/** The same film as a camera writes it: its index at the end. */
export function withIndexAtEnd(film: Upload): Upload {
  const boxes = boxesOf(film)
  const ordered = [...boxes.filter(({ name }) => name !== 'moov'), ...boxes.filter(({ name }) => name === 'moov')]
  return { ...film, content: bytesOf(Buffer.concat(ordered.map(({ bytes }) => bytes))) }
}

/** The same film with one more box at the end of one in its index, by default of the whole: its first sample table, say. */
export function withInIndex(film: Upload, name: string, content = Buffer.alloc(0), path = ['moov']): Upload {
  const box = Buffer.concat([Buffer.alloc(8), content])
  box.writeUInt32BE(box.length, 0)
  box.write(name, 4, 'latin1')
  const all = Buffer.from(film.content)
  let end = 0
  for (const outer of path) {
    const at = all.indexOf(outer, 0, 'latin1') - 4
    end = at + all.readUInt32BE(at)
    all.writeUInt32BE(end - at + box.length, at)
  }
  return { ...film, content: bytesOf(Buffer.concat([all.subarray(0, end), box, all.subarray(end)])) }
}

/** The same film with another number at an offset behind the name of its first box of that name. */
export function withNumber(film: Upload, name: string, offset: number, value: number): Upload {
  const content = Buffer.from(film.content)
  const at = content.indexOf(name, 0, 'latin1')
  if (at < 0) throw new Error(`there is no box ${name}`)
  content.writeUInt32BE(value, at + 4 + offset)
  return { ...film, content: bytesOf(content) }
}

export const cutOff = ({ content, ...file }: Upload, share = 0.6): Upload => ({
  ...file,
  content: content.slice(0, Math.floor(content.byteLength * share)),
})

export const textNamedJpeg = (): Upload => named('image/jpeg', Buffer.from('This is no picture at all.\n'.repeat(20)))

function named(contentType: string, content: Buffer): Upload {
  const ending = contentType === 'video/quicktime' ? 'mov' : contentType.replace(/^.*\//, '').replace('jpeg', 'jpg')
  return { fileName: `holiday.${ending}`, contentType, content: bytesOf(content) }
}

type Fetcher = Pick<TestApp, 'fetch'>

export const declarationOf = ({ fileName, contentType, content }: Upload) => ({
  fileName,
  contentType,
  bytes: content.byteLength,
  sha256: sha256Of(content),
})

/** Opens an upload; `lies` are what is declared in place of the truth. */
export const start = async (user: SignedInUser, file: Upload, lies: object = {}): Promise<Answer> =>
  await user.call('POST', '/v1/media', { ...declarationOf(file), ...lies })

/** Sends bytes to where an answer said they go. */
export async function sendBytes(
  { fetch }: Fetcher,
  user: SignedInUser,
  { url, headers }: { url: string; headers: Record<string, string> },
  content: BodyInit | null,
  changed: Record<string, string> = {},
): Promise<Answer> {
  const all = { ...headers, Authorization: `Bearer ${user.accessToken}`, ...changed }
  const { pathname } = new URL(url)
  const init = { method: 'PUT', headers: all, body: content, duplex: 'half' }
  return await readAnswer(await fetch(new Request(`${publicUrl}${pathname}`, init)))
}

/** The whole way of a file, up to the answer of its completion. */
export async function upload(app: Fetcher, user: SignedInUser, file: Upload): Promise<Answer> {
  const started = await start(user, file)
  if (started.status !== 201) throw new Error(`start answered ${started.status}: ${JSON.stringify(started.body)}`)
  const sent = await sendBytes(app, user, started.body.upload, file.content)
  if (sent.status !== 204) throw new Error(`PUT answered ${sent.status}: ${JSON.stringify(sent.body)}`)
  return await user.call('POST', `/v1/media/${started.body.id}/complete`)
}

export async function readyFile(app: Fetcher, user: SignedInUser, file: Upload): Promise<Answer['body']> {
  const answer = await upload(app, user, file)
  if (answer.status !== 200) throw new Error(`complete answered ${answer.status}: ${JSON.stringify(answer.body)}`)
  return answer.body
}
