import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { bundleWorker } from '../scripts/local/bundle.ts'

// What an isolate loads before it serves: a dependency that brings more than it is worth shows here first.
const maxGzipBytes = 350_000

test('the bundle stays within its budget', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'defeah-bundle-'))
  try {
    await bundleWorker(directory)
    expect(gzipSync(readFileSync(join(directory, 'worker.js'))).byteLength).toBeLessThan(maxGzipBytes)
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
})
