import { z } from '@hono/zod-openapi'
import { TimeOfDay, TimeZone, Weekday } from '../http/values.ts'

const maxSlots = 100

const PostingSlot = z.strictObject({ weekday: Weekday, time: TimeOfDay }).openapi('PostingSlot')
export type PostingSlot = z.infer<typeof PostingSlot>

/** The slots that replace those an account has; none at all is allowed. */
export const NewPostingSlots = z
  .strictObject({
    timeZone: TimeZone,
    slots: z.array(PostingSlot).max(maxSlots).refine(areDifferent, { error: 'must not hold one slot twice' }),
  })
  .openapi('NewPostingSlots')
export type NewPostingSlots = z.infer<typeof NewPostingSlots>

/** When an account posts, in the order of the week. No zone has been chosen where there have never been slots. */
export const PostingSlots = z
  .object({ timeZone: z.string().nullable(), slots: z.array(PostingSlot) })
  .openapi('PostingSlots')
export type PostingSlots = z.infer<typeof PostingSlots>

function areDifferent(slots: readonly PostingSlot[]): boolean {
  return new Set(slots.map(({ weekday, time }) => `${weekday} ${time}`)).size === slots.length
}
