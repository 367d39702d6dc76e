import { expect, test } from 'vitest'
import { slotTimes } from '../../src/slots/times.ts'

/** The slots of a week on the days of a calendar. */

const listed = (timeZone: string, slots: [weekday: number, time: string][], from: string, days: number) =>
  [...slotTimes({ timeZone, slots: slots.map(([weekday, time]) => ({ weekday, time })) }, new Date(from), days)].map(
    ({ slotAt, localTime }) => `${localTime} ${slotAt.toISOString()}`,
  )

test('each week has each slot, on its day, in order, from the given instant on', () => {
  // A Thursday, half past ten in Berlin.
  expect(
    listed(
      'Europe/Berlin',
      [
        [4, '10:30'],
        [4, '10:29'],
        [4, '11:00'],
        [3, '09:00'],
        [7, '23:00'],
      ],
      '2026-11-26T09:30:00Z',
      8,
    ),
  ).toEqual([
    '2026-11-26T10:30 2026-11-26T09:30:00.000Z',
    '2026-11-26T11:00 2026-11-26T10:00:00.000Z',
    '2026-11-29T23:00 2026-11-29T22:00:00.000Z',
    '2026-12-02T09:00 2026-12-02T08:00:00.000Z',
    '2026-12-03T10:29 2026-12-03T09:29:00.000Z',
    '2026-12-03T10:30 2026-12-03T09:30:00.000Z',
    '2026-12-03T11:00 2026-12-03T10:00:00.000Z',
  ])
})

test('the last instant is left out, and a day that the zone is ahead of UTC is not', () => {
  expect(listed('UTC', [[4, '10:00']], '2026-11-26T10:00:00Z', 7)).toEqual([
    '2026-11-26T10:00 2026-11-26T10:00:00.000Z',
  ])
  // The day before in UTC, and in Apia the 27th to the end of the 26th in UTC.
  expect(listed('Pacific/Apia', [[5, '12:00']], '2026-11-26T00:00:00Z', 1)).toEqual([
    '2026-11-27T12:00 2026-11-26T23:00:00.000Z',
  ])
})

test('the day is the day in the zone, not in UTC', () => {
  // A Friday already in Kathmandu, still Thursday in New York.
  expect(listed('Asia/Kathmandu', [[5, '02:00']], '2026-11-26T20:00:00Z', 1)).toEqual([
    '2026-11-27T02:00 2026-11-26T20:15:00.000Z',
  ])
  expect(listed('America/New_York', [[4, '20:00']], '2026-11-27T00:30:00Z', 1)).toEqual([
    '2026-11-26T20:00 2026-11-27T01:00:00.000Z',
  ])
})

test('a slot keeps its wall time through the year', () => {
  expect(listed('Europe/Berlin', [[7, '12:00']], '2026-10-18T10:00:00Z', 15)).toEqual([
    '2026-10-18T12:00 2026-10-18T10:00:00.000Z',
    '2026-10-25T12:00 2026-10-25T11:00:00.000Z',
    '2026-11-01T12:00 2026-11-01T11:00:00.000Z',
  ])
})

test('where clocks skip an hour, slots are in order of the instants that they are', () => {
  expect(
    listed(
      'Europe/Berlin',
      [
        [7, '02:30'],
        [7, '03:15'],
        [7, '03:30'],
      ],
      '2026-03-29T00:00:00Z',
      1,
    ),
  ).toEqual([
    '2026-03-29T03:15 2026-03-29T01:15:00.000Z',
    '2026-03-29T02:30 2026-03-29T01:30:00.000Z',
    '2026-03-29T03:30 2026-03-29T01:30:00.000Z',
  ])
})

test('where clocks show an hour twice, a slot in it is the first', () => {
  expect(listed('America/New_York', [[7, '01:30']], '2026-11-01T00:00:00Z', 2)).toEqual([
    '2026-11-01T01:30 2026-11-01T05:30:00.000Z',
  ])
})
