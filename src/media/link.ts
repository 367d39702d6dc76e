import type { Context } from '../context.ts'
import { openSignedText, signText } from '../crypto/signed-text.ts'
import type { MediaFile, StoredFile } from './schema.ts'

/**
 * Links to the bytes of files, good without credentials until they expire. All that an answer needs stands in the token,
 * so that nobody asks the database.
 */

type Signer = Pick<Context, 'keyring' | 'now' | 'publicUrl'>

export type Linked = {
  readonly objectKey: string
  readonly contentType: string
  readonly bytes: number
  /** The first half of the SHA-256, in hex. */
  readonly digest: string
}

const purpose = 'media.link'
const digestLength = 32

/**
 * One link a period, so that caches find it again, and as good as a day at least: an answer that an Idempotency-Key brings
 * back is rendered within a day, and Meta fetches within minutes.
 */
const periodSeconds = 12 * 60 * 60
const periods = 3

/** The file as it is shown, with a link when it has bytes. */
export async function withLink(ctx: Signer, { objectKey, ...file }: StoredFile): Promise<MediaFile> {
  const { sha256 } = file
  if (objectKey === null || sha256 === null) return { ...file, url: null, urlExpiresAt: null }
  return { ...file, ...(await signMediaLink(ctx, { ...file, objectKey, sha256 })) }
}

async function signMediaLink(
  ctx: Signer,
  { objectKey, contentType, bytes, sha256 }: Omit<Linked, 'digest'> & { readonly sha256: string },
): Promise<{ readonly url: string; readonly urlExpiresAt: string }> {
  const [key] = await ctx.keyring.hashKeys('media-link')
  if (key === undefined) throw new Error('there is no key to sign links with')
  const period = Math.floor(ctx.now().getTime() / 1000 / periodSeconds)
  const expiresAtSeconds = (period + periods) * periodSeconds
  const text = [objectKey, contentType, bytes, sha256.slice(0, digestLength), expiresAtSeconds].join(' ')
  const token = await signText(key, purpose, text)
  return { url: `${ctx.publicUrl}/media/${token}`, urlExpiresAt: new Date(expiresAtSeconds * 1000).toISOString() }
}

/** What a token leads to; undefined for one that was not made here, or whose time is over. */
export async function openMediaLink(
  ctx: Signer,
  token: string,
): Promise<(Linked & { readonly leftSeconds: number }) | undefined> {
  const text = await openSignedText(await ctx.keyring.hashKeys('media-link'), purpose, token)
  const [objectKey, contentType, bytes, digest, expiresAtSeconds] = text?.split(' ') ?? []
  if (objectKey === undefined || contentType === undefined || digest === undefined) return undefined
  const leftSeconds = Number(expiresAtSeconds) - ctx.now().getTime() / 1000
  if (!(leftSeconds > 0)) return undefined
  return { objectKey, contentType, bytes: Number(bytes), digest, leftSeconds: Math.floor(leftSeconds) }
}
