import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ErasureDone, ErasureIntent } from '../../src/privacy/erasure-list.ts'
import { LocalError } from '../local/process.ts'

/** One erasure of the list; without `erasedAt` nobody has said that it happened. */
export type ListedErasure = ErasureIntent & { readonly erasedAt?: string }

/** Reads a copy of the list: the folder `erasures/` of the bucket, or one that holds it. Oldest first. */
export function readList(directory: string): ListedErasure[] {
  const folder = existsSync(join(directory, 'erasures')) ? join(directory, 'erasures') : directory
  if (!existsSync(folder)) throw new LocalError(`--list ${directory}: there is no such folder`)
  const entries = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory())
  return entries
    .map(({ name }) => readOne(join(folder, name)))
    .sort((a, b) => a.requestedAt.localeCompare(b.requestedAt))
}

/** A list that cannot be read whole is refused: whoever is in the rest would come back. */
function readOne(folder: string): ListedErasure {
  const requested = ErasureIntent.safeParse(readJson(join(folder, 'requested.json')))
  if (!requested.success) throw new LocalError(`${folder}/requested.json is not there, or is no entry of the list`)
  const doneFile = join(folder, 'erased.json')
  if (!existsSync(doneFile)) return requested.data
  const done = ErasureDone.safeParse(readJson(doneFile))
  if (!done.success || done.data.userId !== requested.data.userId) {
    throw new LocalError(`${doneFile} is no entry of the list, or another person's`)
  }
  return { ...requested.data, erasedAt: done.data.erasedAt }
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return undefined
  }
}
