import { z } from '@hono/zod-openapi'
import { PageOf, PageQuery } from '../http/paging.ts'
import { Id, Text, Timestamp } from '../http/values.ts'

/** Six digits of an authenticator app. */
const TotpCode = z.string().regex(/^[0-9]{6}$/, { error: 'must be six digits' })

/** As it is shown, or without its hyphens, in either case. */
const RecoveryCode = Text(40).min(1)

export const TotpSetUp = z.object({ secret: z.string(), otpauthUrl: z.string() }).openapi('TotpSetUp')
export type TotpSetUp = z.infer<typeof TotpSetUp>

export const TotpConfirmation = z.strictObject({ code: TotpCode }).openapi('TotpConfirmation')
export type TotpConfirmation = z.infer<typeof TotpConfirmation>

/** A code of the app, or a recovery code. */
export const TotpRemoval = z.strictObject({ code: RecoveryCode }).openapi('TotpRemoval')
export type TotpRemoval = z.infer<typeof TotpRemoval>

export const RecoveryCodes = z
  .object({ recoveryCodes: z.array(z.string()).openapi({ description: 'Each good once; not shown again' }) })
  .openapi('RecoveryCodes')
export type RecoveryCodes = z.infer<typeof RecoveryCodes>

// What follows is the JSON of browsers (Web Authentication Level 3, sections 5.1.8 to 5.1.10). Its inner members are theirs to
// add to, so those that are not known here are let through unread.

const Base64Url = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .regex(/^[A-Za-z0-9_-]+$/, { error: 'must be base64url' })

/** A credential id has at most 1,023 bytes. */
const CredentialId = Base64Url(1_364)

const credential = {
  id: CredentialId,
  rawId: CredentialId,
  type: z.enum(['public-key']),
  authenticatorAttachment: z.enum(['platform', 'cross-platform']).nullish(),
  clientExtensionResults: z.looseObject({}).optional(),
}

const Transport = z.string().regex(/^[a-z-]{1,20}$/, { error: 'must be a transport' })

/** What `navigator.credentials.create()` answered, as its toJSON() writes it. */
export const PasskeyRegistration = z
  .strictObject({
    ...credential,
    response: z.looseObject({
      clientDataJSON: Base64Url(4_096),
      attestationObject: Base64Url(32_768),
      transports: z.array(Transport).max(10).default([]),
    }),
  })
  .openapi('PasskeyRegistration')
export type PasskeyRegistration = z.infer<typeof PasskeyRegistration>

/** What `navigator.credentials.get()` answered, as its toJSON() writes it. */
export const PasskeyAnswer = z
  .strictObject({
    ...credential,
    response: z.looseObject({
      clientDataJSON: Base64Url(4_096),
      authenticatorData: Base64Url(4_096),
      signature: Base64Url(2_048),
      userHandle: Base64Url(100).nullish(),
    }),
  })
  .openapi('PasskeyAnswer')
export type PasskeyAnswer = z.infer<typeof PasskeyAnswer>

const Descriptor = z.object({ id: z.string(), type: z.string(), transports: z.array(z.string()).optional() })

export const PasskeyCreationOptions = z
  .object({
    rp: z.object({ id: z.string(), name: z.string() }),
    user: z.object({ id: z.string(), name: z.string(), displayName: z.string() }),
    challenge: z.string(),
    pubKeyCredParams: z.array(z.object({ type: z.string(), alg: z.int() })),
    timeout: z.int().openapi({ description: 'Milliseconds' }),
    excludeCredentials: z.array(Descriptor),
    authenticatorSelection: z.object({
      residentKey: z.string(),
      requireResidentKey: z.boolean(),
      userVerification: z.string(),
    }),
    attestation: z.string(),
    extensions: z.object({ credProps: z.boolean() }),
  })
  .openapi('PasskeyCreationOptions', { description: 'PublicKeyCredentialCreationOptionsJSON' })
export type PasskeyCreationOptions = z.infer<typeof PasskeyCreationOptions>

const PasskeyRequestOptions = z
  .object({
    rpId: z.string(),
    challenge: z.string(),
    allowCredentials: z.array(Descriptor),
    timeout: z.int().openapi({ description: 'Milliseconds' }),
    userVerification: z.string(),
  })
  .openapi('PasskeyRequestOptions', { description: 'PublicKeyCredentialRequestOptionsJSON' })
export type PasskeyRequestOptions = z.infer<typeof PasskeyRequestOptions>

export const Passkey = z
  .object({
    id: Id,
    device: z.string().nullable(),
    transports: z.array(z.string()),
    isBackedUp: z.boolean(),
    lastUsedAt: Timestamp.nullable(),
    createdAt: Timestamp,
  })
  .openapi('Passkey')
export type Passkey = z.infer<typeof Passkey>

export const NewPasskey = Passkey.extend({ recoveryCodes: RecoveryCodes.shape.recoveryCodes.optional() }).openapi(
  'NewPasskey',
)
export type NewPasskey = z.infer<typeof NewPasskey>

export const PasskeyPage = PageOf(Passkey, 'PasskeyPage')
export const PasskeyQuery = z.strictObject(PageQuery('passkeys', z.tuple([Id])))
export type PasskeyQuery = z.infer<typeof PasskeyQuery>

/** What a login answers instead of a session while a second factor is missing. */
export const SecondFactorRequest = z
  .object({
    secondFactor: z.object({
      challengeToken: z.string(),
      methods: z.array(z.enum(['totp', 'recovery', 'passkey'])),
      passkeyOptions: PasskeyRequestOptions.optional(),
    }),
  })
  .openapi('SecondFactorRequest')
export type SecondFactorRequest = z.infer<typeof SecondFactorRequest>

export const SecondFactorAnswer = z
  .strictObject({
    challengeToken: Text(100),
    code: TotpCode.optional(),
    recoveryCode: RecoveryCode.optional(),
    passkey: PasskeyAnswer.optional(),
  })
  .refine(
    ({ code, recoveryCode, passkey }) =>
      [code, recoveryCode, passkey].filter((answer) => answer !== undefined).length === 1,
    { error: 'must have exactly one of code, recoveryCode and passkey' },
  )
  .openapi('SecondFactorAnswer')
export type SecondFactorAnswer = z.infer<typeof SecondFactorAnswer>
