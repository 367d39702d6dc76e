import { createHash, createHmac, randomBytes, randomUUID } from 'node:crypto'
import type { AppSecrets, TestApp } from './app.ts'
import { asOwner } from './tenants.ts'

type Session = { sessionId: string; generation: number; secret: Buffer }

/** A refresh token by its documented form, under the current version of K. */
export function refreshTokenOf({ refreshMacKeys }: AppSecrets, { sessionId, generation, secret }: Session): string {
  const [key = new Uint8Array()] = refreshMacKeys.values()
  const inner = createHmac('sha256', key).update(`${sessionId}.${generation}`).digest()
  return `${sessionId}.${generation}.${createHash('sha256').update(secret).update(inner).digest('hex')}`
}

/** A session as a login makes it, without the cost of a password's hash. */
export async function insertSession(
  app: Pick<TestApp, 'owner' | 'now'>,
  secrets: AppSecrets,
  user: { id: string; workspaceId: string | null },
): Promise<{ sessionId: string; token: string }> {
  const [sessionId, secret] = [randomUUID(), randomBytes(32)]
  const now = app.now().getTime()
  const inDays = (days: number) => new Date(now + days * 24 * 60 * 60_000).toISOString()
  await asOwner(
    app,
    (tx) => tx`
      insert into user_sessions (id, user_id, workspace_id, secret, last_seen_at, idle_expires_at, absolute_expires_at)
      values (${sessionId}, ${user.id}, ${user.workspaceId}, decode(${secret.toString('hex')}, 'hex'),
        ${inDays(0)}, ${inDays(30)}, ${inDays(90)})`,
  )
  return { sessionId, token: refreshTokenOf(secrets, { sessionId, generation: 0, secret }) }
}
