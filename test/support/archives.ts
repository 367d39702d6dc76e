import { gunzipSync } from 'node:zlib'
import { expect } from 'vitest'
import { runWaking } from '../../src/jobs/run.ts'
import { publicUrl, type TestApp } from './app.ts'
import type { SignedInUser } from './client.ts'

export type Archive = {
  head: Record<string, unknown>
  /** Rows by table. */
  // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever the archive holds
  rows: Record<string, any[]>
  end: Record<string, unknown>
  text: string
}

/** What an archive holds. */
export function readArchive(bytes: Uint8Array): Archive {
  const text = gunzipSync(bytes).toString()
  const [head, ...lines] = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  const end = lines.pop()
  const rows: Archive['rows'] = {}
  for (const { table, row } of lines) {
    const known = rows[table] ?? []
    known.push(row)
    rows[table] = known
  }
  return { head, rows, end, text }
}

/** Asks for an archive, has it made, and reads it by its link. */
export async function exportOf(app: TestApp, user: Pick<SignedInUser, 'call'>): Promise<Archive & { id: string }> {
  const asked = await user.call('POST', '/v1/me/export')
  expect(asked.status).toBe(202)
  await runWaking(app.jobs)
  const { body } = await user.call('GET', `/v1/me/exports/${asked.body.id}`)
  expect(body.status).toBe('ready')
  return { id: body.id, ...readArchive(await download(app, body.download.url)) }
}

export async function download(app: Pick<TestApp, 'fetch'>, url: string): Promise<Uint8Array> {
  expect(url.startsWith(`${publicUrl}/v1/exports/`)).toBe(true)
  const response = await app.fetch(new Request(url))
  expect(response.status).toBe(200)
  return new Uint8Array(await response.arrayBuffer())
}
