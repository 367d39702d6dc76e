/**
 * Local wall time and instants, by the runtime's own zone data (Intl): nothing to ship, and rules as new as the platform.
 *
 * A wall time that a clock skips (the gap) moves forward by what was skipped: 02:30 becomes 03:30. One that a clock shows
 * twice (the overlap) is the first of the two, or the second with fold 1. fold says nothing of any other time, as in
 * Python's PEP 495: so a caller may send it always, and a plan for every week need not know which week it is.
 */

/** A wall time with no zone: 'YYYY-MM-DDTHH:MM' or 'YYYY-MM-DDTHH:MM:SS', of a day that the calendar has. */
export type WallTime = {
  readonly localTime: string
  readonly timeZone: string
  readonly fold?: 0 | 1 | undefined
}

/** No zone of this runtime's data has that name. A zone that was stored may have been named by newer data. */
export class UnknownTimeZone extends Error {
  override readonly name = 'UnknownTimeZone'
  readonly timeZone: string

  constructor(timeZone: string, options?: ErrorOptions) {
    super(`unknown time zone ${timeZone}`, options)
    this.timeZone = timeZone
  }
}

const dayMs = 24 * 60 * 60 * 1000

/** The instant at which a clock in the zone shows the wall time. Throws UnknownTimeZone. */
export function instantOf({ localTime, timeZone, fold = 0 }: WallTime): Date {
  const asUtc = readAsUtc(localTime)
  // No zone is a day away from UTC, so these two stand before and after whatever the wall time means.
  const before = offsetAt(asUtc - dayMs, timeZone)
  const after = offsetAt(asUtc + dayMs, timeZone)
  const candidates = before === after ? [asUtc - before] : [asUtc - before, asUtc - after]
  const instants = candidates.filter((at) => at + offsetAt(at, timeZone) === asUtc)
  if (instants.length === 0) return new Date(asUtc - before)
  return new Date(fold === 1 ? Math.max(...instants) : Math.min(...instants))
}

/** What a clock in the zone shows at the instant: 'YYYY-MM-DDTHH:MM:SS', a fraction dropped. Throws UnknownTimeZone. */
export function localTimeOf(instant: Date, timeZone: string): string {
  const at = instant.getTime()
  return writeUtc(at + offsetAt(at, timeZone))
}

/** The date that a calendar in the zone shows: 'YYYY-MM-DD'. Throws UnknownTimeZone. */
export const todayIn = (timeZone: string, now: Date): string => dateOf(localTimeOf(now, timeZone))

/** The date of a wall time, or of an instant in UTC. */
export const dateOf = (time: string): string => time.slice(0, 'YYYY-MM-DD'.length)

/** How far the zone's clocks are ahead of UTC, in milliseconds. Whole seconds: zones of old had odd ones. */
function offsetAt(at: number, timeZone: string): number {
  const wholeSecond = Math.floor(at / 1000) * 1000
  const [month = 0, day, year = 0, ...time] = formatterOf(timeZone).format(wholeSecond).split(/\D+/).map(Number)
  return Date.UTC(year, month - 1, day, ...time) - wholeSecond
}

/** A formatter takes thirty times as long to make as to use, and a good deal of memory: so many are kept. */
const maxFormatters = 100
const formatters = new Map<string, Intl.DateTimeFormat>()

function formatterOf(timeZone: string): Intl.DateTimeFormat {
  const kept = formatters.get(timeZone)
  if (kept !== undefined) return kept
  const made = makeFormatter(timeZone)
  // Names come from callers, in any mixture of cases: a full map begins anew.
  if (formatters.size === maxFormatters) formatters.clear()
  formatters.set(timeZone, made)
  return made
}

const twoDigits = '2-digit'

function makeFormatter(timeZone: string): Intl.DateTimeFormat {
  const time = { hour: twoDigits, minute: twoDigits, second: twoDigits, hourCycle: 'h23' } as const
  const date = { month: twoDigits, day: twoDigits, year: 'numeric' } as const
  try {
    // American English writes 11/26/2026, 09:30:00.
    return new Intl.DateTimeFormat('en-US', { ...date, ...time, timeZone, calendar: 'gregory' })
  } catch (error) {
    if (error instanceof RangeError) throw new UnknownTimeZone(timeZone, { cause: error })
    throw error
  }
}

const readAsUtc = (localTime: string): number => Date.parse(`${localTime}Z`)

const writeUtc = (at: number): string => new Date(at).toISOString().slice(0, 'YYYY-MM-DDTHH:MM:SS'.length)
