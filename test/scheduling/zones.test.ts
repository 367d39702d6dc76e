import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { instantOf, localTimeOf, UnknownTimeZone } from '../../src/scheduling/zones.ts'
import { startApp, type TestApp } from '../support/app.ts'

/** Wall time and instants, against what the zones' histories say and against PostgreSQL's own zone data. */

const at = (timeZone: string, localTime: string, fold?: 0 | 1) => instantOf({ timeZone, localTime, fold }).toISOString()

describe('a wall time that is there once', () => {
  test.each([
    ['Europe/Berlin', '2026-01-15T09:30', '2026-01-15T08:30:00.000Z'],
    ['Europe/Berlin', '2026-07-15T09:30:59', '2026-07-15T07:30:59.000Z'],
    ['America/New_York', '2026-01-15T23:00', '2026-01-16T04:00:00.000Z'],
    ['America/New_York', '2026-07-15T00:00', '2026-07-15T04:00:00.000Z'],
    ['Australia/Lord_Howe', '2026-01-15T09:30', '2026-01-14T22:30:00.000Z'],
    ['Australia/Lord_Howe', '2026-07-15T09:30', '2026-07-14T23:00:00.000Z'],
    ['Asia/Kathmandu', '2026-07-15T09:30', '2026-07-15T03:45:00.000Z'],
    ['Pacific/Kiritimati', '2026-07-15T09:30', '2026-07-14T19:30:00.000Z'],
    ['Pacific/Pago_Pago', '2026-07-15T09:30', '2026-07-15T20:30:00.000Z'],
    ['UTC', '2028-02-29T00:00', '2028-02-29T00:00:00.000Z'],
    // The days beside the one that Samoa left out.
    ['Pacific/Apia', '2011-12-29T23:59', '2011-12-30T09:59:00.000Z'],
    ['Pacific/Apia', '2011-12-31T00:00', '2011-12-30T10:00:00.000Z'],
    // Morocco is an hour ahead of UTC but in Ramadan: the days before and after it and within it.
    ['Africa/Casablanca', '2024-03-09T12:00', '2024-03-09T11:00:00.000Z'],
    ['Africa/Casablanca', '2024-03-20T12:00', '2024-03-20T12:00:00.000Z'],
    ['Africa/Casablanca', '2024-04-15T12:00', '2024-04-15T11:00:00.000Z'],
  ])('%s %s', (timeZone, localTime, instant) => {
    expect(at(timeZone, localTime)).toBe(instant)
    // fold speaks of times that are there twice, and of no other.
    expect(at(timeZone, localTime, 1)).toBe(instant)
  })
})

describe('a wall time that the clocks skip moves forward by what they skip', () => {
  test.each([
    ['Europe/Berlin', '2026-03-29T02:30', '2026-03-29T01:30:00.000Z', '2026-03-29T03:30:00'],
    ['Europe/Berlin', '2026-03-29T02:00', '2026-03-29T01:00:00.000Z', '2026-03-29T03:00:00'],
    ['America/New_York', '2026-03-08T02:59', '2026-03-08T07:59:00.000Z', '2026-03-08T03:59:00'],
    // Half an hour is skipped.
    ['Australia/Lord_Howe', '2026-10-04T02:15', '2026-10-03T15:45:00.000Z', '2026-10-04T02:45:00'],
    // A whole day is.
    ['Pacific/Apia', '2011-12-30T12:00', '2011-12-30T22:00:00.000Z', '2011-12-31T12:00:00'],
    ['Africa/Casablanca', '2024-04-14T02:30', '2024-04-14T02:30:00.000Z', '2024-04-14T03:30:00'],
  ])('%s %s', (timeZone, localTime, instant, shown) => {
    expect(at(timeZone, localTime)).toBe(instant)
    expect(at(timeZone, localTime, 1)).toBe(instant)
    expect(localTimeOf(new Date(instant), timeZone)).toBe(shown)
  })
})

describe('a wall time that the clocks show twice is the first, and with fold 1 the second', () => {
  test.each([
    ['Europe/Berlin', '2026-10-25T02:30', '2026-10-25T00:30:00.000Z', '2026-10-25T01:30:00.000Z'],
    ['Europe/Berlin', '2026-10-25T02:00', '2026-10-25T00:00:00.000Z', '2026-10-25T01:00:00.000Z'],
    ['America/New_York', '2026-11-01T01:59:59', '2026-11-01T05:59:59.000Z', '2026-11-01T06:59:59.000Z'],
    ['Australia/Lord_Howe', '2026-04-05T01:45', '2026-04-04T14:45:00.000Z', '2026-04-04T15:15:00.000Z'],
    ['Africa/Casablanca', '2024-03-10T02:30', '2024-03-10T01:30:00.000Z', '2024-03-10T02:30:00.000Z'],
  ])('%s %s', (timeZone, localTime, first, second) => {
    expect(at(timeZone, localTime)).toBe(first)
    expect(at(timeZone, localTime, 0)).toBe(first)
    expect(at(timeZone, localTime, 1)).toBe(second)
    for (const instant of [first, second])
      expect(localTimeOf(new Date(instant), timeZone)).toBe(localTime.padEnd(19, ':00'))
  })
})

test('a zone that nobody knows is named in what is thrown', () => {
  const unknown = { name: 'UnknownTimeZone', timeZone: 'Mars/Olympus' }
  expect(() => at('Mars/Olympus', '2026-01-15T09:30')).toThrow(UnknownTimeZone)
  expect(() => at('Mars/Olympus', '2026-01-15T09:30')).toThrow(expect.objectContaining(unknown))
  expect(() => localTimeOf(new Date(0), 'Mars/Olympus')).toThrow(expect.objectContaining(unknown))
})

test('zones in more spellings than are kept mean what they mean', () => {
  const spellings = Array.from({ length: 256 }, (_, bits) =>
    [...'Europe/Berlin'].map((char, i) => (bits & (1 << i) ? char.toUpperCase() : char)).join(''),
  )
  for (const timeZone of spellings) expect(at(timeZone, '2026-07-15T09:30')).toBe('2026-07-15T07:30:00.000Z')
})

const zones = [
  'Europe/Berlin',
  'Europe/Dublin',
  'America/New_York',
  'America/Sao_Paulo',
  'America/St_Johns',
  'Australia/Lord_Howe',
  'Asia/Kathmandu',
  'Asia/Tehran',
  'Pacific/Apia',
  'Pacific/Chatham',
  'Africa/Casablanca',
  'Antarctica/Troll',
]
const seconds = (from: string, to: string) =>
  fc.integer({ min: Date.parse(from) / 1000, max: Date.parse(to) / 1000 }).map((second) => new Date(second * 1000))

describe.each(zones)('%s', (timeZone) => {
  test('every instant comes back from its wall time, with one fold or the other', () => {
    fc.assert(
      fc.property(seconds('1970-01-01', '2100-01-01'), (instant) => {
        const localTime = localTimeOf(instant, timeZone)
        const [first, second] = [at(timeZone, localTime, 0), at(timeZone, localTime, 1)]
        expect([first, second]).toContain(instant.toISOString())
        expect(first <= second).toBe(true)
      }),
      { numRuns: 1000 },
    )
  })
})

// Its zone data are of another age than the runtime's, so both are asked about years that are past.
describe('PostgreSQL', () => {
  let app: TestApp
  beforeAll(async () => {
    app = await startApp()
  })

  test('shows the same wall time at every hour of two years', async () => {
    const rows = await app.owner<{ zone: string; ms: number; local: string }[]>`
      select zone, (extract(epoch from at) * 1000)::float8 as ms,
        to_char(at at time zone zone, 'YYYY-MM-DD"T"HH24:MI:SS') as local
      from unnest(${zones}::text[]) as zone,
        generate_series('2024-01-01'::timestamptz, '2025-12-31', '1 hour') as at`
    expect(rows).toHaveLength(zones.length * (24 * (2 * 365) + 1))
    const different = rows.filter(({ zone, ms, local }) => localTimeOf(new Date(ms), zone) !== local)
    expect(different).toEqual([])
  })

  test('means the same instant by every wall time that is there once', async () => {
    const rows = await app.owner<{ zone: string; local: string; ms: number }[]>`
      select zone, to_char(local, 'YYYY-MM-DD"T"HH24:MI:SS') as local,
        (extract(epoch from local at time zone zone) * 1000)::float8 as ms
      from unnest(${zones}::text[]) as zone,
        generate_series('2024-01-01'::timestamp, '2025-12-31', '187 minutes') as local`
    // It takes the later of two, and moves forward as well, so only twice-told times are left out.
    const once = rows.filter(({ zone, local }) => at(zone, local, 0) === at(zone, local, 1))
    expect(once.length).toBeGreaterThan(zones.length * 5_500)
    const different = once.filter(({ zone, local, ms }) => at(zone, local) !== new Date(ms).toISOString())
    expect(different).toEqual([])
  })
})
