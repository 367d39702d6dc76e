import { dateOf, instantOf, todayIn } from '../scheduling/zones.ts'
import type { PostingSlot } from './schema.ts'

/** A slot on a certain day. */
export type SlotTime = { readonly slotAt: Date; readonly localTime: string }

type Week = { readonly timeZone: string; readonly slots: readonly PostingSlot[] }

const dayMs = 24 * 60 * 60 * 1000

/** The slots from an instant on to so many times 24 hours later, in order of time. Throws UnknownTimeZone. */
export function* slotTimes({ timeZone, slots }: Week, from: Date, days: number): Generator<SlotTime> {
  const firstDay = Date.parse(todayIn(timeZone, from))
  const until = new Date(from.getTime() + days * dayMs)
  for (let day = 0; day <= days + 1; day += 1) {
    const date = new Date(firstDay + day * dayMs)
    // Where clocks skip an hour, two wall times can change their order, or be one instant.
    const ofDay = slots
      .filter(({ weekday }) => weekday === weekdayOf(date))
      .map(({ time }) => `${dateOf(date.toISOString())}T${time}`)
      .map((localTime) => ({ localTime, slotAt: instantOf({ localTime, timeZone }) }))
      .sort((one, other) => one.slotAt.getTime() - other.slotAt.getTime())
    for (const slot of ofDay) if (slot.slotAt >= from && slot.slotAt < until) yield slot
  }
}

/** By ISO 8601: Monday is 1, Sunday 7. */
const weekdayOf = (date: Date): number => date.getUTCDay() || 7
