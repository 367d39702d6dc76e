import { createHash } from 'node:crypto'
import { dayMs, type Plan, type SeedAccount, type SeedUser, type SeedWorkspace } from './plan.ts'
import { type Random, randomOf, subjects } from './random.ts'
import { altText, caption } from './words.ts'

/** A post with everything that hangs on it, derived from its number alone. Times are Unix milliseconds. */
export type SeedPost = {
  readonly id: string
  readonly workspace: SeedWorkspace
  readonly author: SeedUser
  readonly account: SeedAccount | undefined
  readonly campaignId: string | null
  readonly kind: Kind
  readonly caption: string | null
  readonly options: string
  readonly createdAt: number
  /** The first one is its creation. */
  readonly moves: readonly Move[]
  readonly scheduledAt: number | null
  readonly timeZone: string | null
  readonly publishedAt: number | null
  readonly archivedAt: number | null
  readonly igMediaId: string | null
  readonly permalink: string | null
  readonly files: readonly SeedFile[]
}

type Kind = 'image' | 'carousel' | 'reel' | 'story'
export type Status = (typeof paths)[keyof typeof paths][number]
export type Move = {
  readonly id: string
  readonly from: Status | null
  readonly to: Status
  readonly at: number
  /** Who moved it; nobody: the job that publishes. */
  readonly user: SeedUser | undefined
  readonly reason: string | null
}

export type SeedFile = {
  readonly id: string
  readonly name: string
  readonly contentType: 'image/jpeg' | 'video/mp4'
  readonly bytes: number
  readonly width: number
  readonly height: number
  readonly durationMs: number | null
  readonly status: 'ready' | 'pending' | 'rejected'
  /** 64 hex digits. */
  readonly sha256: string
  readonly createdAt: number
  /** Where the post has it; a file that no post has was only uploaded. */
  readonly position: number | null
  readonly altText: string | null
}

/** How posts come to be what they are, each step a row of post_status_moves. A team that reviews takes the second form. */
const paths = {
  draft: ['draft'],
  in_review: ['draft', 'in_review'],
  changes_requested: ['draft', 'in_review', 'changes_requested'],
  approved: ['draft', 'in_review', 'approved'],
  scheduled: ['draft', 'scheduled'],
  published: ['draft', 'scheduled', 'publishing', 'published'],
  failed: ['draft', 'scheduled', 'publishing', 'failed'],
  missed: ['draft', 'scheduled', 'missed'],
  archived: ['draft', 'scheduled', 'publishing', 'published', 'archived'],
} as const
const reviewed = ['draft', 'in_review', 'approved'] as const

/** What becomes of posts, in parts of a hundred, by whether they are of the last month. */
const recentOutcomes = { scheduled: 35, published: 30, draft: 15, in_review: 10, changes_requested: 5, approved: 5 }
const oldOutcomes = { published: 85, archived: 4, draft: 6, failed: 3, missed: 1, changes_requested: 1 }
const kindShares = { image: 45, carousel: 15, reel: 25, story: 15 }
const recentDays = 30
const zones = ['UTC', 'Europe/Berlin', 'Europe/London', 'America/New_York', 'Asia/Tokyo', 'Australia/Sydney']
/** One file in so many was uploaded and never used. */
const unusedShare = 1 / 8

export function makePost(plan: Plan, number: number): SeedPost {
  const random = randomOf(plan.seed, subjects.post, number)
  const workspace = plan.workspaces[plan.postWorkspaces[number] ?? 0] as SeedWorkspace
  const createdAt = plan.postTimes[number] ?? 0
  const isRecent = createdAt > plan.now - recentDays * dayMs
  const outcome: Status = isRecent ? share(random, recentOutcomes) : share(random, oldOutcomes)
  const kind = share(random, kindShares)
  const author = memberAt(random, workspace, createdAt)
  const scheduledAt = isScheduled(outcome) ? scheduleOf(random, plan, createdAt, outcome) : null
  const moves = movesOf(random, { workspace, author, createdAt, outcome, scheduledAt, now: plan.now })
  const lacksMedia = isUnfinished(outcome) && random.chance(0.4)
  return {
    id: random.uuid(createdAt),
    workspace,
    author,
    account: outcome === 'draft' && random.chance(0.3) ? undefined : random.pick(workspace.accounts),
    campaignId: random.chance(0.8) ? campaignAt(random, workspace, createdAt) : null,
    kind,
    caption: kind === 'story' || random.chance(0.02) ? null : caption(random),
    options: kind === 'reel' ? '{"shareToFeed": true}' : '{}',
    createdAt,
    moves,
    scheduledAt,
    timeZone: scheduledAt === null ? null : random.pick(zones),
    archivedAt: outcome === 'archived' ? (moves.at(-1)?.at ?? null) : null,
    ...publicationOf(moves, number),
    files: [...filesOf(random, kind, createdAt, lacksMedia)],
  }
}

function publicationOf(moves: readonly Move[], number: number) {
  const publishedAt = moves.find(({ to }) => to === 'published')?.at
  if (publishedAt === undefined) return { publishedAt: null, igMediaId: null, permalink: null }
  return {
    publishedAt,
    igMediaId: `179${String(number).padStart(14, '0')}`,
    permalink: `https://www.instagram.com/p/C${number.toString(36).padStart(10, '0')}/`,
  }
}

const isUnfinished = (outcome: Status): boolean => outcome === 'draft' || outcome === 'changes_requested'

const isScheduled = (outcome: Status): boolean =>
  outcome !== 'draft' && outcome !== 'in_review' && outcome !== 'changes_requested' && outcome !== 'approved'

/** What is still to come lies days ahead, so that nothing is due when the seed is done. */
function scheduleOf(random: Random, { now }: Plan, createdAt: number, outcome: Status): number {
  const quarterHour = 900_000
  const at =
    outcome === 'scheduled'
      ? now + (2 + random.next() * 26) * dayMs
      : createdAt + (now - createdAt) * (0.2 + 0.6 * random.next()) * Math.min(1, (14 * dayMs) / (now - createdAt))
  return Math.ceil(at / quarterHour) * quarterHour
}

type Course = {
  workspace: SeedWorkspace
  author: SeedUser
  createdAt: number
  outcome: Status
  scheduledAt: number | null
  now: number
}

function movesOf(random: Random, { workspace, author, createdAt, outcome, scheduledAt, now }: Course): Move[] {
  const direct: readonly Status[] = paths[outcome as keyof typeof paths]
  const steps = workspace.reviews && direct[1] === 'scheduled' ? [...reviewed, ...direct.slice(1)] : direct
  // Whatever people do before it is due is done by then.
  const until = Math.min(scheduledAt ?? now, now)
  const stride = (0.9 * (until - createdAt)) / steps.length
  let at = createdAt
  return steps.map((to, index) => {
    if (index > 0) at = nextInstant(random, to, { at, stride, scheduledAt })
    return {
      id: random.uuid(at),
      from: steps[index - 1] ?? null,
      to,
      at,
      user: moverOf(random, to, { workspace, author, at }),
      reason: to === 'changes_requested' ? 'The logo is cut off on the left.' : null,
    }
  })
}

type Step = { at: number; stride: number; scheduledAt: number | null }

function nextInstant(random: Random, to: Status, { at, stride, scheduledAt }: Step): number {
  if (to === 'publishing' || to === 'missed') return Math.max(at + 1, (scheduledAt ?? at) + random.between(1, 40_000))
  if (to === 'published' || to === 'failed') return at + random.between(3_000, 90_000)
  if (to === 'archived') return at + random.between(1_000, 900_000)
  return at + 1 + Math.floor(stride * random.next())
}

function moverOf(random: Random, to: Status, course: Pick<Course, 'workspace' | 'author'> & { at: number }) {
  if (isOfJobs(to)) return undefined
  const isReview = to === 'approved' || to === 'changes_requested'
  return isReview ? memberAt(random, course.workspace, course.at) : course.author
}

const isOfJobs = (status: Status): boolean =>
  status === 'publishing' || status === 'published' || status === 'failed' || status === 'missed'

/** Somebody who was in the workspace by then; the first ones do the most. */
function memberAt(random: Random, { members }: SeedWorkspace, at: number): SeedUser {
  const member = members[Math.floor(random.next() ** 2 * members.length)]
  const owner = members[0]?.user as SeedUser
  return member === undefined || member.joinedAt > at || member.role === 'analyst' || member.role === 'client'
    ? owner
    : member.user
}

/** One of the campaigns that had begun by then, more often a late one; none before the first. */
function campaignAt(random: Random, { campaigns }: SeedWorkspace, at: number): string | null {
  let begun = campaigns.length
  while (begun > 0 && (campaigns[begun - 1]?.createdAt ?? 0) >= at) begun -= 1
  return begun === 0 ? null : (campaigns[begun - 1 - Math.floor(random.next() ** 3 * begun)]?.id ?? null)
}

function* filesOf(random: Random, kind: Kind, createdAt: number, isEmpty: boolean): Generator<SeedFile> {
  const whole = kind === 'carousel' ? random.between(2, 5) : 1
  const count = isEmpty ? 0 : whole
  for (let position = 0; position < count; position += 1) yield fileOf(random, kind, createdAt, position)
  if (random.chance(unusedShare)) yield fileOf(random, kind, createdAt, null)
}

function fileOf(random: Random, kind: Kind, postedAt: number, position: number | null): SeedFile {
  const isVideo = kind === 'reel'
  const at = postedAt - random.between(20_000, 900_000)
  const status = position !== null || random.chance(0.8) ? 'ready' : random.pick(['pending', 'rejected'] as const)
  const id = random.uuid(at)
  return {
    id,
    name: `${isVideo ? 'VID' : 'IMG'}_${random.between(1_000, 9_999)}.${isVideo ? 'mp4' : 'jpg'}`,
    contentType: isVideo ? 'video/mp4' : 'image/jpeg',
    bytes: isVideo ? random.between(2_000_000, 90_000_000) : random.between(150_000, 6_000_000),
    width: 1080,
    height: isVideo || kind === 'story' ? 1920 : random.pick([1080, 1350, 566]),
    durationMs: isVideo ? random.between(5_000, 89_000) : null,
    status,
    sha256: createHash('sha256').update(id).digest('hex'),
    createdAt: at,
    position,
    altText: position !== null && !isVideo && random.chance(0.5) ? altText(random) : null,
  }
}

/** One of the words, each as often as its number says. */
function share<Word extends string>(random: Random, shares: Readonly<Record<Word, number>>): Word {
  const entries = Object.entries(shares) as [Word, number][]
  let left = random.next() * entries.reduce((sum, [, part]) => sum + part, 0)
  for (const [word, part] of entries) {
    left -= part
    if (left < 0) return word
  }
  return (entries.at(-1) as [Word, number])[0]
}
