import { readFileSync, rmSync } from 'node:fs'
import { commandOf, LocalError } from './process.ts'
import { writePrivate } from './secrets.ts'

/** Keeps a second `npm run dev` away from a data folder in use; one that died without a word does not count. */
export async function takeLock(file: string): Promise<() => void> {
  const holder = readHolder(file)
  if (holder !== undefined && holder !== process.pid && (await commandOf(holder))?.includes('dev.ts')) {
    throw new LocalError(
      `npm run dev is already running here (process ${holder}): stop it, or use npm run dev -- --ephemeral with another PORT`,
    )
  }
  writePrivate(file, `${process.pid}\n`)
  return () => {
    if (readHolder(file) === process.pid) rmSync(file, { force: true })
  }
}

function readHolder(file: string): number | undefined {
  try {
    return Number(readFileSync(file, 'utf8')) || undefined
  } catch {
    return undefined
  }
}
