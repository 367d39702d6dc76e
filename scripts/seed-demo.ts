/** What a person sees after the first start: one user with a campaign and a few posts, made through the API itself. */
export type DemoLogin = { email: string; password: string }

const CAMPAIGN = {
  name: 'Spring launch',
  objective: 'engagement',
  budgetMinor: 250_000,
  currency: 'EUR',
  utm: { source: 'instagram', medium: 'social', campaign: 'spring-launch' },
}

const POSTS = [
  { kind: 'image', caption: 'Something new is growing. Guess what?' },
  { kind: 'carousel', caption: 'Five ways to wear it, from the garden to the office.' },
  { kind: 'reel', caption: 'Behind the scenes of our first shoot.' },
  { kind: 'story', caption: 'Today only: ask us anything.' },
]

/**
 * Makes what is missing of the demo data and returns the login; a second call changes nothing but the session that it opens.
 * When the address is taken by a user with another password, another address is used.
 */
export async function seedDemo(url: string, login: DemoLogin): Promise<DemoLogin> {
  const entered = await enter(url, login)
  if (!entered) return await seedDemo(url, { ...login, email: `demo-${Date.now().toString(36)}@example.com` })
  const call = caller(url, entered)
  const campaigns = await call<{ data: { id: string; name: string }[] }>('GET', '/v1/campaigns?limit=100')
  const found = campaigns.data.find(({ name }) => name === CAMPAIGN.name)
  const campaign = found ?? (await call<{ id: string }>('POST', '/v1/campaigns', CAMPAIGN))
  const { data: posts } = await call<{ data: { caption: string | null }[] }>(
    'GET',
    `/v1/campaigns/${campaign.id}/posts?limit=100`,
  )
  for (const post of POSTS) {
    if (posts.some(({ caption }) => caption === post.caption)) continue
    await call('POST', '/v1/posts', { ...post, campaignId: campaign.id })
  }
  return login
}

/** An access token, or undefined when the address belongs to somebody else. */
async function enter(url: string, { email, password }: DemoLogin): Promise<string | undefined> {
  const registration = await send(url, 'POST', '/v1/auth/register', { email, password, name: 'Demo User' })
  const response = registration.ok ? registration : await send(url, 'POST', '/v1/auth/login', { email, password })
  if (response.status === 401) return undefined
  const { accessToken } = (await answerOf(response, 'POST /v1/auth/register')) as { accessToken: string }
  return accessToken
}

function caller(url: string, accessToken: string) {
  return async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const response = await send(url, method, path, body, accessToken)
    return (await answerOf(response, `${method} ${path}`)) as T
  }
}

async function send(
  url: string,
  method: string,
  path: string,
  body?: unknown,
  accessToken?: string,
): Promise<Response> {
  return await fetch(url + path, {
    method,
    headers: {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(accessToken && { authorization: `Bearer ${accessToken}` }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
}

async function answerOf(response: Response, what: string): Promise<unknown> {
  if (!response.ok)
    throw new Error(`demo data: ${what} answered ${response.status}: ${(await response.text()).slice(0, 300)}`)
  return await response.json()
}
