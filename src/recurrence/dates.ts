import { dateOf, instantOf, todayIn } from '../scheduling/zones.ts'

/** Which days a rule names: arithmetic on calendar dates, in which no zone has a part. */

/** Every `interval` days, weeks or months, counted from that of `startsOn`; the terms are those of RFC 5545. */
export type DayRule = {
  readonly frequency: 'daily' | 'weekly' | 'monthly'
  readonly interval: number
  /** Of a week, by ISO 8601: 1 (Monday) to 7. */
  readonly weekdays: readonly number[]
  /** Of a month: 1 to 31. One that a month does not have is its last day (SKIP=BACKWARD of RFC 7529). */
  readonly monthDays: readonly number[]
  /** YYYY-MM-DD; both days are of the rule. */
  readonly startsOn: string
  readonly endsOn: string | null
}

const dayMs = 24 * 60 * 60 * 1000
/** As far as dates are taken from callers. */
const lastDate = '2199-12-31'

/** The days of a rule from a day on, in order, as YYYY-MM-DD. */
export function* datesOf(rule: DayRule, from: string): Generator<string> {
  const end = rule.endsOn ?? lastDate
  const start = Date.parse(from > rule.startsOn ? from : rule.startsOn)
  for (let at = start; dateAt(at) <= end; at += dayMs) if (isDayOf(rule, at)) yield dateAt(at)
}

function isDayOf({ frequency, interval, weekdays, monthDays, startsOn }: DayRule, at: number): boolean {
  const start = Date.parse(startsOn)
  if (frequency === 'daily') return ((at - start) / dayMs) % interval === 0
  if (frequency === 'weekly')
    return (weekOf(at) - weekOf(start)) % interval === 0 && weekdays.includes(new Date(at).getUTCDay() || 7)
  if ((monthOf(at) - monthOf(start)) % interval !== 0) return false
  const day = new Date(at).getUTCDate()
  const isLast = new Date(at + dayMs).getUTCDate() === 1
  return monthDays.includes(day) || (isLast && monthDays.some((other) => other > day))
}

/** Weeks begin on Monday; the first day of the epoch was a Thursday. */
const weekOf = (at: number): number => Math.floor((at / dayMs + 3) / 7)

const monthOf = (at: number): number => new Date(at).getUTCFullYear() * 12 + new Date(at).getUTCMonth()

const dateAt = (at: number): string => dateOf(new Date(at).toISOString())

/** A rule with the wall clock that it goes by. */
export type Rule = DayRule & { readonly time: string; readonly timeZone: string; readonly fold: 0 | 1 }

export type Occurrence = { readonly date: string; readonly localTime: string; readonly at: Date }

/** When a rule comes round after an instant, in the order of time. Throws UnknownTimeZone. */
export function* occurrencesAfter(rule: Rule, after: Date): Generator<Occurrence> {
  const { time, timeZone, fold } = rule
  for (const date of datesOf(rule, todayIn(timeZone, after))) {
    const localTime = `${date}T${time}`
    const at = instantOf({ localTime, timeZone, fold })
    if (at > after) yield { date, localTime, at }
  }
}
