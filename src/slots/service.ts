import type { MemberContext } from '../context.ts'
import { ProblemError } from '../problem.ts'
import { UnknownTimeZone } from '../scheduling/zones.ts'
import type { NewPostingSlots, PostingSlot, PostingSlots } from './schema.ts'
import { findFreeTime, findPostingSlots, lockPostingSlots, upsertPostingSlots } from './slots.sql.ts'
import { type SlotTime, slotTimes } from './times.ts'

/** The times of the week at which an account posts, and which of them is the next to be had. */

export async function getPostingSlots({ db }: MemberContext, accountId: string): Promise<PostingSlots> {
  const row = await db.maybeOne(findPostingSlots, { accountId })
  if (row === undefined) throw new ProblemError('instagram-account/not-found')
  return asSlots(row)
}

/** Posts that hold a slot which is no more keep their time. */
export async function replacePostingSlots(
  { db }: MemberContext,
  accountId: string,
  { timeZone, slots }: NewPostingSlots,
): Promise<PostingSlots> {
  const inOrder = slots.toSorted((one, other) => one.weekday - other.weekday || (one.time < other.time ? -1 : 1))
  const row = await db.maybeOne(upsertPostingSlots, { accountId, timeZone, slots: inOrder })
  if (row === undefined) throw new ProblemError('instagram-account/not-found')
  return asSlots(row)
}

const minuteMs = 60 * 1000
/** Half a year. */
const horizonDays = 26 * 7
/** Times that one statement looks at: mostly a few months of them, never more than some milliseconds' worth. */
const batchSize = 200

/**
 * The first slot of the post's account, a minute from now or later, at which no other post of the account stands; the
 * post's own slot is free to it. In a transaction, which the caller ends by writing the slot to the post: nobody else
 * is told of a slot of the account until then. Throws slots/none and slots/full.
 */
export async function findNextSlot(
  { db, now }: MemberContext,
  postId: string,
): Promise<SlotTime & { readonly timeZone: string }> {
  const row = await db.maybeOne(lockPostingSlots, { postId })
  const { timeZone, slots } = row === undefined ? noSlots : asSlots(row)
  if (timeZone === null || slots.length === 0) throw new ProblemError('slots/none')
  const ahead = slotTimes({ timeZone, slots }, new Date(now().getTime() + minuteMs), horizonDays)
  for (let batch = take(ahead); batch.length > 0; batch = take(ahead)) {
    const times = batch.map(({ slotAt }) => slotAt.toISOString())
    const free = await db.maybeOne(findFreeTime, { postId, times })
    const slot = free && batch[free.position - 1]
    if (slot !== undefined) return { ...slot, timeZone }
  }
  throw new ProblemError('slots/full', { detail: `Every slot of the next ${horizonDays / 7} weeks is taken.` })
}

const noSlots: PostingSlots = { timeZone: null, slots: [] }

function take(times: Generator<SlotTime>): SlotTime[] {
  const batch: SlotTime[] = []
  try {
    while (batch.length < batchSize) {
      const { value, done } = times.next()
      if (done) break
      batch.push(value)
    }
  } catch (error) {
    if (!(error instanceof UnknownTimeZone)) throw error
    const detail = `They are in the time zone ${error.timeZone}, which is not known any more: set them anew.`
    throw new ProblemError('slots/none', { detail, cause: error })
  }
  return batch
}

/** `slots` is written by this service alone, from a value that its schema has passed. */
const asSlots = ({ timeZone, slots }: { timeZone: string | null; slots: unknown }): PostingSlots => ({
  timeZone,
  slots: slots as PostingSlot[],
})
