/** Every key in Redis: prefix, meaning, lifetime. The version in the prefix changes with the value's form. */
export const cacheKeys = {
  /** Whether a session may act in a workspace, and as what. A revocation is seen when this and the isolate's copy end. */
  accessState: {
    key: (sessionId: string, workspaceId: string | null) => `access:2:${sessionId}:${workspaceId ?? '-'}`,
    ttlMs: 5_000,
  },
  /** The same of an API key, by the digest of its secret. */
  apiKeyState: { key: (digest: string) => `key:1:${digest}`, ttlMs: 5_000 },
  /** Tokens of a rate limit; lives until it would be full again. */
  bucket: { key: (policy: string, subject: string) => `limit:1:${policy}:${subject}` },
  /** Attempts at a password or a code, by a keyed hash of whose and whence. Kept an hour longer than the wait they made. */
  throttle: { key: (subject: string) => `throttle:1:${subject}` },
  /** Mails that a machine without a mail service keeps for its developer; newest first. */
  mailbox: { key: (name: string) => `mailbox:1:${name}`, ttlMs: 24 * 60 * 60 * 1000 },
} as const
