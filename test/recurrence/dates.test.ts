import { expect, test } from 'vitest'
import { type DayRule, datesOf, occurrencesAfter } from '../../src/recurrence/dates.ts'

const rule = (part: Partial<DayRule>): DayRule => ({
  frequency: 'daily',
  interval: 1,
  weekdays: [],
  monthDays: [],
  startsOn: '2027-01-01',
  endsOn: null,
  ...part,
})
const first = (count: number, part: Partial<DayRule>, from = '2027-01-01') => {
  const dates = datesOf(rule(part), from)
  return Array.from({ length: count }, () => dates.next().value)
}

test('days are counted from the first one, wherever one begins to look', () => {
  expect(first(3, {})).toEqual(['2027-01-01', '2027-01-02', '2027-01-03'])
  expect(first(3, { interval: 3 }, '2027-01-02')).toEqual(['2027-01-04', '2027-01-07', '2027-01-10'])
  expect(first(2, { startsOn: '2027-02-01' })).toEqual(['2027-02-01', '2027-02-02'])
})

test('weeks begin on Monday, and every second one is counted from that of the first day', () => {
  // 2027-01-01 is a Friday.
  const weekdays = [1, 5, 7]
  expect(first(4, { frequency: 'weekly', weekdays })).toEqual(['2027-01-01', '2027-01-03', '2027-01-04', '2027-01-08'])
  expect(first(4, { frequency: 'weekly', weekdays, interval: 2 })).toEqual([
    '2027-01-01',
    '2027-01-03',
    '2027-01-11',
    '2027-01-15',
  ])
})

test('a day that a month does not have is its last, once', () => {
  const monthDays = [30, 31]
  expect(first(5, { frequency: 'monthly', monthDays })).toEqual([
    '2027-01-30',
    '2027-01-31',
    '2027-02-28',
    '2027-03-30',
    '2027-03-31',
  ])
  expect(first(2, { frequency: 'monthly', monthDays: [29] }, '2028-02-01')).toEqual(['2028-02-29', '2028-03-29'])
  expect(first(3, { frequency: 'monthly', monthDays: [1], interval: 12 })).toEqual([
    '2027-01-01',
    '2028-01-01',
    '2029-01-01',
  ])
})

test('the last day is of the rule, and none after it', () => {
  expect([...datesOf(rule({ endsOn: '2027-01-02' }), '2027-01-01')]).toEqual(['2027-01-01', '2027-01-02'])
  expect([...datesOf(rule({ endsOn: '2027-01-02' }), '2027-01-03')]).toEqual([])
})

test.each([
  // The night in which clocks go forward, the one in which they go back, and what each shows of the time asked for.
  ['Europe/Berlin', '2027-03-28', '02:30', 0, '2027-03-28T01:30:00.000Z'],
  ['Europe/Berlin', '2027-10-31', '02:30', 0, '2027-10-31T00:30:00.000Z'],
  ['Europe/Berlin', '2027-10-31', '02:30', 1, '2027-10-31T01:30:00.000Z'],
  ['America/New_York', '2027-03-14', '02:30', 0, '2027-03-14T07:30:00.000Z'],
  ['America/New_York', '2027-11-07', '01:30', 1, '2027-11-07T06:30:00.000Z'],
  ['Australia/Lord_Howe', '2027-10-03', '02:15', 0, '2027-10-02T15:45:00.000Z'],
  ['Australia/Lord_Howe', '2027-04-04', '01:45', 1, '2027-04-03T15:15:00.000Z'],
  ['Asia/Kathmandu', '2027-03-28', '00:15', 0, '2027-03-27T18:30:00.000Z'],
] as const)('in %s the occurrence of %s at %s (fold %i) is at %s', (timeZone, date, time, fold, at) => {
  const daily = { ...rule({}), time, timeZone, fold }
  const found = occurrencesAfter(daily, new Date(Date.parse(at) - 60_000)).next().value
  expect([found?.date, found?.at.toISOString()]).toEqual([date, at])
  const next = occurrencesAfter(daily, new Date(at)).next().value
  expect(next?.date).not.toBe(date)
})
