import { randomUUID } from 'node:crypto'
import { forgot, login, newPassword } from './accounts.ts'
import type { TestApp } from './app.ts'
import { registerUser } from './client.ts'

/** How long login and forgot take for addresses that somebody has and for those that nobody has. */

type Medians = { existingMs: number; missingMs: number }

const acts = {
  login: async (app: TestApp, email: string, headers: Record<string, string>) =>
    (await login(app, { email, password: newPassword() }, headers)).status === 401,
  forgot: async (app: TestApp, email: string, headers: Record<string, string>) =>
    (await forgot(app, email, headers)).status === 202,
} as const

/** Distinct accounts, since each may be guessed at only a few times. */
export async function registerAddresses(app: TestApp, count: number): Promise<string[]> {
  const addresses: string[] = []
  for (let turn = 0; turn < count; turn += 1) addresses.push((await registerUser(app)).email)
  return addresses
}

/** Asks for each existing address and as many missing ones, one at a time, in random order, each from a network of its own. */
export async function measure(app: TestApp, act: keyof typeof acts, existing: readonly string[]): Promise<Medians> {
  const missing = existing.map(() => `${randomUUID()}@example.test`)
  const asked = [
    ...existing.map((email) => ({ email, kind: 'existing' as const })),
    ...missing.map((email) => ({ email, kind: 'missing' as const })),
  ]
  const times = { existing: [] as number[], missing: [] as number[] }
  for (const [index, { email, kind }] of shuffled(asked).entries()) {
    const headers = { 'CF-Connecting-IP': `2001:db8:${act === 'login' ? 1 : 2}:${index.toString(16)}::1` }
    const startedAt = performance.now()
    const isAnswered = await acts[act](app, email, headers)
    times[kind].push(performance.now() - startedAt)
    if (!isAnswered) throw new Error(`${act} for a ${kind} address was not answered as it should be`)
  }
  return { existingMs: median(times.existing), missingMs: median(times.missing) }
}

/** By how much the medians differ, as a share of the smaller one and in milliseconds. */
export const differenceOf = ({ existingMs, missingMs }: Medians): { share: number; ms: number } => {
  const ms = Math.abs(existingMs - missingMs)
  return { share: ms / Math.min(existingMs, missingMs), ms }
}

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN

const shuffled = <T>(values: readonly T[]): T[] =>
  values
    .map((value) => ({ value, place: Math.random() }))
    .toSorted((left, right) => left.place - right.place)
    .map(({ value }) => value)
