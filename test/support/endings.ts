import { afterAll } from 'vitest'

const endings: (() => unknown)[] = []

// At the top of a module that test files import: a hook that is registered from within another hook never runs.
afterAll(async () => {
  for (const end of endings.reverse()) await end()
})

/** Undoes something when the test file has ended, latest first, after the file's own afterAll. */
export function atEnd(end: () => unknown): void {
  endings.push(end)
}
