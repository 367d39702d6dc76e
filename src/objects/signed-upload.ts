import { AwsV4Signer } from 'aws4fetch'

/** What may be uploaded under a key, and until when. `sha256` in hex. */
export type Upload = {
  readonly key: string
  readonly bytes: number
  readonly sha256: string
  readonly contentType: string
  readonly signedAt: Date
  readonly expiresInSeconds: number
}

/** Where to send a PUT, with which headers: nothing else is taken there. The same upload gives the same URL. */
export type SignUpload = (
  upload: Upload,
) => Promise<{ readonly url: string; readonly headers: Readonly<Record<string, string>> }>

type Settings = { readonly url: string; readonly keyId: string; readonly secret: string }

/** Signs uploads to a bucket in R2's S3 API (AWS Signature Version 4, query parameters; R2, "Presigned URLs"). */
export function createUploadSigner({ url: bucketUrl, keyId, secret }: Settings): SignUpload {
  return async ({ key, bytes, sha256, contentType, signedAt, expiresInSeconds }) => {
    const headers = {
      'content-length': String(bytes),
      'content-type': contentType,
      'x-amz-checksum-sha256': btoa(String.fromCharCode(...bytesOf(sha256))),
      'x-amz-content-sha256': sha256,
    }
    const url = new URL(`${bucketUrl.replace(/\/$/, '')}/${key}`)
    url.searchParams.set('X-Amz-Expires', String(expiresInSeconds))
    const signed = await new AwsV4Signer({
      method: 'PUT',
      url: url.href,
      headers,
      accessKeyId: keyId,
      secretAccessKey: secret,
      service: 's3',
      region: 'auto',
      signQuery: true,
      allHeaders: true,
      datetime: signedAt.toISOString().replace(/[-:]|\.\d{3}/g, ''),
    }).sign()
    return { url: signed.url.href, headers }
  }
}

const bytesOf = (hex: string): number[] => (hex.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16))
