import { randomUUID } from 'node:crypto'

/** A signed-in user with a workspace full of campaigns and posts. */
export type Account = {
  email: string
  password: string
  userId: string
  workspaceId: string
  token: string
  refreshToken: string
  /** Some of the workspace's campaigns and posts, and of the posts that may be changed. */
  campaignIds: string[]
  postIds: string[]
  draftIds: string[]
}

export type BenchRequest = {
  method: string
  path: string
  headers?: Record<string, string>
  body?: unknown
  isPublic?: boolean
}

export type Endpoint = {
  kind: 'read' | 'write' | 'session' | 'auth'
  /** What a good answer has. */
  status: number
  make: (account: Account, random: () => number) => BenchRequest
  /** Takes from the answer what the account's next request needs. */
  take?: (account: Account, answer: string) => void
  /** Hashes a password: its own time varies by more than a round trip takes. */
  hashes?: true
}

const pick = <T>(items: readonly T[], random: () => number): T => items[Math.floor(random() * items.length)] as T

const kinds = ['image', 'carousel', 'reel', 'story'] as const
const sentence = 'Something new is growing in the garden, and everybody is invited to see it. '
const newPost = ({ campaignIds }: Account, random: () => number) => ({
  kind: pick(kinds, random),
  caption: sentence.repeat(1 + Math.floor(random() * 4)),
  campaignId: pick(campaignIds, random),
})

/** Every request that the bench knows how to make, by method and route. */
export const endpoints: Readonly<Record<string, Endpoint>> = {
  'GET /v1/posts': { kind: 'read', status: 200, make: () => ({ method: 'GET', path: '/v1/posts' }) },
  'GET /v1/posts/:id': {
    kind: 'read',
    status: 200,
    make: ({ postIds }, random) => ({ method: 'GET', path: `/v1/posts/${pick(postIds, random)}` }),
  },
  'GET /v1/campaigns': { kind: 'read', status: 200, make: () => ({ method: 'GET', path: '/v1/campaigns' }) },
  'GET /v1/campaigns/:id': {
    kind: 'read',
    status: 200,
    make: ({ campaignIds }, random) => ({ method: 'GET', path: `/v1/campaigns/${pick(campaignIds, random)}` }),
  },
  'GET /v1/campaigns/:id/posts': {
    kind: 'read',
    status: 200,
    make: ({ campaignIds }, random) => ({ method: 'GET', path: `/v1/campaigns/${pick(campaignIds, random)}/posts` }),
  },
  'GET /v1/audit-logs': { kind: 'read', status: 200, make: () => ({ method: 'GET', path: '/v1/audit-logs' }) },
  'GET /v1/me': { kind: 'read', status: 200, make: () => ({ method: 'GET', path: '/v1/me' }) },
  'POST /v1/posts': {
    kind: 'write',
    status: 201,
    make: (account, random) => ({
      method: 'POST',
      path: '/v1/posts',
      headers: { 'Idempotency-Key': randomUUID() },
      body: newPost(account, random),
    }),
  },
  'PATCH /v1/posts/:id': {
    kind: 'write',
    status: 200,
    make: ({ draftIds }, random) => ({
      method: 'PATCH',
      path: `/v1/posts/${pick(draftIds, random)}`,
      headers: { 'If-Match': '*' },
      body: { caption: `${sentence}${Math.floor(random() * 1e9)}` },
    }),
  },
  'POST /v1/campaigns': {
    kind: 'write',
    status: 201,
    make: (_account, random) => ({
      method: 'POST',
      path: '/v1/campaigns',
      headers: { 'Idempotency-Key': randomUUID() },
      body: {
        name: `Season ${Math.floor(random() * 1e6)}`,
        objective: 'engagement',
        budgetMinor: 250_000,
        currency: 'EUR',
      },
    }),
  },
  // An id that is no UUID is refused right after the access check: all that is left is the session check itself.
  'session check': { kind: 'session', status: 404, make: () => ({ method: 'GET', path: '/v1/posts/none' }) },
  'POST /v1/posts (replay)': {
    kind: 'write',
    status: 201,
    make: ({ campaignIds }) => ({
      method: 'POST',
      path: '/v1/posts',
      headers: { 'Idempotency-Key': 'the-same-key' },
      body: { kind: 'image', caption: 'Once', campaignId: campaignIds[0] },
    }),
  },
  'POST /v1/auth/refresh': {
    kind: 'auth',
    status: 200,
    make: ({ refreshToken, workspaceId }) => ({
      method: 'POST',
      path: '/v1/auth/refresh',
      body: { refreshToken, workspaceId },
      isPublic: true,
    }),
    take: (account, answer) => {
      const { accessToken, refreshToken } = JSON.parse(answer) as { accessToken: string; refreshToken: string }
      account.token = accessToken
      account.refreshToken = refreshToken
    },
  },
  'POST /v1/auth/login': {
    kind: 'auth',
    status: 200,
    hashes: true,
    make: ({ email, password }) => ({
      method: 'POST',
      path: '/v1/auth/login',
      body: { email, password },
      isPublic: true,
    }),
  },
}

export function endpointNamed(name: string): Endpoint {
  const endpoint = endpoints[name]
  if (endpoint === undefined) throw new Error(`the bench knows no endpoint ${name}`)
  return endpoint
}

/** A request as it goes over the wire. The edge sets CF-Connecting-IP; without it the Worker would do less than it does. */
export function encodeRequest(
  { method, path, headers = {}, body, isPublic }: BenchRequest,
  { token }: Pick<Account, 'token'>,
): Buffer {
  const lines = [`${method} ${path} HTTP/1.1`, 'Host: api.example.com', 'CF-Connecting-IP: 203.0.113.7']
  lines.push('User-Agent: Mozilla/5.0 (bench)')
  if (!isPublic) lines.push(`Authorization: Bearer ${token}`)
  for (const [name, value] of Object.entries(headers)) lines.push(`${name}: ${value}`)
  const content = body === undefined ? '' : JSON.stringify(body)
  if (content !== '') lines.push('Content-Type: application/json', `Content-Length: ${Buffer.byteLength(content)}`)
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n${content}`)
}
