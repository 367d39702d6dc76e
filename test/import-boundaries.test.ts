import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { checkSources } from '../scripts/lint-imports/check.ts'

const ROOT = fileURLToPath(new URL('../', import.meta.url))
const DEPENDENCIES = ['@hono/zod-openapi', 'hono', 'jose', 'postgres', 'zod', '@upstash/redis']

function lint(path: string, source: string): string[] {
  return checkSources(new Map([[path, source]]), DEPENDENCIES)
}

describe('refused', () => {
  test.each([
    ['a service that imports Hono', 'flow', 'src/posts/service.ts', `import type { Context } from 'hono'`],
    ['a service that imports Hono’s zod', 'flow', 'src/posts/service.ts', `import { z } from '@hono/zod-openapi'`],
    ['a service that imports the edge', 'flow', 'src/posts/service.ts', `import { Cursor } from '../http/paging.ts'`],
    ['a service that imports routes', 'flow', 'src/posts/service.ts', `import { routes } from './routes.ts'`],
    ['another file of a feature that imports Hono', 'flow', 'src/posts/problems.ts', `import { Hono } from 'hono'`],
    ['routes that run a statement', 'flow', 'src/posts/routes.ts', `import { findPost } from './posts.sql.ts'`],
    ['routes of one subject that do', 'flow', 'src/posts/move-routes.ts', `import { findPost } from './posts.sql.ts'`],
    [
      'routes that take a statement’s type',
      'flow',
      'src/posts/routes.ts',
      `import type { FindPostResult } from './posts.sql.ts'`,
    ],
    ['routes that reach the database', 'flow', 'src/posts/routes.ts', `import type { connect } from '../db/client.ts'`],
    ['a schema that runs a statement', 'flow', 'src/posts/schema.ts', `import { findPost } from './posts.sql.ts'`],
    [
      'another feature’s statements',
      'flow',
      'src/posts/service.ts',
      `import { findUser } from '../users/users.user.sql.ts'`,
    ],
    ['another feature’s inside', 'flow', 'src/posts/service.ts', `import { rule } from '../campaigns/rules.ts'`],
    [
      'another feature’s inside, exported on',
      'flow',
      'src/posts/schema.ts',
      `export { rule } from '../campaigns/rules.ts'`,
    ],
    ['another feature’s routes', 'flow', 'src/posts/routes.ts', `import { routes } from '../campaigns/routes.ts'`],
    ['a database that knows a feature', 'flow', 'src/db/connect.ts', `import { findPost } from '../posts/service.ts'`],
    ['a database that knows HTTP', 'flow', 'src/db/errors.ts', `import { answer } from '../http/problem-answers.ts'`],
    ['a cache that knows a feature', 'flow', 'src/cache/redis.ts', `import type { Post } from '../posts/schema.ts'`],
    [
      'cryptography that knows the database',
      'flow',
      'src/crypto/field.ts',
      `import type { connect } from '../db/client.ts'`,
    ],
    ['the edge that knows a feature', 'flow', 'src/http/paging.ts', `import { listPosts } from '../posts/service.ts'`],
    [
      'the edge that runs a statement',
      'flow',
      'src/http/auth.ts',
      `import { find } from '../auth/sessions.user.sql.ts'`,
    ],
    [
      'the site map that runs a statement',
      'flow',
      'src/http/app.ts',
      `import { find } from '../auth/sessions.user.sql.ts'`,
    ],
    ['a root file that runs a feature', 'flow', 'src/context.ts', `import { createKeyring } from './keys/service.ts'`],
    ['the entry, imported', 'flow', 'src/http/app.ts', `import worker from '../worker.ts'`],
    ['the app, imported by a feature', 'flow', 'src/jobs/crons.ts', `import { createApp } from '../http/app.ts'`],
    ['settings read outside the entry', 'flow', 'src/auth/service.ts', `import { config } from '../config.ts'`],
    ['the platform outside the entry', 'platform', 'src/db/connect.ts', `import { connect } from 'cloudflare:sockets'`],
    ['the platform’s env', 'platform', 'src/config.ts', `import { env } from 'cloudflare:workers'`],
    ['a node module', 'node', 'src/posts/service.ts', `import { readFile } from 'node:fs/promises'`],
    [
      'another node module where one is allowed',
      'node',
      'src/crypto/password.ts',
      `import { Buffer } from 'node:buffer'`,
    ],
    ['a package that is not a dependency', 'dependency', 'src/posts/service.ts', `import { parse } from 'libpg-query'`],
    ['the driver outside its home', 'package-home', 'src/posts/service.ts', `import postgres from 'postgres'`],
    ['Redis outside its home', 'package-home', 'src/http/rate-limit.ts', `import { Redis } from '@upstash/redis'`],
    [
      'an import that cannot be read at the top',
      'dynamic-import',
      'src/posts/service.ts',
      `await import('./posts.sql.ts')`,
    ],
    [
      'a type imported in place',
      'dynamic-import',
      'src/posts/service.ts',
      `let post: import('./posts.sql.ts').FindPostResult`,
    ],
    ['require', 'dynamic-import', 'src/posts/service.ts', `require('./posts.sql.ts')`],
    ['an import without extension', 'extension', 'src/posts/service.ts', `import { NewPost } from './schema'`],
    ['a file of odds and ends', 'name', 'src/posts/utils.ts', 'export const one = 1'],
    ['a folder of odds and ends', 'name', 'src/common/text.ts', 'export const one = 1'],
    ['a barrel', 'name', 'src/posts/index.ts', 'export const one = 1'],
    ['Date.now', 'ambient', 'src/posts/service.ts', 'const at = Date.now()'],
    ['Date.now handed on', 'ambient', 'src/posts/service.ts', 'const clock = Date.now'],
    ['the time of now', 'ambient', 'src/posts/service.ts', 'const at = new Date()'],
    ['the time of now as text', 'ambient', 'src/posts/service.ts', 'const at = Date()'],
    ['Math.random', 'ambient', 'src/http/auth.ts', 'const dice = Math.random()'],
    ['an id of its own', 'ambient', 'src/posts/service.ts', 'const id = crypto.randomUUID()'],
    ['the same behind globalThis', 'ambient', 'src/posts/service.ts', 'const id = globalThis.crypto.randomUUID()'],
    ['a clock of its own', 'ambient', 'src/http/request-scope.ts', 'const at = performance.now()'],
    ['the console', 'ambient', 'src/posts/service.ts', `console.log('here')`],
    ['the environment', 'ambient', 'src/config.ts', 'const url = process.env.DATABASE_URL'],
    ['the network', 'ambient', 'src/posts/service.ts', `await fetch('https://example.com')`],
  ])('%s (%s)', (_, rule, path, source) => {
    const problems = lint(path, `\n${source}`)
    expect(problems).toHaveLength(1)
    expect(problems[0]).toMatch(new RegExp(`^${path}:\\d+: ${rule}: `))
  })
})

describe('accepted', () => {
  test.each([
    [
      'routes with schema, service and edge',
      'src/posts/routes.ts',
      `import { Hono } from 'hono'\nimport { route } from '../http/route.ts'\nimport { NewPost } from './schema.ts'\nimport { createPost } from './service.ts'`,
    ],
    [
      'a schema with zod and the edge’s values',
      'src/posts/schema.ts',
      `import { z } from '@hono/zod-openapi'\nimport { Text } from '../http/values.ts'\nimport type { FindPostResult } from './posts.sql.ts'`,
    ],
    [
      'a service with statements, problems and another service',
      'src/posts/service.ts',
      `import { ProblemError } from '../problem.ts'\nimport { findCampaign } from '../campaigns/service.ts'\nimport { isViolation } from '../db/errors.ts'\nimport { findPost } from './posts.sql.ts'`,
    ],
    ['the site map', 'src/http/app.ts', `import { posts } from '../posts/routes.ts'\nimport { auth } from './auth.ts'`],
    ['middleware with what authentication is', 'src/http/auth.ts', `import { permits } from '../auth/permissions.ts'`],
    [
      'a feature with what a wall time means',
      'src/posts/moves.ts',
      `import { instantOf } from '../scheduling/zones.ts'`,
    ],
    [
      'the context’s types',
      'src/context.ts',
      `import type { Keyring } from './keys/service.ts'\nimport { type Db } from './db/database.ts'`,
    ],
    [
      'the entry with everything',
      'src/worker.ts',
      `import { env } from 'cloudflare:workers'\nimport { createApp } from './http/app.ts'\nimport { parseConfig } from './config.ts'\nconst now = () => new Date()`,
    ],
    ['scrypt', 'src/crypto/password.ts', `import { scrypt } from 'node:crypto'`],
    [
      'a given time, and random bytes',
      'src/posts/service.ts',
      `const at = new Date(text)\nconst ms = Date.parse(text)\ncrypto.getRandomValues(bytes)`,
    ],
    [
      'the context’s fetch and a method of that name',
      'src/posts/service.ts',
      `await ctx.fetch(url)\nawait cache.fetch(key)`,
    ],
  ])('%s', (_, path, source) => {
    expect(lint(path, source)).toEqual([])
  })
})

test('a request cannot come to a statement that spans tenants, by whatever way', () => {
  const files = new Map([
    ['src/http/app.ts', `import { posts } from '../posts/routes.ts'`],
    ['src/posts/routes.ts', `import { createPost } from './service.ts'`],
    ['src/posts/service.ts', `import { retire } from '../links/service.ts'`],
    ['src/links/service.ts', `\nimport { deleteLinks } from './links.jobs.sql.ts'`],
    ['src/jobs/crons.ts', `import { purge } from '../links/jobs.ts'`],
    ['src/links/jobs.ts', `import { deleteLinks } from './links.jobs.sql.ts'`],
  ])
  expect(checkSources(files, DEPENDENCIES)).toEqual([expect.stringMatching(/^src\/links\/service\.ts:2: jobs: /)])
  files.delete('src/posts/service.ts')
  expect(checkSources(files, DEPENDENCIES)).toEqual([])
})

test('the linter refuses floating promises, and in src/ the console, node and the environment', async () => {
  const files = {
    'src/posts/service.ts': `export async function createPost(): Promise<void> {\n  await Promise.resolve()\n}\n`,
    'src/posts/floating.ts': `import { createPost } from './service.ts'\n\nexport function floating(): void {\n  createPost()\n}\n`,
    'src/posts/console.ts': `export const say = () => console.log('here')\n`,
    'src/posts/node.ts': `import { readFileSync } from 'node:fs'\n\nexport const read = readFileSync\n`,
    'src/posts/process.ts': `export const url = process.env['DATABASE_URL']\n`,
    'src/posts/default.ts': `export default 1\n`,
    'src/posts/any.ts': `export const any = (value: any) => value\n`,
    'test/posts.test.ts': `import { test } from 'vitest'\n\ntest.skip('later', () => {})\n`,
  }
  const findings = await biome(files)
  expect(findings['src/posts/service.ts']).toBeUndefined()
  expect(findings['src/posts/floating.ts']).toContain('lint/nursery/noFloatingPromises')
  expect(findings['src/posts/console.ts']).toContain('lint/suspicious/noConsole')
  expect(findings['src/posts/node.ts']).toContain('lint/correctness/noNodejsModules')
  expect(findings['src/posts/process.ts']).toContain('lint/style/noProcessEnv')
  expect(findings['src/posts/default.ts']).toContain('lint/style/noDefaultExport')
  expect(findings['src/posts/any.ts']).toContain('lint/suspicious/noExplicitAny')
  expect(findings['test/posts.test.ts']).toContain('lint/suspicious/noSkippedTests')
})

/** The rules that the linter finds broken, per file, under the project's configuration. */
async function biome(files: Record<string, string>): Promise<Record<string, string[]>> {
  const folder = await mkdtemp(join(tmpdir(), 'defeah-lint-test-'))
  try {
    for (const [path, text] of Object.entries({
      ...files,
      'biome.json': await readFile(join(ROOT, 'biome.json'), 'utf8'),
    })) {
      await mkdir(dirname(join(folder, path)), { recursive: true })
      await writeFile(join(folder, path), text)
    }
    await symlink(join(ROOT, 'package.json'), join(folder, 'package.json'))
    const args = [
      join(ROOT, 'node_modules/@biomejs/biome/bin/biome'),
      'lint',
      '--vcs-enabled=false',
      '--reporter=github',
      '--max-diagnostics=none',
    ]
    const output = await new Promise<string>((resolve) => {
      execFile(process.execPath, args, { cwd: folder }, (_, stdout) => resolve(stdout))
    })
    const findings: Record<string, string[]> = {}
    for (const [, rule = '', path = ''] of output.matchAll(/title=([\w/]+),file=([^,]+),/g)) {
      const file = path.replace(`${folder}/`, '')
      findings[file] = [...(findings[file] ?? []), rule]
    }
    return findings
  } finally {
    await rm(folder, { recursive: true })
  }
}
