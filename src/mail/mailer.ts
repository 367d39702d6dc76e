/** A mail as it leaves. `token` is what its link carries; the local mailbox shows it, no other adapter sees it apart. */
export type Mail = {
  readonly to: string
  readonly subject: string
  readonly text: string
  readonly token: string | null
}

/**
 * The port. Resolves when the mail is accepted for delivery, rejects within 10 s otherwise; it may have been sent all the
 * same.
 */
export type Mailer = {
  /** `key` names this attempt, for services that drop a mail they have already taken. */
  readonly send: (mail: Mail, key: string) => Promise<void>
}
