import { expect, test } from 'vitest'
import { createResolver, ResolverError } from '../../src/outbound/resolver.ts'

const url = 'https://dns.test/dns-query'
type Answers = Record<string, (init: RequestInit) => Response | Promise<Response>>

/** A resolver over what is answered to each type of question. */
const resolverOver = (answers: Answers, asked: URL[] = []) =>
  createResolver({
    url,
    timeoutMs: 200,
    request: async (address, init) => {
      asked.push(new URL(address))
      const type = new URL(address).searchParams.get('type') ?? ''
      return await (answers[type] ?? answers['any'] ?? (() => Response.error()))(init)
    },
  })

const records = (...answer: object[]) => Response.json({ Status: 0, Answer: answer })
const v4 = (data: string) => ({ name: 'a.test', type: 1, TTL: 60, data })
const v6 = (data: string) => ({ name: 'a.test', type: 28, TTL: 60, data })
const alias = { name: 'a.test', type: 5, TTL: 60, data: 'b.test.' }

test('all addresses of both kinds, through aliases', async () => {
  const asked: URL[] = []
  const resolve = resolverOver(
    { A: () => records(alias, v4('192.0.2.1'), v4('192.0.2.2')), AAAA: () => records(alias, v6('2001:db8::1')) },
    asked,
  )
  expect(await resolve('a.test')).toEqual(['192.0.2.1', '192.0.2.2', '2001:db8::1'])
  expect(asked.map(({ origin, pathname, search }) => origin + pathname + search).sort()).toEqual([
    `${url}?name=a.test&type=A`,
    `${url}?name=a.test&type=AAAA`,
  ])
})

test('a name cannot add to the question', async () => {
  const asked: URL[] = []
  await resolverOver({ any: () => records() }, asked)('a.test&type=TXT')
  expect(asked.map(({ searchParams }) => searchParams.getAll('type'))).toEqual([['A'], ['AAAA']])
})

test('a name that there is not has no addresses', async () => {
  expect(await resolverOver({ any: () => Response.json({ Status: 3 }) })('a.test')).toEqual([])
  expect(await resolverOver({ A: () => records(v4('192.0.2.1')), AAAA: () => records() })('a.test')).toEqual([
    '192.0.2.1',
  ])
})

test('one question that stays without an answer leaves the addresses unknown', async () => {
  const failed = () => Response.json({ Status: 2 })
  expect(await resolverOver({ A: () => records(v4('192.0.2.1')), AAAA: failed })('a.test')).toBeUndefined()
  expect(await resolverOver({ A: failed, AAAA: () => records(v6('2001:db8::1')) })('a.test')).toBeUndefined()
})

const good = () => records()
test.each<[string, Answers]>([
  ['answers another status', { A: good, AAAA: () => new Response('{"Status":0}', { status: 500 }) }],
  ['redirects', { A: good, AAAA: () => new Response(null, { status: 302, headers: { Location: 'https://b.test' } }) }],
  ['answers no JSON', { A: good, AAAA: () => new Response('<html>') }],
  ['answers other JSON', { A: good, AAAA: () => Response.json({ Answer: [] }) }],
  ['answers too many records', { A: good, AAAA: () => records(...Array.from({ length: 101 }, () => v6('::1'))) }],
  ['answers too much', { A: good, AAAA: () => Response.json({ Status: 0, Comment: 'x'.repeat(70_000) }) }],
  ['cannot be reached', { A: good, AAAA: () => Promise.reject(new TypeError('fetch failed')) }],
  [
    'hangs',
    {
      A: good,
      AAAA: ({ signal }) => new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason))),
    },
  ],
])('a resolver that %s has failed', async (_what, answers) => {
  await expect(resolverOver(answers)('a.test')).rejects.toBeInstanceOf(ResolverError)
})
