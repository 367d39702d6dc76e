import type { Import } from './check.ts'

/*
 * Who may import what, in src/. Data flows one way: worker -> http/app -> <feature>/routes -> service -> *.sql.ts -> db.
 */

const EDGES = ['http', 'db', 'crypto', 'cache', 'objects', 'outbound']
const FORBIDDEN_NAMES = [
  'util',
  'utils',
  'common',
  'helper',
  'helpers',
  'type',
  'types',
  'misc',
  'shared',
  'lib',
  'index',
  'constants',
]

/** What each edge may use of the others; features are never among it. */
const EDGE_USES: Readonly<Record<string, readonly string[]>> = {
  http: ['http', 'db', 'crypto', 'cache', 'objects', 'outbound'],
  db: ['db'],
  crypto: ['crypto'],
  cache: ['cache', 'crypto'],
  objects: ['objects'],
  outbound: ['outbound'],
}

/** The files of auth/ that its middleware in http/ stands on. */
const AUTH_FOR_HTTP = ['schema.ts', 'access-state.ts', 'access-token.ts', 'permissions.ts']

/** The entry, and the socket it hands to the database client. */
const PLATFORM_FILES = ['src/worker.ts', 'src/worker-socket.ts']

/** node: modules exist in scripts/ and test/ alone, but for what Web Crypto lacks: scrypt, MD5, and a digest in pieces. */
const NODE_ALLOWED: Readonly<Record<string, string>> = {
  'src/crypto/digest.ts': 'node:crypto',
  'src/crypto/password.ts': 'node:crypto',
  'src/db/login.ts': 'node:crypto',
}

/** Packages with a single home; everyone else goes through what that home offers. */
export const PACKAGE_HOMES: Readonly<Record<string, readonly string[]>> = {
  aws4fetch: ['src/objects/'],
  'ipaddr.js': ['src/outbound/'],
  mediabunny: ['src/media/'],
  '@upstash/ratelimit': ['src/cache/', 'src/http/'],
  '@upstash/redis': ['src/cache/'],
  jose: ['src/auth/', 'src/crypto/', 'src/keys/'],
  // Scripts and tests use it; requests have the client of src/db/connect.ts.
  postgres: [],
}

/** What varies from run to run, and where it comes from instead. */
export const AMBIENT_CALLS: Readonly<Record<string, string>> = {
  'new Date()': 'the time is ctx.now()',
  'Date.now': 'the time is ctx.now()',
  'performance.now': 'durations come from the monotonic clock that the platform brings',
  'Math.random': 'use crypto.getRandomValues',
  'crypto.randomUUID': 'ids are ctx.makeId()',
  'process.env': 'settings come from src/config.ts',
  console: 'log through src/log.ts, one line per request',
  fetch: 'requests go through the fetch that the context brings',
}

/** worker.ts wraps the platform's clock and network; log.ts is where lines leave. */
export const AMBIENT_ALLOWED: Readonly<Record<string, readonly string[]>> = {
  'src/worker.ts': ['new Date()', 'Date.now', 'performance.now', 'fetch'],
  'src/log.ts': ['console'],
}

export function refuseFileName(path: string): string | undefined {
  const bad = path
    .replace(/(\.(user|jobs))?(\.sql)?\.ts$/, '')
    .split('/')
    .find((part) => FORBIDDEN_NAMES.includes(part))
  return bad === undefined ? undefined : `name: "${bad}" says nothing; name it for what it holds`
}

export function refuseImport({ from, to, isTypeOnly }: Import): string | undefined {
  if (!to.startsWith('src/')) return refusePackageImport(from, to)
  const source = placeOf(from)
  const target = placeOf(to)
  if (!to.endsWith('.ts')) return 'extension: imports end in .ts'
  if (from === 'src/worker.ts') return undefined
  if (PLATFORM_FILES.includes(to)) return 'flow: worker.ts is the entry; nothing imports it or its socket'
  if (to === 'src/http/app.ts') return 'flow: only worker.ts imports the app'
  if (to === 'src/config.ts' && !isTypeOnly)
    return 'flow: settings are parsed once, in worker.ts, and come in through the context'
  if (isRoutes(target) && from !== 'src/http/app.ts') return 'flow: routes are mounted by http/app.ts alone'
  if (source.folder === '') return refuseFromRoot(target, isTypeOnly)
  if (EDGES.includes(source.folder)) return refuseFromEdge(from, source, target, isTypeOnly)
  return refuseFromFeature(source, target, isTypeOnly)
}

type Place = { folder: string; file: string }

function placeOf(path: string): Place {
  const [folder = '', ...rest] = path.split('/').slice(1)
  return rest.length === 0 ? { folder: '', file: folder } : { folder, file: rest.join('/') }
}

function refuseFromRoot(target: Place, isTypeOnly: boolean): string | undefined {
  return target.folder === '' || isTypeOnly
    ? undefined
    : 'flow: files at the root of src/ take nothing but types from folders'
}

function refuseFromEdge(from: string, source: Place, target: Place, isTypeOnly: boolean): string | undefined {
  if (target.folder === '' || EDGE_USES[source.folder]?.includes(target.folder)) return undefined
  if (EDGES.includes(target.folder)) return `flow: ${source.folder}/ does not use ${target.folder}/`
  if (from === 'src/http/app.ts') return isSql(target) ? 'flow: statements are run by services' : undefined
  if (source.folder === 'http' && target.folder === 'auth' && AUTH_FOR_HTTP.includes(target.file)) return undefined
  if (source.folder === 'http' && isTypeOnly && isOpen(target)) return undefined
  return `flow: ${source.folder}/ knows no feature`
}

function refuseFromFeature(source: Place, target: Place, isTypeOnly: boolean): string | undefined {
  const isEdgeFile = isRoutes(source) || source.file === 'schema.ts'
  if (isRoutes(source) && isSql(target)) return 'flow: routes call the service; statements are its business'
  if (isRoutes(source) && target.folder === 'db') return 'flow: routes call the service; the database is its business'
  if (source.file === 'schema.ts' && isSql(target) && !isTypeOnly) return 'flow: a schema runs no statement'
  if (target.folder === 'http') {
    return isEdgeFile ? undefined : 'flow: a service knows nothing of HTTP; move what both need to the root of src/'
  }
  if (target.folder === '' || EDGES.includes(target.folder) || target.folder === source.folder) return undefined
  if (source.folder === 'jobs' && target.file === 'jobs.ts') return undefined
  return isOpen(target) ? undefined : `flow: ${target.folder} is reached through its service.ts or schema.ts`
}

/** A feature's routes, or those of one subject of it. */
const isRoutes = ({ file }: Pick<Place, 'file'>): boolean => /^([a-z]+-)?routes\.ts$/.test(file)

function isSql({ file }: Place): boolean {
  return file.endsWith('.sql.ts')
}

/** The table of who may do what is everybody's, and so is what a wall time means. */
const OPEN_FILES = ['auth/permissions.ts', 'scheduling/zones.ts']

function isOpen({ folder, file }: Place): boolean {
  return file === 'service.ts' || file === 'schema.ts' || OPEN_FILES.includes(`${folder}/${file}`)
}

function refusePackageImport(from: string, to: string): string | undefined {
  const { folder, file } = placeOf(from)
  if (to.startsWith('node:')) {
    return NODE_ALLOWED[from] === to
      ? undefined
      : 'node: src/ runs on web standards; node: modules belong in scripts/ and test/'
  }
  if (/^(cloudflare:|@cloudflare\/)/.test(to) && !PLATFORM_FILES.includes(from)) {
    return 'platform: only worker.ts and its socket know the platform'
  }
  const isHono = /^(hono|@hono)(\/|$)/.test(to)
  if (isHono && folder === '' && from !== 'src/worker.ts') return 'flow: Hono belongs to http/ and routes'
  if (!isHono || folder === '' || folder === 'http' || isRoutes({ file })) return undefined
  if (file === 'schema.ts' && to === '@hono/zod-openapi') return undefined
  return 'flow: a service knows nothing of Hono'
}
