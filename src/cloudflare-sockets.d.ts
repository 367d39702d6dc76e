/** https://developers.cloudflare.com/workers/runtime-apis/tcp-sockets/ */
declare module 'cloudflare:sockets' {
  export function connect(address: { hostname: string; port: number }): {
    readonly readable: ReadableStream<Uint8Array<ArrayBuffer>>
    readonly writable: WritableStream<Uint8Array>
    readonly closed: Promise<void>
    close(): Promise<void>
  }
}
