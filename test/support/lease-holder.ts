import { writeSync } from 'node:fs'
import { z } from 'zod'
import type { UserContext } from '../../src/context.ts'
import { createDatabase } from '../../src/db/database.ts'
import { leased } from '../../src/idempotency/service.ts'
import { createPool } from './sql.ts'

/**
 * A worker that takes a request and is then killed: a process of its own, which begins the effect, says so, and never
 * comes back from it.
 */
export type Held = {
  apiUrl: string
  filled: Record<string, string>
  fingerprints: string[]
  leaseSeconds: number
  isInside: boolean
}

const { apiUrl, filled, fingerprints, leaseSeconds, isInside } = JSON.parse(process.argv[2] ?? '') as Held
const pool = createPool(apiUrl, 1)
const ports = { connect: () => pool, monotonic: () => performance.now(), onStatement: () => undefined }
const ctx = {
  ...(isInside && { workspaceId: filled['workspaceId'] }),
  fingerprints,
  db: createDatabase(ports, { ...filled, idempotencyFingerprints: fingerprints }),
  now: () => new Date(),
} as unknown as UserContext
await leased(ctx, { answer: z.unknown(), status: 202, leaseSeconds }, async () => {
  writeSync(1, 'begun\n')
  return await new Promise(() => setInterval(() => undefined, 1_000))
})
