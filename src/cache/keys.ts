/** Every key in Redis: prefix, meaning, lifetime. The version in the prefix changes with the value's form. */
export const cacheKeys = {
  /** Whether a session may act in a workspace, and as what. A revocation is seen when this and the isolate's copy end. */
  accessState: {
    key: (sessionId: string, workspaceId: string | null) => `access:1:${sessionId}:${workspaceId ?? '-'}`,
    ttlMs: 5_000,
  },
} as const
