import { type Random, randomOf, subjects } from './random.ts'

/** Who there is and who posts how much: everything that the rows of a seed are derived from. Times are Unix milliseconds. */
export type Plan = {
  readonly seed: number
  readonly now: number
  readonly users: readonly SeedUser[]
  readonly workspaces: readonly SeedWorkspace[]
  /** Of each post, in the order of time: when it was made, and the number of its workspace. */
  readonly postTimes: Float64Array
  readonly postWorkspaces: Int32Array
}

export type SeedUser = { readonly id: string; readonly number: number; readonly createdAt: number }

type Role = 'owner' | 'admin' | 'editor' | 'analyst' | 'client'

export type SeedWorkspace = {
  readonly id: string
  readonly number: number
  readonly isTeam: boolean
  /** Posts are looked at by a second person before they are scheduled. */
  readonly reviews: boolean
  readonly createdAt: number
  /** The owner first. */
  readonly members: readonly { readonly user: SeedUser; readonly role: Role; readonly joinedAt: number }[]
  readonly accounts: readonly SeedAccount[]
  readonly campaigns: readonly SeedCampaign[]
}

export type SeedAccount = { readonly id: string; readonly number: number; readonly createdAt: number }
export type SeedCampaign = { readonly id: string; readonly number: number; readonly createdAt: number }

export type Size = { readonly users: number; readonly seed: number; readonly now: Date }

const hour = 3_600_000
export const dayMs = 24 * hour
const year = 365 * dayMs
/** DESIGN's year 1. */
const postsPerUser = 50
/** The user base grows by 20 % a month. */
const yearsGrowth = 1.2 ** 12
/** One team for so many users; teams make more than half of the posts, and the first ones the most of these. */
const usersPerTeam = 20
const teamShare = 0.6
const teamSkew = 0.8
const campaignsPerPost = 1 / 25

/** The plan for so many users over the year that ends on the day of `now`. */
export function makePlan({ users: userCount, seed, now: clock }: Size): Plan {
  const now = Math.floor(clock.getTime() / dayMs) * dayMs
  const users = Array.from({ length: userCount }, (_, number) => planUser(seed, now, number, userCount))
  const postCount = userCount * postsPerUser
  const weights = planWeights(seed, userCount)
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const workspaces = weights.map((weight, number) => {
    const posts = Math.round((weight / total) * postCount)
    return planWorkspace({ seed, now, users, number, posts })
  })
  return { seed, now, users, workspaces, ...planPosts(seed, now, workspaces, weights, postCount) }
}

function planUser(seed: number, now: number, number: number, count: number): SeedUser {
  // The number of users grows exponentially, and they are numbered as they came.
  const age = 1 - Math.log(1 + ((number + 0.5) / count) * (yearsGrowth - 1)) / Math.log(yearsGrowth)
  const createdAt = Math.floor(now - age * (year - dayMs) - hour)
  return { id: randomOf(seed, subjects.user, number).uuid(createdAt), number, createdAt }
}

/** How much each workspace posts: everybody's own ones, then the teams'. */
function planWeights(seed: number, userCount: number): number[] {
  const own = Array.from({ length: userCount }, (_, number) => {
    const random = randomOf(seed, subjects.workspace, number, 1)
    const normal = Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next())
    return Math.exp(1.2 * normal)
  })
  const teams = Array.from({ length: Math.ceil(userCount / usersPerTeam) }, (_, rank) => (rank + 1) ** -teamSkew)
  const scaled = (weights: number[], share: number) => {
    const sum = weights.reduce((total, weight) => total + weight, 0)
    return weights.map((weight) => (weight / sum) * share)
  }
  return [...scaled(own, 1 - teamShare), ...scaled(teams, teamShare)]
}

type WorkspaceOf = { seed: number; now: number; users: readonly SeedUser[]; number: number; posts: number }

function planWorkspace({ seed, now, users, number, posts }: WorkspaceOf): SeedWorkspace {
  const random = randomOf(seed, subjects.workspace, number)
  const isTeam = number >= users.length
  const rank = number - users.length
  // Whoever founds a team was there early.
  const owner = users[isTeam ? Math.floor(random.next() ** 2 * users.length * 0.5) : number] as SeedUser
  const createdAt = owner.createdAt + (isTeam ? random.between(1, 20) * 60_000 : 0)
  const members = [{ user: owner, role: 'owner' as Role, joinedAt: createdAt }]
  if (isTeam) members.push(...planColleagues(random, users, owner, createdAt, 2 + Math.floor(60 / (rank + 2) ** 0.5)))
  // Some have registered and never connected anything.
  const hasAccounts = posts > 0 || random.chance(0.3)
  const accountCount = hasAccounts ? 1 + (isTeam ? Math.min(19, Math.floor(posts / 800)) : 0) : 0
  const campaignCount = Math.max(1, Math.round(posts * campaignsPerPost))
  return {
    id: random.uuid(createdAt),
    number,
    isTeam,
    reviews: isTeam && random.chance(0.5),
    createdAt,
    members,
    accounts: Array.from({ length: accountCount }, (_, each) => ({
      id: randomOf(seed, subjects.account, number, each).uuid(createdAt + each * 1_000),
      number: each,
      createdAt: createdAt + each * 1_000,
    })),
    campaigns: Array.from({ length: campaignCount }, (_, each) => {
      const at = Math.floor(createdAt + 60_000 + ((now - createdAt - 60_000) * each) / campaignCount)
      return { id: randomOf(seed, subjects.campaign, number, each).uuid(at), number: each, createdAt: at }
    }),
  }
}

function planColleagues(
  random: Random,
  users: readonly SeedUser[],
  owner: SeedUser,
  createdAt: number,
  count: number,
): SeedWorkspace['members'][number][] {
  const chosen = new Set<SeedUser>()
  for (let tries = 0; tries < count; tries += 1) chosen.add(random.pick(users))
  chosen.delete(owner)
  return [...chosen].map((user, place) => ({
    user,
    role: place === 0 ? 'admin' : random.pick(['editor', 'editor', 'editor', 'editor', 'analyst', 'client'] as const),
    joinedAt: Math.max(createdAt, user.createdAt) + random.between(1, 50) * 60_000,
  }))
}

/** When each post was made and where, in the order of time: as in a database that grew, neighbours are of different workspaces. */
function planPosts(
  seed: number,
  now: number,
  workspaces: readonly SeedWorkspace[],
  weights: readonly number[],
  count: number,
): Pick<Plan, 'postTimes' | 'postWorkspaces'> {
  const random = randomOf(seed, subjects.time, 0)
  const able = weights.map((weight, number) => (workspaces[number]?.accounts.length === 0 ? 0 : weight))
  const bounds = new Float64Array(able.length)
  let total = 0
  for (const [number, weight] of able.entries()) bounds[number] = total += weight
  const times = new Float64Array(count)
  const where = new Int32Array(count)
  for (let number = 0; number < count; number += 1) {
    const workspace = indexAbove(bounds, random.next() * total)
    const { createdAt } = workspaces[workspace] as SeedWorkspace
    const earliest = createdAt + hour / 2
    where[number] = workspace
    times[number] = Math.floor(earliest + random.next() * (now - earliest))
  }
  const order = Uint32Array.from({ length: count }, (_, number) => number).sort(
    (left, right) => (times[left] ?? 0) - (times[right] ?? 0),
  )
  return {
    postTimes: Float64Array.from(order, (number) => times[number] ?? 0),
    postWorkspaces: Int32Array.from(order, (number) => where[number] ?? 0),
  }
}

/** The first index whose bound lies above the value. */
function indexAbove(bounds: Float64Array, value: number): number {
  let [low, high] = [0, bounds.length - 1]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((bounds[middle] ?? 0) > value) high = middle
    else low = middle + 1
  }
  return low
}
