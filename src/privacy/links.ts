import type { Context } from '../context.ts'
import { openSignedText, signText } from '../crypto/signed-text.ts'

/** Links to archives, good without credentials until they expire: whoever has one has the archive. */

type Signer = Pick<Context, 'db' | 'keyring' | 'now' | 'makeId' | 'publicUrl'>

export type Link = { readonly url: string; readonly token: string; readonly expiresAt: string }

const purpose = 'data_exports.link'

/**
 * A link that is good for `lifeMs`, and no longer than the archive; one that was made in a session, no longer than that
 * lives.
 */
export async function signLink(
  ctx: Signer,
  {
    id,
    expiresAt: endsAt,
    sessionId,
  }: { readonly id: string; readonly expiresAt: string; readonly sessionId?: string },
  lifeMs: number,
): Promise<Link> {
  const [key] = await linkKeys(ctx)
  if (key === undefined) throw new Error('there is no key to sign links with')
  const expiresAtMs = Math.min(ctx.now().getTime() + lifeMs, Date.parse(endsAt))
  const token = await signText(key, purpose, [id, expiresAtMs, sessionId ?? ''].join(' '))
  return { url: `${ctx.publicUrl}/v1/exports/${token}`, token, expiresAt: new Date(expiresAtMs).toISOString() }
}

type LinkedExport = { readonly linkedExportId: string; readonly linkSessionId: string | null }

/** The export that a token leads to; undefined for one that was not made here, or whose time is over. */
export async function openLink(ctx: Signer, token: string): Promise<LinkedExport | undefined> {
  const text = await openSignedText(await linkKeys(ctx), purpose, token)
  const [linkedExportId, expiresAtMs, sessionId] = text?.split(' ') ?? []
  if (linkedExportId === undefined || !(Number(expiresAtMs) > ctx.now().getTime())) return undefined
  return { linkedExportId, linkSessionId: sessionId || null }
}

/** The blind index's keys serve here too, kept apart by the purpose: a link ends with the key when that is rotated. */
const linkKeys = async (ctx: Signer): Promise<readonly CryptoKey[]> =>
  (await ctx.keyring.globalKeys(ctx)).blindIndex.map(({ key }) => key)
