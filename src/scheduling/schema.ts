import { z } from '@hono/zod-openapi'
import { PageQuery } from '../http/paging.ts'
import { DateOnly, Id, Timestamp, TimeZone } from '../http/values.ts'
import { PostKind, PostStatus } from '../posts/schema.ts'

/** Days of one request. */
export const maxCalendarDays = 62

export const CalendarPost = z
  .object({
    id: Id,
    kind: PostKind,
    status: PostStatus,
    caption: z.string().nullable(),
    accountId: Id.nullable(),
    campaignId: Id.nullable(),
    scheduledAt: Timestamp.nullable(),
    publishedAt: Timestamp.nullable(),
    localTime: z.string().openapi({ description: "When it went live, or is to, on the viewer's clock" }),
  })
  .openapi('CalendarPost')
export type CalendarPost = z.infer<typeof CalendarPost>

export const CalendarDay = z
  .object({ date: z.string().openapi({ format: 'date' }), posts: z.array(CalendarPost) })
  .openapi('CalendarDay')
export type CalendarDay = z.infer<typeof CalendarDay>

export const CalendarPage = z
  .object({
    data: z
      .array(CalendarDay)
      .openapi({ description: 'Days that have posts; a day goes on where the next page begins with it' }),
    nextCursor: z.string().nullable(),
    timeZone: z.string(),
  })
  .openapi('CalendarPage')

const days = (from: string, to: string) => (Date.parse(to) - Date.parse(from)) / 86_400_000 + 1

export const CalendarQuery = z
  .strictObject({
    ...PageQuery('calendar', z.tuple([z.string().max(40), Id])),
    from: DateOnly,
    to: DateOnly.openapi({ description: `The last day, at most ${maxCalendarDays} days with the first` }),
    timeZone: TimeZone.optional().openapi({ description: "By default the user's own" }),
    status: PostStatus.optional(),
    accountId: Id.optional(),
    campaignId: Id.optional(),
  })
  .refine(({ from, to }) => from <= to, { path: ['to'], error: 'must not be before from' })
  .refine(({ from, to }) => days(from, to) <= maxCalendarDays, {
    path: ['to'],
    error: `must be at most ${maxCalendarDays} days with from`,
  })
export type CalendarQuery = z.infer<typeof CalendarQuery>
