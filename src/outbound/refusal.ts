/** Why nothing is fetched from a URL that somebody else has chosen. */
export type OutboundReason =
  | 'url'
  | 'address'
  | 'unresolved'
  | 'too-many-redirects'
  | 'unreachable'
  | 'status'
  | 'too-late'
  | 'too-large'
  | 'broken-off'

/** `detail` is for whoever named the URL: it says nothing that they could not find out themselves. */
export class OutboundRefusal extends Error {
  override readonly name = 'OutboundRefusal'
  readonly reason: OutboundReason
  readonly detail: string

  constructor(reason: OutboundReason, detail: string, options?: ErrorOptions) {
    super(reason, options)
    this.reason = reason
    this.detail = detail
  }
}
