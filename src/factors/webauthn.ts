import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server'
import { decodeAttestationObject, decodeClientDataJSON, isoCBOR, verifySignature } from '@simplewebauthn/server/helpers'
import type { Context } from '../context.ts'
import { fromBase64Url, toBase64Url } from '../crypto/encoding.ts'
import type { PasskeyAnswer, PasskeyCreationOptions, PasskeyRegistration, PasskeyRequestOptions } from './schema.ts'

/**
 * Web Authentication (Level 3) as a second factor. Possession is what counts, since the password came before: the user's
 * presence is demanded, verification by PIN or fingerprint is only preferred.
 */

type RelyingParty = Context['relyingParty']
type Bytes = Uint8Array<ArrayBuffer>

/** A credential as options name it. */
export type KnownCredential = { readonly credentialId: string; readonly transports: readonly string[] }

const name = 'Defeah'
const userVerification = 'preferred'
/** COSE numbers of Ed25519, ECDSA with P-256, RSA PKCS #1 with SHA-256: what authenticators have. */
const supportedAlgorithmIDs = [-8, -7, -257]

const descriptors = (known: readonly KnownCredential[]) =>
  known.map(({ credentialId: id, transports }) => ({ id, type: 'public-key', transports: [...transports] as never }))

/** More than RSA with 8,192 bits takes. */
const maxKeyBytes = 2_000
/** DER of two numbers of 29 bytes, and 64 bytes long: a form that ECDSA and Ed25519 both take a look at. */
const number = [0x02, 29, ...Array.from({ length: 29 }, () => 1)]
const anySignature = new Uint8Array([0x30, 62, ...number, ...number])

/** What a browser needs to make a credential. */
export async function creationOptions(
  { id: rpID }: RelyingParty,
  user: { readonly id: Bytes; readonly name: string; readonly displayName: string },
  { challenge, known, timeout }: { challenge: Bytes; known: readonly KnownCredential[]; timeout: number },
): Promise<PasskeyCreationOptions> {
  const excludeCredentials = descriptors(known)
  const authenticatorSelection = { residentKey: 'preferred', requireResidentKey: false, userVerification } as const
  const options = await generateRegistrationOptions({
    rpName: name,
    rpID,
    userID: user.id,
    userName: user.name,
    userDisplayName: user.displayName,
    challenge,
    timeout,
    attestationType: 'none',
    excludeCredentials,
    authenticatorSelection,
    supportedAlgorithmIDs,
  })
  return {
    rp: { id: rpID, name },
    user: options.user,
    challenge: options.challenge,
    pubKeyCredParams: options.pubKeyCredParams,
    timeout,
    excludeCredentials,
    authenticatorSelection,
    attestation: 'none',
    extensions: { credProps: true },
  }
}

/** What a browser needs to answer with a credential that it has. */
export async function requestOptions(
  { id: rpID }: RelyingParty,
  { challenge, known, timeout }: { challenge: Bytes; known: readonly KnownCredential[]; timeout: number },
): Promise<PasskeyRequestOptions> {
  const allowCredentials = descriptors(known)
  const options = await generateAuthenticationOptions({ rpID, challenge, timeout, allowCredentials, userVerification })
  return { ...options, rpId: rpID, allowCredentials, timeout, userVerification }
}

export type Registered = {
  readonly credentialId: string
  readonly publicKey: Bytes
  readonly signCount: number
  readonly isBackedUp: boolean
  readonly aaguid: string
}

/** The challenge that a browser's answer is to; undefined when it cannot be read. */
export function challengeOf({ response }: PasskeyRegistration): string | undefined {
  try {
    const { challenge } = decodeClientDataJSON(response.clientDataJSON)
    return typeof challenge === 'string' ? challenge : undefined
  } catch {
    return undefined
  }
}

/** The credential that was made for this challenge, here; undefined when anything about the answer is wrong. */
export async function checkRegistration(
  { id: expectedRPID, origins }: RelyingParty,
  { id, rawId, response: { clientDataJSON, attestationObject } }: PasskeyRegistration,
  expectedChallenge: string,
): Promise<Registered | undefined> {
  return await unlessRefused(async () => {
    const checked = await verifyRegistrationResponse({
      response: {
        id,
        rawId,
        type: 'public-key',
        clientExtensionResults: {},
        response: { clientDataJSON, attestationObject: withoutStatement(attestationObject) },
      },
      expectedChallenge,
      expectedOrigin: [...origins],
      expectedRPID,
      requireUserVerification: false,
      supportedAlgorithmIDs,
    })
    if (!checked.verified || checked.registrationInfo.credential.id !== id) return undefined
    const { credential, credentialBackedUp, aaguid } = checked.registrationInfo
    const { publicKey, counter: signCount } = credential
    if (publicKey.length > maxKeyBytes) return undefined
    // Nothing is signed here, so a key that no answer could ever be checked with has to be found out: it throws.
    await verifySignature({ signature: anySignature, data: anySignature, credentialPublicKey: publicKey })
    return { credentialId: id, publicKey, signCount, isBackedUp: credentialBackedUp, aaguid }
  })
}

/**
 * Who made an authenticator is not asked, so what is said about it is not looked at: some send a statement unasked, and
 * its certificates would be a parser's worth of input for nothing.
 */
function withoutStatement(attestationObject: string): string {
  const bytes = fromBase64Url(attestationObject)
  if (bytes === undefined) throw new Error('the attestation is not base64url')
  const authData = decodeAttestationObject(bytes).get('authData')
  return toBase64Url(
    isoCBOR.encode(
      new Map<string, string | Bytes | Map<string, never>>([
        ['fmt', 'none'],
        ['attStmt', new Map<string, never>()],
        ['authData', authData],
      ]),
    ),
  )
}

/** The counter and state after an answer; undefined when anything about it is wrong. */
export async function checkAnswer(
  { id: expectedRPID, origins }: RelyingParty,
  { id, rawId, response: { clientDataJSON, authenticatorData, signature } }: PasskeyAnswer,
  expected: { readonly challenge: string; readonly publicKey: Bytes; readonly signCount: number },
): Promise<{ readonly signCount: number; readonly isBackedUp: boolean } | undefined> {
  return await unlessRefused(async () => {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: {
        id,
        rawId,
        type: 'public-key',
        clientExtensionResults: {},
        response: { clientDataJSON, authenticatorData, signature },
      },
      expectedChallenge: expected.challenge,
      expectedOrigin: [...origins],
      expectedRPID,
      credential: { id, publicKey: expected.publicKey, counter: expected.signCount },
      requireUserVerification: false,
    })
    if (!verified) return undefined
    return { signCount: authenticationInfo.newCounter, isBackedUp: authenticationInfo.credentialBackedUp }
  })
}

/** The library throws for every fault of an answer, and its messages quote the answer: they go nowhere. */
async function unlessRefused<T>(check: () => Promise<T | undefined>): Promise<T | undefined> {
  try {
    return await check()
  } catch {
    return undefined
  }
}
