/** The platform's pipe for a known number of bytes (https://developers.cloudflare.com/workers/runtime-apis/streams/transformstream). */
declare class FixedLengthStream extends TransformStream<Uint8Array, Uint8Array> {
  constructor(bytes: number)
}
