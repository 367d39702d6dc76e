import { expect, test } from 'vitest'
import { makeCircuit } from '../src/cache/circuit.ts'
import type { Log } from '../src/log.ts'

/** What happens to those who ask something that is away. */

function world() {
  const lines: unknown[] = []
  let nowMs = 0
  const log: Log = (level, message, fields) => void lines.push({ level, message, ...fields })
  const circuit = (name: string) => makeCircuit({ name, monotonic: () => nowMs, log })
  const advance = (ms: number) => {
    nowMs += ms
  }
  return { circuit, advance, lines }
}
const fail = () => Promise.reject(new TypeError('a text with an address'))
const answer = async () => 'here'

test('after a failure nobody asks for five seconds, and one line says so', async () => {
  const { circuit, advance, lines } = world()
  const ask = circuit('cache')
  expect(await ask(answer)).toBe('here')
  expect(await Promise.all([ask(fail), ask(fail), ask(fail)])).toEqual([undefined, undefined, undefined])
  expect(lines).toEqual([{ level: 'warn', message: 'cache unavailable', circuitOpenMs: 5_000, error: 'TypeError' }])
  let asked = 0
  const count = () => {
    asked += 1
    return Promise.resolve(asked)
  }
  advance(4_999)
  expect([await ask(count), asked]).toEqual([undefined, 0])
  advance(1)
  expect([await ask(count), asked]).toEqual([1, 1])
})

test('one circuit that is open leaves another as it is', async () => {
  const { circuit } = world()
  const [cache, throttle] = [circuit('cache'), circuit('throttle')]
  await cache(fail)
  expect([await cache(answer), await throttle(answer)]).toEqual([undefined, 'here'])
})

test('a failure while others are answered is one slow answer, and everybody goes on asking', async () => {
  const { circuit, advance, lines } = world()
  const ask = circuit('cache')
  let giveUp = (_reason: Error) => {}
  const slow = ask(() => new Promise((_resolve, reject) => (giveUp = reject)))
  advance(1)
  expect(await ask(answer)).toBe('here')
  giveUp(new TypeError('too late'))
  expect([await slow, await ask(answer), lines]).toEqual([undefined, 'here', []])

  const alone = ask(fail)
  expect([await alone, await ask(answer)]).toEqual([undefined, undefined])
  expect(lines).toHaveLength(1)
})
