import { z } from '@hono/zod-openapi'
import type { ProblemCode } from '../problem.ts'

/** Values that many schemas share: how they look on the wire and what is refused. */

/** A text: no U+0000 (PostgreSQL takes none), no lone surrogate, at most `max` UTF-16 units. */
export const Text = (max: number) =>
  z
    .string()
    .max(max)
    .refine((text) => !text.includes('\0') && text.isWellFormed(), {
      error: 'must be well-formed Unicode without U+0000',
    })

/** A name that people read: trimmed, not empty. */
export const Name = (max: number) => Text(max).trim().min(1)

/** An address as RFC 5321 bounds it; the mailbox decides the rest. */
export const Email = Text(254).pipe(z.email()).openapi({ format: 'email' })

/** A UUID, in lower case as the database writes it. No flag in the pattern: OpenAPI cannot say one. */
export const Id = z
  .string()
  .regex(/^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/, { error: 'must be a UUID' })
  .toLowerCase()
  .openapi({ format: 'uuid' })

/** An instant in UTC, RFC 3339 with up to microseconds. Accepts the `+00:00` of stored JSON and writes `Z`. */
export const Timestamp = z
  .string()
  .overwrite((value) => value.replace(/\+00:00$/, 'Z'))
  .openapi({ format: 'date-time', example: '2026-11-23T09:30:00.123456Z' })

// Microseconds and an offset take 32; more digits say nothing that the database would keep.
const maxInstantLength = 40

/** An instant from a caller: RFC 3339, in a range that every calendar knows. PostgreSQL takes offsets below 16 hours. */
export const Instant = z.iso
  .datetime({ offset: true, abort: true })
  .max(maxInstantLength, { abort: true })
  .refine((value) => /^(19|20|21)/.test(value), { error: 'must lie between 1900 and 2199' })
  .refine((value) => !/[+-](1[6-9]|2[0-9]):[0-9]{2}$/.test(value), { error: 'must have a smaller offset' })

/** What a clock on a wall shows, in whatever zone: a day between 1900 and 2199, and a time to the minute or second. */
export const LocalTime = z.iso
  .datetime({ local: true, abort: true })
  .regex(/^(19|20|21)[0-9]{2}-[0-9-]{5}T[0-9]{2}:[0-9]{2}(:[0-9]{2})?$/, {
    error: 'must be a local time without an offset, between 1900 and 2199',
  })
  .openapi({ example: '2026-11-23T09:30' })

/** A time of day on a clock on a wall, to the minute. */
export const TimeOfDay = z
  .string()
  .regex(/^([01][0-9]|2[0-3]):[0-5][0-9]$/, { error: 'must be HH:MM' })
  .openapi({ example: '09:30' })

/** Which of the two is meant, where clocks show a wall time twice. */
export const Fold = z
  .union([z.literal(0), z.literal(1)])
  .default(0)
  .openapi({ description: 'Where clocks show that time twice: 0 for the first, 1 for the second of the two' })

/** By ISO 8601: 1 is Monday, 7 is Sunday. */
export const Weekday = z
  .int({ abort: true })
  .min(1)
  .max(7)
  .openapi({ description: 'By ISO 8601: 1 is Monday, 7 is Sunday' })

/** A calendar date between 1900 and 2199. */
export const DateOnly = z.iso
  .date({ abort: true })
  .refine((value) => /^(19|20|21)/.test(value), { error: 'must lie between 1900 and 2199' })

/** Minor units of a currency (cents), exact in JSON and in bigint. */
export const AmountMinor = z.int({ abort: true }).min(0).max(Number.MAX_SAFE_INTEGER)

export const Currency = z.string().regex(/^[A-Z]{3}$/, { error: 'must be an ISO 4217 code' })

/** An IANA time zone that this runtime knows. */
export const TimeZone = Text(64).refine(isTimeZone, { error: 'must be an IANA time zone' })

/** A BCP 47 language tag. */
export const Locale = Text(35).refine(isLocale, { error: 'must be a BCP 47 language tag' })

/** An id in a path; one that is no UUID answers like one that does not exist. */
export const pathId = (notFound: ProblemCode) =>
  z.object({
    id: z
      .string()
      .refine((id) => Id.safeParse(id).success, { params: { notFound } })
      .openapi({ format: 'uuid' }),
  })

/** A secret in a path, base64url with dots; one that cannot be any answers like one that does not exist. */
export const pathToken = <Member extends string>(member: Member, notFound: ProblemCode) => {
  const token = z.string().refine((text) => /^[\w.-]{1,300}$/.test(text), { params: { notFound } })
  return z.object({ [member]: token } as Record<Member, typeof token>)
}

function isTimeZone(zone: string): boolean {
  // Offsets such as +02:00 are known to Intl too, but are no zones: they have no rules.
  if (!/^[A-Za-z]/.test(zone)) return false
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }) !== undefined
  } catch {
    return false
  }
}

function isLocale(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1
  } catch {
    return false
  }
}
