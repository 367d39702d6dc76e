import type { Tx } from './tables.ts'
import { isNew } from './trail.ts'

/*
 * What people add to posts and campaigns, made by the server out of the rows that are there: the words of a review, notes,
 * and what campaigns have spent. Ids carry the time of what they stand for, since lists go by them.
 */

/** A UUID version 7 of an instant; the rest is of a text, so that the same seed makes the same ids. */
const idAt = (instant: string, text: string) => `
  (overlay(
    overlay(
      lpad(to_hex(floor(extract(epoch from ${instant}) * 1000)::bigint), 12, '0') || right(md5(${text}), 20)
      placing '7' from 13
    )
    placing '8' from 17
  ))::uuid`

const approvals = `
  insert into post_approvals (workspace_id, id, post_id, content_revision, user_id, decision, reason, created_at)
  select h.workspace_id, ${idAt('h.created_at', `h.id || 'approval'`)}, h.post_id, 1, h.user_id,
    case h.to_status when 'approved' then 'approved' else 'rejected' end::approval_decision, h.reason, h.created_at
  from post_status_history h
  where ${isNew('h')} and h.to_status in ('approved', 'changes_requested')`

/** Whoever sends a post to be looked at says a word, and whoever sends it back another. */
const notes = `
  insert into post_notes (workspace_id, id, post_id, user_id, text, created_at)
  select h.workspace_id, ${idAt('h.created_at', `h.id || 'note'`)}, h.post_id, h.user_id,
    case h.to_status when 'in_review' then 'Please have a look at the second sentence.' else 'See my comment.' end,
    h.created_at
  from post_status_history h
  where ${isNew('h')} and h.to_status in ('in_review', 'changes_requested')`

/** A campaign with a budget spends it by the week, one in four by the day; what is still to come is not spent. */
const spend = `
  insert into campaign_spend (workspace_id, id, campaign_id, user_id, amount_minor, currency, spent_on, note, created_at)
  select e.workspace_id, ${idAt('e.at', `e.id || e.at::text`)}, e.id, e.user_id, e.amount, e.currency, e.at::date, null, e.at
  from (
    select c.workspace_id, c.id, c.user_id, c.currency,
      greatest(1, c.budget_minor * s.days / (c.ends_on - c.starts_on + 1)) as amount,
      (c.starts_on + n * s.days)::timestamp at time zone 'UTC' + interval '18 hours' as at
    from campaigns c
      cross join lateral (
        select case when get_byte(uuid_send(c.id), 15) % 4 = 0 then 1 else 7 end as days
      ) s
      cross join lateral generate_series(0, (c.ends_on - c.starts_on) / s.days) n
    where ${isNew('c')} and c.budget_minor is not null and c.status <> 'draft'
  ) e
  where e.at < $1::timestamptz`

/** One entry in twenty was a fifth too high, and is put right two days later. */
const corrections = `
  insert into campaign_spend (
    workspace_id, id, campaign_id, user_id, amount_minor, currency, spent_on, note, corrects_id, created_at
  )
  select s.workspace_id, ${idAt(`s.created_at + interval '2 days'`, `s.id || 'correction'`)}, s.campaign_id, s.user_id,
    -s.amount_minor / 5, s.currency, s.spent_on, 'By the invoice.', s.id, s.created_at + interval '2 days'
  from campaign_spend s
  where ${isNew('s')} and s.corrects_id is null and s.amount_minor >= 5
    and get_byte(uuid_send(s.id), 15) % 20 = 0 and s.created_at + interval '2 days' < $1::timestamptz`

export async function writeTeamwork(tx: Tx, now: number): Promise<void> {
  const until = new Date(now).toISOString()
  await tx.unsafe(approvals)
  await tx.unsafe(notes)
  await tx.unsafe(spend, [until])
  await tx.unsafe(corrections, [until])
}
