import { z } from '@hono/zod-openapi'
import { DateOnly, Fold, Id, TimeOfDay, Timestamp, TimeZone, Weekday } from '../http/values.ts'
import { PostProblem, PostStatus } from '../posts/schema.ts'

const Interval = (max: number, unit: string) =>
  z
    .int({ abort: true })
    .min(1)
    .max(max)
    .default(1)
    .openapi({ description: `Every so many ${unit}, counted from that of startsOn` })

const MonthDay = z.int({ abort: true }).min(1).max(31)

const Days = (day: z.ZodInt, max: number) =>
  z
    .array(day)
    .min(1)
    .max(max)
    .refine((days) => new Set(days).size === days.length, { error: 'must not hold one day twice' })
    .transform((days) => days.toSorted((one, other) => one - other))

const clock = {
  time: TimeOfDay,
  timeZone: TimeZone,
  fold: Fold,
  startsOn: DateOnly.optional().openapi({ description: 'By default today, in the zone' }),
  endsOn: DateOnly.nullable().default(null).openapi({ description: 'The last day; null: it goes on' }),
}

/** The rule by which a post repeats: days, and the wall clock on which the time of day is read. */
export const NewPostRecurrence = z
  .discriminatedUnion('frequency', [
    z.strictObject({ frequency: z.literal('daily'), interval: Interval(365, 'days'), ...clock }),
    z.strictObject({
      frequency: z.literal('weekly'),
      interval: Interval(52, 'weeks'),
      weekdays: Days(Weekday, 7),
      ...clock,
    }),
    z.strictObject({
      frequency: z.literal('monthly'),
      interval: Interval(12, 'months'),
      monthDays: Days(MonthDay, 31).openapi({ description: 'A day that a month does not have is its last' }),
      ...clock,
    }),
  ])
  .refine(({ startsOn, endsOn }) => startsOn === undefined || endsOn === null || startsOn <= endsOn, {
    path: ['endsOn'],
    error: 'must not be before startsOn',
  })
  .openapi('NewPostRecurrence')
export type NewPostRecurrence = z.infer<typeof NewPostRecurrence>

/** A rule as it is kept. */
export const RecurrenceRule = z.object({
  authorId: Id.openapi({ description: 'Who made the post repeat, and is the author of the copies' }),
  frequency: z.enum(['daily', 'weekly', 'monthly']),
  interval: z.int(),
  weekdays: z.array(z.int()),
  monthDays: z.array(z.int()),
  time: z.string(),
  timeZone: z.string(),
  fold: z.union([z.literal(0), z.literal(1)]),
  startsOn: z.string().openapi({ format: 'date' }),
  endsOn: z.string().nullable().openapi({ format: 'date' }),
  createdAt: Timestamp,
  updatedAt: Timestamp,
})
export type RecurrenceRule = z.infer<typeof RecurrenceRule>

/** What stands for a day: the copy that was made, or null for its id when somebody has deleted it. */
export const MadeOccurrence = z.object({
  date: z.string(),
  postId: Id.nullable(),
  status: PostStatus.nullable(),
  scheduledAt: Timestamp.nullable(),
})
export type MadeOccurrence = z.infer<typeof MadeOccurrence>

const PostOccurrence = z
  .object({
    date: z.string().openapi({ format: 'date' }),
    localTime: z.string().openapi({ description: 'On the clock of the rule' }),
    state: z
      .enum(['planned', 'made', 'skipped'])
      .openapi({ description: 'planned: no copy yet; skipped: the copy has been deleted, and there will be no other' }),
    postId: Id.nullable(),
    status: PostStatus.nullable(),
    scheduledAt: Timestamp.nullable().openapi({ description: 'Of a copy its own time, which people may have changed' }),
  })
  .openapi('PostOccurrence')
export type PostOccurrence = z.infer<typeof PostOccurrence>

export const PostRecurrence = RecurrenceRule.extend({
  state: z
    .enum(['active', 'waiting', 'ended'])
    .openapi({ description: 'waiting: no copy is made until `problems` is empty; ended: no day is left' }),
  problems: z.array(PostProblem).openapi({ description: 'What keeps copies of the post from being scheduled' }),
  upcoming: z.array(PostOccurrence).openapi({ description: 'The next days of the rule' }),
}).openapi('PostRecurrence')
export type PostRecurrence = z.infer<typeof PostRecurrence>
