import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { LocalError } from './process.ts'
import { type Command, createRespClient, type Reply, type RespClient } from './resp.ts'

export type LocalUpstash = { url: string; port: number; token: string; stop: () => Promise<void> }

/**
 * Upstash's REST protocol over an ordinary Redis (https://upstash.com/docs/redis/features/restapi), so that the Worker uses
 * the same client here as in production: POST /, /pipeline and /multi-exec, bearer token, base64 answers on request.
 */
export async function startUpstash(options: {
  redisUrl: string
  token?: string
  port?: number
}): Promise<LocalUpstash> {
  const token = options.token ?? randomBytes(24).toString('base64url')
  const redis = createRespClient(options.redisUrl)
  const scripts = new Map<string, string>()
  const server = createServer((request, response) => {
    void answer(request, redis, scripts, token)
      .catch((error) => ({ status: 503, body: { error: `ERR Redis is not reachable: ${describe(error)}` } }))
      .then(({ status, body }) => respond(response, status, body))
  })
  server.keepAliveTimeout = 60_000
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(new LocalError(`the Redis endpoint cannot listen: ${error.message}`)))
    server.listen({ host: '127.0.0.1', port: options.port ?? 0 }, resolve)
  })
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const stop = async () => {
    redis.close()
    const closed = new Promise((resolve) => server.close(resolve))
    server.closeAllConnections()
    await closed
  }
  return { url: `http://127.0.0.1:${port}`, port, token, stop }
}

type Answer = { status: number; body: unknown }

async function answer(
  request: IncomingMessage,
  redis: RespClient,
  scripts: Map<string, string>,
  token: string,
): Promise<Answer> {
  const text = await readBody(request)
  if (!isAuthorized(request.headers.authorization, token)) {
    return { status: 401, body: { error: 'WRONGPASS invalid or missing auth token' } }
  }
  if (request.method !== 'POST') return { status: 405, body: { error: 'ERR only POST is served here' } }
  const path = new URL(request.url ?? '/', 'http://local').pathname.replace(/\/+$/, '')
  const body = parseJson(text)
  const inBase64 = request.headers['upstash-encoding'] === 'base64'
  const translate = (command: Command) => withoutShebang(command, scripts)
  if (path === '') {
    const command = toCommand(body)
    if (!command) return badRequest('ERR failed to parse command')
    const [reply = null] = await redis.send([translate(command)])
    const result = render(reply, inBase64)
    return { status: 'error' in result ? 400 : 200, body: result }
  }
  if (path !== '/pipeline' && path !== '/multi-exec')
    return { status: 404, body: { error: `ERR no such path: ${path}` } }
  const commands = Array.isArray(body) ? body.map(toCommand) : []
  if (commands.length === 0 || commands.includes(undefined)) return badRequest('ERR failed to parse pipeline request')
  const parsed = (commands as Command[]).map(translate)
  const replies = path === '/pipeline' ? await redis.send(parsed) : await transact(redis, parsed)
  if (!Array.isArray(replies)) return badRequest(replies.error)
  return { status: 200, body: replies.map((reply) => render(reply, inBase64)) }
}

async function transact(redis: RespClient, commands: Command[]): Promise<Reply[] | { error: string }> {
  const replies = await redis.send([['MULTI'], ...commands, ['EXEC']])
  const last = replies.at(-1) ?? null
  if (Array.isArray(last)) return last
  const refused = replies.find((reply) => isObject(reply) && 'error' in reply)
  return isObject(refused) && 'error' in refused ? refused : { error: 'EXECABORT Transaction discarded' }
}

/**
 * Upstash's own scripts begin with `#!lua flags=allow-key-locking`, which an ordinary Redis refuses. The line is taken off,
 * and the digest that clients compute over the whole text is mapped to that of the rest.
 */
function withoutShebang(command: Command, scripts: Map<string, string>): Command {
  const [name = '', first = '', second = ''] = command.map(String)
  const verb = name.toUpperCase()
  if (verb === 'EVALSHA' || verb === 'EVALSHA_RO') return replaceAt(command, 1, scripts.get(first) ?? first)
  const isLoad = verb === 'SCRIPT' && first.toUpperCase() === 'LOAD'
  if (verb === 'SCRIPT' && first.toUpperCase() === 'EXISTS') {
    return command.map((argument, index) => (index < 2 ? argument : (scripts.get(String(argument)) ?? argument)))
  }
  if (!isLoad && verb !== 'EVAL' && verb !== 'EVAL_RO') return command
  const script = isLoad ? second : first
  if (!script.startsWith('#!')) return command
  const rest = script.slice(script.indexOf('\n') + 1)
  scripts.set(sha1(script), sha1(rest))
  return replaceAt(command, isLoad ? 2 : 1, rest)
}

function render(reply: Reply, inBase64: boolean): { result: unknown } | { error: string } {
  if (isObject(reply) && 'error' in reply) return { error: reply.error }
  return { result: renderValue(reply, inBase64) }
}

function renderValue(reply: Reply, inBase64: boolean): unknown {
  if (reply === null || typeof reply === 'number') return reply
  if (Array.isArray(reply)) return reply.map((item) => renderValue(item, inBase64))
  if (Buffer.isBuffer(reply)) return reply.toString(inBase64 ? 'base64' : 'utf8')
  if ('error' in reply) return reply.error
  // The client takes a bare OK for what it is and decodes everything else.
  return inBase64 && reply.status !== 'OK' ? Buffer.from(reply.status).toString('base64') : reply.status
}

function toCommand(value: unknown): Command | undefined {
  if (!Array.isArray(value) || value.length === 0) return undefined
  return value.map((item) => (typeof item === 'string' ? item : JSON.stringify(item)))
}

function respond(response: ServerResponse, status: number, body: unknown): void {
  if (response.destroyed) return
  response.writeHead(status, { 'content-type': 'application/json', 'upstash-sync-token': 'local' })
  response.end(JSON.stringify(body))
}

function isAuthorized(header: string | undefined, token: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(header ?? ''), digest(`Bearer ${token}`))
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function badRequest(error: string): Answer {
  return { status: 400, body: { error } }
}

function replaceAt(command: Command, index: number, value: string): Command {
  return command.map((argument, position) => (position === index ? value : argument))
}

function sha1(text: string): string {
  return createHash('sha1').update(text).digest('hex')
}

function isObject(reply: unknown): reply is object {
  return typeof reply === 'object' && reply !== null && !Array.isArray(reply) && !Buffer.isBuffer(reply)
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message || error.name : String(error)
}
