import { randomUUID } from 'node:crypto'
import { publicUrl } from './app.ts'
import { noteSecrets } from './leaks.ts'

export type Answer = {
  status: number
  headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever came back
  body: any
}

type Fetch = (request: Request) => Promise<Response>
type Options = { headers?: Record<string, string>; body?: unknown; token?: string | undefined }

/** One HTTP request through an application, with JSON in and out. */
export async function send(
  { fetch }: { fetch: Fetch },
  method: string,
  path: string,
  { headers = {}, body, token }: Options = {},
): Promise<Answer> {
  const all = new Headers(headers)
  if (token !== undefined) all.set('Authorization', `Bearer ${token}`)
  if (body !== undefined && !all.has('Content-Type')) all.set('Content-Type', 'application/json')
  const isAsIs = typeof body === 'string' || body instanceof Uint8Array
  const text = isAsIs ? (body as BodyInit) : JSON.stringify(body)
  const response = await fetch(
    new Request(`${publicUrl}${path}`, { method, headers: all, ...(body !== undefined && { body: text }) }),
  )
  const answer = await response.text()
  const isJson = response.headers.get('Content-Type')?.includes('json') === true
  const parsed = isJson ? JSON.parse(answer) : answer
  noteSecrets(path, all, body, response.status, parsed)
  return { status: response.status, headers: response.headers, body: parsed }
}

export type SignedInUser = {
  id: string
  email: string
  name: string
  password: string
  workspaceId: string
  sessionId: string
  accessToken: string
  refreshToken: string
  /** A request with this user's token. */
  call: (method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<Answer>
}

/** A new account with a workspace of its own. */
export async function registerUser(app: { fetch: Fetch }, name = 'Ada Lovelace'): Promise<SignedInUser> {
  const email = `${randomUUID()}@example.test`
  const password = `correct horse ${randomUUID()}`
  const answer = await send(app, 'POST', '/v1/auth/register', { body: { email, password, name } })
  if (answer.status !== 201) throw new Error(`register answered ${answer.status}: ${JSON.stringify(answer.body)}`)
  const { accessToken, refreshToken, user, workspace } = answer.body
  return {
    id: user.id,
    email,
    name,
    password,
    workspaceId: workspace.id,
    sessionId: refreshToken.split('.')[0],
    accessToken,
    refreshToken,
    call: async (method, path, body, headers) =>
      await send(app, method, path, { token: accessToken, body, ...(headers && { headers }) }),
  }
}
