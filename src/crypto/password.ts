import { scrypt } from 'node:crypto'
import { ProblemError } from '../problem.ts'
import { fromBase64Url, toBase64Url, utf8 } from './encoding.ts'

/**
 * Password hashes: scrypt over an HMAC of the password under a versioned pepper, stored as a PHC string
 * `$scrypt$ln=15,r=8,p=3,keyid=<pepper version>$<salt>$<hash>`. Parameters: OWASP Password Storage Cheat Sheet.
 * Web Crypto has no scrypt, so this is the one place that uses a Node module.
 */

/** The HMAC keys of all live pepper versions. */
export type Peppers = { readonly current: number; readonly keys: ReadonlyMap<number, CryptoKey> }

type Now = () => Date

export type PasswordCheck = { readonly matches: boolean; readonly outdated: boolean }

const cost = { ln: 15, r: 8, p: 3 } as const
const hashBytes = 32
const maxWaiting = 16

/** A PHC string for a new password. Throws `service/busy` when too many hashes wait. */
export async function hashPassword(peppers: Peppers, password: string, now: Now): Promise<string> {
  const salt = crypto.getRandomValues(new Uint8Array(16))
  const hash = await oneAtATime(now, () => derive(peppers, peppers.current, password, salt, cost))
  const parameters = `ln=${cost.ln},r=${cost.r},p=${cost.p},keyid=${peppers.current}`
  return `$scrypt$${parameters}$${toBase64Url(salt)}$${toBase64Url(hash)}`
}

/**
 * Compares a password with a stored hash. Without one (no such account) the same work is done and nothing matches, so
 * that the time tells nothing. `outdated` asks for a new hash under today's parameters.
 */
export async function verifyPassword(
  peppers: Peppers,
  password: string,
  stored: string | undefined,
  now: Now,
): Promise<PasswordCheck> {
  const parsed = stored === undefined ? undefined : parsePhc(stored)
  if (stored !== undefined && parsed === undefined) throw new Error('a stored password hash has an unknown form')
  const { salt, hash, pepperVersion, ln, r, p } = parsed ?? { ...cost, ...decoy, pepperVersion: peppers.current }
  const derived = await oneAtATime(now, () => derive(peppers, pepperVersion, password, salt, { ln, r, p }))
  const matches = constantTimeEqual(derived, hash) && parsed !== undefined
  const outdated = ln !== cost.ln || r !== cost.r || p !== cost.p || pepperVersion !== peppers.current
  return { matches, outdated: matches && outdated }
}

const decoy = { salt: new Uint8Array(16), hash: new Uint8Array(hashBytes) }

type ScryptCost = { readonly ln: number; readonly r: number; readonly p: number }

async function derive(peppers: Peppers, version: number, password: string, salt: Uint8Array, scryptCost: ScryptCost) {
  const pepper = peppers.keys.get(version)
  if (pepper === undefined) throw new Error(`pepper version ${version} is not available`)
  const peppered = new Uint8Array(await crypto.subtle.sign('HMAC', pepper, utf8(password.normalize('NFKC'))))
  const { ln, r, p } = scryptCost
  const options = { N: 2 ** ln, r, p, maxmem: 2 ** ln * r * 128 * 2 }
  return await new Promise<Uint8Array>((resolve, reject) => {
    scrypt(peppered, salt, hashBytes, options, (error, key) => (error === null ? resolve(key) : reject(error)))
  })
}

// An isolate has 128 MB and one hash takes 32, so hashes run one after another. On workerd a hash also holds up all other
// requests of the isolate, so while several wait there is a pause before each. A request whose client has gone runs not
// one line further there: a place in the queue that its holder has not come back to is free again.
type Place = { seenAtMs: number }

const places = new Set<Place>()
let turn: Place | undefined
const pauseMs = 50
const pollMs = 10
const abandonedAfterMs = 2_000

async function oneAtATime<T>(now: Now, work: () => Promise<T>): Promise<T> {
  const place = takePlace(now)
  try {
    // Those who ask at the same moment take their places meanwhile.
    await pause(0)
    while (!hasTurn(place, now)) await pause(pollMs)
    if (places.size > 1) await pause(pauseMs)
    return await work()
  } finally {
    places.delete(place)
    if (turn === place) turn = undefined
  }
}

function takePlace(now: Now): Place {
  for (const place of places) if (isAbandoned(place, now)) places.delete(place)
  if (places.size >= maxWaiting) throw new ProblemError('service/busy')
  const place = { seenAtMs: now().getTime() }
  places.add(place)
  return place
}

function hasTurn(place: Place, now: Now): boolean {
  place.seenAtMs = now().getTime()
  if (turn === undefined || isAbandoned(turn, now)) turn = place
  return turn === place
}

const isAbandoned = ({ seenAtMs }: Place, now: Now): boolean => now().getTime() - seenAtMs > abandonedAfterMs

const pause = async (ms: number): Promise<void> => await new Promise((resolve) => setTimeout(resolve, ms))

function parsePhc(stored: string) {
  const match = /^\$scrypt\$ln=(\d+),r=(\d+),p=(\d+),keyid=(\d+)\$([\w-]+)\$([\w-]+)$/.exec(stored)
  const salt = fromBase64Url(match?.[5] ?? '')
  const hash = fromBase64Url(match?.[6] ?? '')
  if (match === null || salt === undefined || hash?.length !== hashBytes) return undefined
  const [ln, r, p, pepperVersion] = match.slice(1, 5).map(Number) as [number, number, number, number]
  return { ln, r, p, pepperVersion, salt, hash }
}

function constantTimeEqual(left: Uint8Array, right: Uint8Array): boolean {
  let difference = left.length ^ right.length
  for (let index = 0; index < left.length; index += 1) difference |= (left[index] ?? 0) ^ (right[index] ?? 0)
  return difference === 0
}
