/**
 * What the bundle holds in place of `@peculiar/asn1-*`, `@peculiar/x509`, `reflect-metadata` and the attestation formats of
 * @simplewebauthn/server (see `alias` in wrangler.toml): they are 77 of the 90 kB (gzip) that it would add. A passkey needs
 * one thing of them, the two numbers of an ECDSA signature. All else in there reads the certificates of attestations, which
 * src/factors/webauthn.ts takes away before the library sees them; whoever reaches for it here is refused.
 */

/** `ECDSA-Sig-Value ::= SEQUENCE { r INTEGER, s INTEGER }` (RFC 3279, section 2.2.3). */
export class ECDSASigValue {
  readonly r: Uint8Array
  readonly s: Uint8Array

  constructor(r: Uint8Array, s: Uint8Array) {
    this.r = r
    this.s = s
  }
}

const sequence = 0x30
const integer = 0x02

export const AsnParser = {
  /** Reads DER. The numbers keep the zero that DER may put before them. Throws for everything but one whole signature. */
  parse: (der: Uint8Array, type: unknown): ECDSASigValue => {
    if (type !== ECDSASigValue) return refuse()
    const outer = elementAt(der, 0, sequence)
    const r = elementAt(outer.content, 0, integer)
    const s = elementAt(outer.content, r.end, integer)
    if (outer.end !== der.length || s.end !== outer.content.length) return refuse()
    return new ECDSASigValue(r.content, s.content)
  },
}

/** The element that begins at `at`; a length below 256 bytes is more than any curve needs. */
function elementAt(der: Uint8Array, at: number, tag: number): { content: Uint8Array; end: number } {
  const isLong = der[at + 1] === 0x81
  const length = der[isLong ? at + 2 : at + 1] ?? 0
  const start = at + (isLong ? 3 : 2)
  const end = start + length
  if (der[at] !== tag || length === 0 || length > 127 !== isLong || end > der.length) return refuse()
  return { content: der.subarray(start, end), end }
}

function refuse(): never {
  throw new Error('this is no ECDSA signature, and nothing else is read here')
}

// What the library imports by name from there, and never reaches.
export {
  refuse as AuthorityKeyIdentifierExtension,
  refuse as BasicConstraints,
  refuse as Certificate,
  refuse as CRLDistributionPointsExtension,
  refuse as ECParameters,
  refuse as ExtendedKeyUsage,
  refuse as id_ce_basicConstraints,
  refuse as id_ce_extKeyUsage,
  refuse as id_ce_keyDescription,
  refuse as id_ce_subjectAltName,
  refuse as id_ecdsaWithSHA256,
  refuse as id_ecdsaWithSHA384,
  refuse as id_ecdsaWithSHA512,
  refuse as id_ecPublicKey,
  refuse as id_ml_dsa_44,
  refuse as id_ml_dsa_65,
  refuse as id_ml_dsa_87,
  refuse as id_rsaEncryption,
  refuse as id_secp256r1,
  refuse as id_secp384r1,
  refuse as id_sha1WithRSAEncryption,
  refuse as id_sha256WithRSAEncryption,
  refuse as id_sha384WithRSAEncryption,
  refuse as id_sha512WithRSAEncryption,
  refuse as KeyDescription,
  refuse as OctetString,
  refuse as RSAPublicKey,
  refuse as SubjectAlternativeName,
  refuse as SubjectKeyIdentifierExtension,
  refuse as X509Certificate,
  refuse as X509ChainBuilder,
  refuse as X509Crl,
  refuse as Apple_WebAuthn_Root_CA,
  refuse as GlobalSign_Root_CA,
  refuse as GlobalSign_Root_CA_R3,
  refuse as GlobalSign_Root_R46,
  refuse as Google_Hardware_Attestation_Root_1,
  refuse as Google_Hardware_Attestation_Root_2,
  refuse as Google_Hardware_Attestation_Root_3,
  refuse as Google_Hardware_Attestation_Root_4,
  refuse as verifyAttestationAndroidKey,
  refuse as verifyAttestationAndroidSafetyNet,
  refuse as verifyAttestationApple,
  refuse as verifyAttestationFIDOU2F,
  refuse as verifyAttestationPacked,
  refuse as verifyAttestationTPM,
}
