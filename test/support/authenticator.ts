import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'

/**
 * An authenticator and its browser in software (Web Authentication Level 3): makes credentials and answers with them, and
 * can be made to do either wrong.
 */

const algorithms = { ES256: -7, EdDSA: -8, RS256: -257 } as const
type Algorithm = keyof typeof algorithms

type Device = {
  algorithm?: Algorithm
  /** Counts its answers, or says zero for ever. */
  hasCounter?: boolean
  /** Synchronised between devices. */
  isBackedUp?: boolean
  verifiesUser?: boolean
  /** What it says about itself, though nobody asks. */
  attestation?: 'none' | 'packed'
}

/** What a browser does differently from what it should. */
type Circumstances = {
  origin?: string
  rpId?: string
  type?: string
  challenge?: string
  isPresent?: boolean
  counter?: number
  userHandle?: string | null
}

type CreationOptions = { challenge: string; rp: { id: string }; user: { id: string } }
type RequestOptions = { challenge: string; rpId: string; allowCredentials: readonly { id: string }[] }

export type PasskeyRegistrationJson = {
  id: string
  rawId: string
  type: string
  authenticatorAttachment: string
  clientExtensionResults: object
  response: { clientDataJSON: string; attestationObject: string; transports: string[]; publicKeyAlgorithm: number }
}

export type PasskeyAnswerJson = {
  id: string
  rawId: string
  type: string
  clientExtensionResults: object
  response: { clientDataJSON: string; authenticatorData: string; signature: string; userHandle: string | null }
}

export type Authenticator = {
  readonly id: string
  /** Answers `navigator.credentials.create()`. */
  create: (options: CreationOptions, circumstances?: Circumstances) => PasskeyRegistrationJson
  /** Answers `navigator.credentials.get()`. */
  get: (options: RequestOptions, circumstances?: Circumstances) => PasskeyAnswerJson
}

export const applicationOrigin = 'https://app.test'

export function createAuthenticator({
  algorithm = 'ES256',
  hasCounter = true,
  isBackedUp = false,
  verifiesUser = true,
  attestation = 'none',
}: Device = {}): Authenticator {
  const { publicKey, privateKey } = keyPairOf(algorithm)
  const credentialId = randomBytes(32)
  const id = base64Url(credentialId)
  let uses = 0
  let user: string | null = null

  const flags = (isPresent: boolean, isNew: boolean) =>
    (isPresent ? 0x01 : 0) | (verifiesUser ? 0x04 : 0) | (isBackedUp ? 0x18 : 0) | (isNew ? 0x40 : 0)
  const authenticatorData = (rpId: string, isNew: boolean, { isPresent = true, counter }: Circumstances) => {
    uses += hasCounter ? 1 : 0
    const count = Buffer.alloc(4)
    count.writeUInt32BE(counter ?? uses)
    return Buffer.concat([sha256(rpId), Buffer.from([flags(isPresent, isNew)]), count])
  }
  const signed = (bytes: Buffer) => sign(algorithm === 'EdDSA' ? null : 'sha256', bytes, privateKey)

  return {
    id,
    create: ({ challenge, rp, user: { id: userId } }, circumstances = {}) => {
      user = userId
      const clientData = clientDataOf('webauthn.create', challenge, circumstances)
      const length = Buffer.alloc(2)
      length.writeUInt16BE(credentialId.length)
      const authData = Buffer.concat([
        authenticatorData(circumstances.rpId ?? rp.id, true, circumstances),
        Buffer.alloc(16),
        length,
        credentialId,
        cbor(coseKey(algorithm, publicKey)),
      ])
      const statement = new Map<string, CborValue>()
      if (attestation === 'packed') {
        statement.set('alg', algorithms[algorithm])
        statement.set('sig', signed(Buffer.concat([authData, sha256(clientData)])))
        // No certificate, and none that a parser would get through.
        statement.set('x5c', [randomBytes(40)])
      }
      const object = new Map<string, CborValue>([
        ['fmt', attestation],
        ['attStmt', statement],
        ['authData', authData],
      ])
      return {
        id,
        rawId: id,
        type: 'public-key',
        authenticatorAttachment: 'platform',
        clientExtensionResults: { credProps: { rk: true } },
        response: {
          clientDataJSON: base64Url(clientData),
          attestationObject: base64Url(cbor(object)),
          transports: ['internal', 'hybrid'],
          publicKeyAlgorithm: algorithms[algorithm],
        },
      }
    },
    get: ({ challenge, rpId }, circumstances = {}) => {
      const clientData = clientDataOf('webauthn.get', challenge, circumstances)
      const authData = authenticatorData(circumstances.rpId ?? rpId, false, circumstances)
      return {
        id,
        rawId: id,
        type: 'public-key',
        clientExtensionResults: {},
        response: {
          clientDataJSON: base64Url(clientData),
          authenticatorData: base64Url(authData),
          signature: base64Url(signed(Buffer.concat([authData, sha256(clientData)]))),
          userHandle: circumstances.userHandle === undefined ? user : circumstances.userHandle,
        },
      }
    },
  }
}

function clientDataOf(type: string, challenge: string, circumstances: Circumstances): Buffer {
  const { origin = applicationOrigin } = circumstances
  const data = {
    type: circumstances.type ?? type,
    challenge: circumstances.challenge ?? challenge,
    origin,
    crossOrigin: false,
  }
  return Buffer.from(JSON.stringify(data))
}

function keyPairOf(algorithm: Algorithm): { publicKey: KeyObject; privateKey: KeyObject } {
  if (algorithm === 'ES256') return generateKeyPairSync('ec', { namedCurve: 'P-256' })
  if (algorithm === 'EdDSA') return generateKeyPairSync('ed25519')
  return generateKeyPairSync('rsa', { modulusLength: 2048 })
}

/** COSE_Key (RFC 9053). */
function coseKey(algorithm: Algorithm, publicKey: KeyObject): Map<number, CborValue> {
  const jwk = publicKey.export({ format: 'jwk' })
  const bytes = (text: string | undefined) => Buffer.from(text ?? '', 'base64url')
  const own: Record<Algorithm, [number, CborValue][]> = {
    ES256: [
      [1, 2],
      [3, -7],
      [-1, 1],
      [-2, bytes(jwk.x)],
      [-3, bytes(jwk.y)],
    ],
    EdDSA: [
      [1, 1],
      [3, -8],
      [-1, 6],
      [-2, bytes(jwk.x)],
    ],
    RS256: [
      [1, 3],
      [3, -257],
      [-1, bytes(jwk.n)],
      [-2, bytes(jwk.e)],
    ],
  }
  return new Map(own[algorithm])
}

type CborValue = number | string | Buffer | readonly CborValue[] | Map<string | number, CborValue>

/** CBOR (RFC 8949) of what authenticators send. */
function cbor(value: CborValue): Buffer {
  if (typeof value === 'number') return value < 0 ? head(1, -1 - value) : head(0, value)
  if (Buffer.isBuffer(value)) return Buffer.concat([head(2, value.length), value])
  if (typeof value === 'string') return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)])
  if (value instanceof Map) {
    const entries = [...value].flatMap(([key, member]) => [cbor(key), cbor(member)])
    return Buffer.concat([head(5, value.size), ...entries])
  }
  return Buffer.concat([head(4, value.length), ...value.map(cbor)])
}

function head(major: number, count: number): Buffer {
  if (count < 24) return Buffer.from([(major << 5) | count])
  if (count < 256) return Buffer.from([(major << 5) | 24, count])
  return Buffer.from([(major << 5) | 25, count >> 8, count & 0xff])
}

const sha256 = (data: string | Buffer): Buffer => createHash('sha256').update(data).digest()
const base64Url = (bytes: Buffer): string => bytes.toString('base64url')
