import { errors, jwtVerify, SignJWT } from 'jose'
import { z } from 'zod'
import { createIsolateCache } from '../cache/isolate.ts'
import type { Context } from '../context.ts'
import type { SigningKey } from '../keys/service.ts'

/** Access tokens: JWT (RFC 7519, RFC 9068 `at+jwt`), EdDSA, 15 minutes. They carry user, session and workspace, no role. */

export type AccessClaims = { readonly userId: string; readonly sessionId: string; readonly workspaceId: string | null }

export const accessTokenSeconds = 900
const audience = 'defeah-api'
const clockToleranceSeconds = 5

const Payload = z.object({ sub: z.guid(), sid: z.guid(), wid: z.guid().optional(), exp: z.number() })

/** A signed token for these claims. */
export async function signAccessToken(ctx: Context, claims: AccessClaims): Promise<string> {
  const { signing } = await ctx.keyring.globalKeys(ctx)
  const nowIso = ctx.now().toISOString()
  const key = signing.find(({ isActive, notBefore }) => isActive && notBefore <= nowIso) ?? signing.at(-1)
  if (key === undefined) throw new Error('there is no signing key')
  const nowSeconds = Math.floor(ctx.now().getTime() / 1000)
  return await new SignJWT({
    sid: claims.sessionId,
    ...(claims.workspaceId === null ? {} : { wid: claims.workspaceId }),
  })
    .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid: key.id })
    .setSubject(claims.userId)
    .setIssuer(ctx.publicUrl)
    .setAudience(audience)
    .setIssuedAt(nowSeconds)
    .setExpirationTime(nowSeconds + accessTokenSeconds)
    .sign(key.privateKey)
}

/** The claims of a good token; undefined for every other. */
export type VerifyAccessToken = (ctx: Context, token: string) => Promise<AccessClaims | undefined>

const maxRemembered = 2_000
const keyReloadMs = 5_000

/**
 * Verifies tokens and remembers those that were good until they expire, since a signature does not change its mind:
 * the same token is checked once per isolate, and again when its key is gone. One per isolate.
 */
export function createTokenVerifier(): VerifyAccessToken {
  const remembered = createIsolateCache<{ readonly claims: AccessClaims; readonly keyId: string }>(maxRemembered)
  return async (ctx, token) => {
    const { signing } = await ctx.keyring.globalKeys(ctx)
    const known = remembered.get(token, ctx.now().getTime())
    if (known !== undefined && signing.some(({ id }) => id === known.keyId)) return known.claims
    const verified = await verify(ctx, token, signing)
    if (verified === undefined) return undefined
    remembered.set(token, verified, verified.expiresAtMs)
    return verified.claims
  }
}

async function verify(ctx: Context, token: string, signing: readonly SigningKey[]) {
  let keyId = ''
  try {
    const { payload } = await jwtVerify(
      token,
      async ({ kid = '' }) => {
        keyId = kid
        return await publicKey(ctx, kid, signing)
      },
      {
        algorithms: ['EdDSA'],
        typ: 'at+jwt',
        issuer: ctx.publicUrl,
        audience,
        currentDate: ctx.now(),
        clockTolerance: clockToleranceSeconds,
        requiredClaims: ['sub', 'sid', 'exp', 'iat'],
      },
    )
    const parsed = Payload.safeParse(payload)
    if (!parsed.success) return undefined
    const { sub, sid, wid, exp } = parsed.data
    const claims = { userId: sub, sessionId: sid, workspaceId: wid ?? null }
    return { claims, keyId, expiresAtMs: (exp + clockToleranceSeconds) * 1000 }
  } catch (error) {
    if (error instanceof errors.JOSEError) return undefined
    throw error
  }
}

/** The key that a token names. One made by another isolate a moment ago is looked up, at most every 5 s. */
async function publicKey(ctx: Context, kid: string, signing: readonly SigningKey[]): Promise<CryptoKey> {
  const known = signing.find(({ id }) => id === kid)
  if (known !== undefined) return known.publicKey
  const fresh = (await ctx.keyring.globalKeys(ctx, keyReloadMs)).signing.find(({ id }) => id === kid)
  if (fresh === undefined) throw new errors.JWKSNoMatchingKey()
  return fresh.publicKey
}

/** The public keys of access tokens as a JWK set (RFC 7517); those not yet used are in it. */
export async function jwkSet(ctx: Context): Promise<{ keys: Record<string, string>[] }> {
  const { signing } = await ctx.keyring.globalKeys(ctx)
  const keys = signing.map(({ id, publicJwk: { kty = '', crv = '', x = '' } }) => ({
    kty,
    crv,
    x,
    kid: id,
    alg: 'EdDSA',
    use: 'sig',
  }))
  return { keys }
}
