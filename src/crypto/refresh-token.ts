import { toHex, utf8 } from './encoding.ts'

/**
 * Refresh tokens: `<session>.<generation>.<mac>` with
 * `mac = SHA-256(session secret || HMAC-SHA-256(K, session || generation))`. This side makes the inner HMAC; the outer
 * hash is made in the database, whose session secret never leaves it. So neither a copy of the database nor the
 * Worker's K alone can make a token.
 */
export type RefreshToken = { readonly sessionId: string; readonly generation: number; readonly mac: string }

/** K by version; the first is the one new tokens are made with. */
export type RefreshMacKeys = readonly { readonly version: number; readonly key: CryptoKey }[]

/** The parts of a presented token; undefined when it has not the form of one. */
export function parseRefreshToken(token: string): RefreshToken | undefined {
  const match = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.(0|[1-9][0-9]{0,8})\.([0-9a-f]{64})$/.exec(token)
  if (match === null) return undefined
  const [sessionId, generation, mac] = match.slice(1) as [string, string, string]
  return { sessionId, generation: Number(generation), mac }
}

export const formatRefreshToken = ({ sessionId, generation, mac }: RefreshToken): string =>
  `${sessionId}.${generation}.${mac}`

/** The inner HMACs of one generation, 64 hex digits each, the current K first. */
export async function innerMacs(keys: RefreshMacKeys, sessionId: string, generation: number): Promise<string[]> {
  const message = utf8(`${sessionId}.${generation}`)
  return await Promise.all(keys.map(async ({ key }) => toHex(await crypto.subtle.sign('HMAC', key, message))))
}
