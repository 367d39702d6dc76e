import { Secret, TOTP } from 'otpauth'

/** Time-based one-time passwords (RFC 6238) in the form that every authenticator app knows: SHA-1, six digits, 30 s. */

const issuer = 'Defeah'
const stepMs = 30_000
/** RFC 4226, section 4: 160 bits. */
const secretBytes = 20
/** Steps that a phone's clock may be off, to either side. */
const leewaySteps = 1

/** A new secret, in base32 as apps take it. */
export const makeTotpSecret = (): string => new Secret({ size: secretBytes }).base32

/** What apps read from a QR code: https://github.com/google/google-authenticator/wiki/Key-Uri-Format */
export const otpauthUrl = (secret: string, email: string): string => totpOf(secret, email).toString()

/** The time step that a code belongs to; undefined when it is none of the present ones. */
export function stepOfCode(secret: string, code: string, now: Date): number | undefined {
  const timestamp = now.getTime()
  const offset = totpOf(secret, '').validate({ token: code, timestamp, window: leewaySteps })
  return offset === null ? undefined : Math.floor(timestamp / stepMs) + offset
}

const totpOf = (secret: string, label: string): TOTP => new TOTP({ issuer, label, secret, period: stepMs / 1_000 })
