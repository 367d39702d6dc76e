import type { MemberContext } from '../context.ts'
import { type Page, pageOf } from '../paging.ts'
import { getOwnTimeZone } from '../users/service.ts'
import { listCalendarPosts } from './calendar.sql.ts'
import type { CalendarDay, CalendarQuery } from './schema.ts'
import { dateOf, instantOf, localTimeOf } from './zones.ts'

const dayMs = 86_400_000

/**
 * Posts by the days of a zone, in the order of time: each at the time at which it went live, or else at which it is to. A
 * day is as long as the zone's clocks make it.
 */
export async function listCalendar(
  ctx: MemberContext,
  { limit, cursor, from, to, timeZone: wanted, ...filters }: CalendarQuery,
): Promise<Page<CalendarDay> & { timeZone: string }> {
  const timeZone = wanted ?? (await getOwnTimeZone(ctx))
  const dayAfter = dateOf(new Date(Date.parse(to) + dayMs).toISOString())
  const rows = await ctx.db.many(listCalendarPosts, {
    ...filters,
    from: midnightOf(from, timeZone),
    to: midnightOf(dayAfter, timeZone),
    afterTime: cursor?.[0] ?? null,
    afterId: cursor?.[1] ?? null,
    limit: limit + 1,
  })
  const { data, nextKey } = pageOf(rows, limit, ({ cursorTime, id }) => [cursorTime, id])
  const byDate = new Map<string, CalendarDay>()
  for (const { standsAt, cursorTime: _, ...post } of data) {
    const localTime = localTimeOf(new Date(standsAt), timeZone)
    const date = dateOf(localTime)
    const day = byDate.get(date) ?? { date, posts: [] }
    day.posts.push({ ...post, localTime })
    byDate.set(date, day)
  }
  return { data: [...byDate.values()], nextKey, timeZone }
}

const midnightOf = (date: string, timeZone: string): string =>
  instantOf({ localTime: `${date}T00:00:00`, timeZone }).toISOString()
