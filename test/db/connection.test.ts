import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto'
import { type AddressInfo, connect as connectTcp, createServer, type Server, type Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openNodeSocket } from '../../scripts/local/socket.ts'
import type { SqlClient, SqlConnection } from '../../src/db/client.ts'
import { connectTo } from '../../src/db/connect.ts'
import { databaseFailure } from '../../src/db/errors.ts'
import { Outgoing } from '../../src/db/outgoing.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { queryText } from '../support/sql.ts'

/** The database client against the real server, against networks that cut and split, and against servers that lie. */

let database: TestDatabase
const opened: SqlConnection[] = []
const servers: Server[] = []
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(async () => {
  for (const connection of opened) connection.close()
  for (const server of servers) server.close()
  await database.drop()
})

function open(url = database.apiUrl): SqlConnection {
  const connection = connectTo(url, openNodeSocket)()
  opened.push(connection)
  return connection
}

/** A server of this test's; the address of the database with its port in place. */
async function serve(handle: (socket: Socket) => void): Promise<string> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    handle(socket)
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = new URL(database.apiUrl)
  url.port = String((server.address() as AddressInfo).port)
  return url.href
}

/** Passes bytes between client and database; what comes back goes through `alter`. */
async function proxy(alter: (bytes: Buffer, client: Socket) => void): Promise<string> {
  const { hostname, port } = new URL(database.apiUrl)
  return await serve((client) => {
    const upstream = connectTcp({ host: hostname, port: Number(port) })
    upstream.on('error', () => client.destroy())
    upstream.on('end', () => client.end())
    client.on('data', (bytes) => void upstream.write(bytes))
    client.on('close', () => upstream.destroy())
    upstream.on('data', (bytes) => alter(bytes, client))
  })
}

const failureOf = async (work: Promise<unknown>): Promise<unknown> =>
  await work.then(
    () => undefined,
    (error: unknown) => error,
  )

describe('an answer', () => {
  const manyRows = `select n, repeat('ü👩', n) as text, null as nothing from generate_series(0, 40) n`

  test('is the same however the network cuts it into pieces', async () => {
    const whole = await queryText(open(), manyRows)
    const split = open(
      await proxy((bytes, client) => {
        for (let at = 0; at < bytes.length; at += 1) client.write(bytes.subarray(at, at + 1))
      }),
    )
    expect(await queryText(split, manyRows)).toEqual(whole)
    expect(whole).toHaveLength(41)
    expect(whole[2]).toEqual({ n: 2, text: 'ü👩ü👩', nothing: null })
  })

  test('that is one long message does not cost more than its length', async () => {
    const startedAt = performance.now()
    const [row] = await queryText(open(), `select repeat('x', 12000000) as text`)
    expect(String(row?.['text']).length).toBe(12_000_000)
    expect(performance.now() - startedAt).toBeLessThan(1_500)
  })

  test('and a question may be long', async () => {
    const text = randomBytes(1_500_000).toString('base64')
    const [row] = await queryText(open(), 'select $1::text as text, length($1::text) as length', [text])
    expect(row).toEqual({ text, length: text.length })
  })

  test('is nothing but the rows, whatever the server says beside them', async () => {
    const connection = open()
    const talkative = `do $$ begin raise warning 'mind this'; end $$`
    expect(await queryText(connection, talkative)).toEqual([])
    expect(await queryText(connection, `set application_name = 'renamed'`)).toEqual([])
    expect(await queryText(connection, '')).toEqual([])
    expect(await queryText(connection, 'select 1 as one where false')).toEqual([])
    expect(await queryText(connection, 'select 1 as one')).toEqual([{ one: 1 }])
  })

  test('is that of its own question, however many are asked at once', async () => {
    const connection = open()
    const asked = Array.from({ length: 30 }, (_, index) =>
      index % 7 === 3
        ? failureOf(queryText(connection, `select ${index} / 0`)).then(() => 'failed')
        : queryText(connection, `select ${index}::int as n, pg_sleep(0.001 * ${index % 3})::text as waited`),
    )
    const answers = await Promise.all(asked)
    for (const [index, answer] of answers.entries()) {
      expect(answer).toEqual(index % 7 === 3 ? 'failed' : [{ n: index, waited: '' }])
    }
  })
})

describe('what the client does not do', () => {
  test.each([`copy (select 1) to stdout`, `copy pg_temp.none from stdin`])(
    '%s ends at once, as a lost connection',
    async (copy) => {
      const connection = open(database.ownerUrl)
      await queryText(connection, 'create temp table none (n int)')
      const failure = await failureOf(queryText(connection, copy))
      expect(databaseFailure(failure)).toEqual({ kind: 'unavailable', reason: 'connection' })
      expect(connection.isBroken()).toBe(true)
    },
  )

  test('a connection string that says too little is refused, and not repeated', () => {
    for (const url of [
      '',
      'http://u:secret@h/d',
      'postgres://:secret@h/d',
      'postgres://u:secret@h',
      'postgres://u:100%@h/d',
      'postgres://u:secret@h:99999/d',
    ]) {
      let failure: unknown
      try {
        connectTo(url, openNodeSocket)
      } catch (error) {
        failure = error
      }
      expect(String(failure), url).toContain('a connection string is postgres://')
      expect(JSON.stringify(failure, Object.getOwnPropertyNames(failure)), url).not.toContain('secret@')
    }
  })

  test('TLS is not left out in silence', () => {
    expect(() => connectTo(`${database.apiUrl}?sslmode=disable`, openNodeSocket)).not.toThrow()
    for (const mode of ['require', 'verify-full']) {
      expect(() => connectTo(`${database.apiUrl}?sslmode=${mode}`, openNodeSocket)).toThrow(`sslmode=${mode}`)
    }
  })
})

describe('a transaction', () => {
  test('has the connection to itself', async () => {
    const connection = open()
    const seen: string[] = []
    const inside = connection.transaction(async (tx) => {
      seen.push('begun')
      await queryText(tx, 'select pg_current_xact_id(), pg_sleep(0.05)')
      seen.push('ended')
    })
    const outside = queryText(connection, 'select pg_current_xact_id_if_assigned() as xact').then(([row]) => {
      seen.push('after')
      return row
    })
    await inside
    expect(await outside).toEqual({ xact: null })
    expect(seen).toEqual(['begun', 'ended', 'after'])
  })

  test('ends after what its work did not wait for', async () => {
    const connection = open()
    let late: Promise<unknown> = Promise.resolve()
    const work = connection.transaction(async (tx) => {
      late = failureOf(queryText(tx, 'select pg_sleep(0.05)'))
      await queryText(tx, 'select 1 / 0')
    })
    expect(databaseFailure(await failureOf(work))).toEqual({ kind: 'value', sqlstate: '22012' })
    expect(await late).toBeUndefined()
    expect(await queryText(connection, `select pg_current_xact_id_if_assigned() is null as "isClean"`)).toEqual([
      { isClean: true },
    ])
  })

  test('takes nothing more once it ends, so that nothing of it is done outside', async () => {
    const owner = open(database.ownerUrl)
    await queryText(owner, 'create table if not exists steps (n int)')
    const insert = (client: SqlClient, n: number) =>
      queryText(client, 'insert into steps values ($1::int)', [String(n)])
    let later: Promise<unknown> = Promise.resolve()
    const work = owner.transaction((tx) => {
      const steps = async () => {
        for (const n of [1, 2, 3]) await insert(tx, n)
      }
      later = failureOf(steps())
      throw new Error('changed my mind')
    })
    await expect(work).rejects.toThrow('changed my mind')
    expect(String(await later)).toContain('the transaction has ended')
    let kept: SqlClient | undefined
    await owner.transaction(async (tx) => {
      kept = tx
      await insert(tx, 4)
    })
    await expect(insert(kept as SqlClient, 5)).rejects.toThrow('the transaction has ended')
    expect(await queryText(owner, 'select n from steps')).toEqual([{ n: 4 }])
  })

  test('that the server rolled back is not taken for committed', async () => {
    const connection = open()
    const work = connection.transaction(async (tx) => {
      await failureOf(queryText(tx, 'select 1 / 0'))
    })
    expect(String(await failureOf(work))).toContain('rolled back')
  })
})

describe('a connection that breaks', () => {
  test.each([0, 1, 7, 60, 400])('after %d bytes of an answer is lost for good, and says so', async (bytesUntilCut) => {
    let left = Number.POSITIVE_INFINITY
    const connection = open(
      await proxy((bytes, client) => {
        client.write(bytes.subarray(0, Math.min(left, bytes.length)))
        left -= bytes.length
        if (left <= 0) client.destroy()
      }),
    )
    expect(await queryText(connection, 'select 1 as one')).toEqual([{ one: 1 }])
    left = bytesUntilCut
    const failure = await failureOf(queryText(connection, `select repeat('x', 1000) as text`))
    expect(databaseFailure(failure)).toEqual({ kind: 'unavailable', reason: 'connection' })
    expect(connection.isBroken()).toBe(true)
    expect(await failureOf(queryText(connection, 'select 1 as one'))).toBe(failure)
  })

  test('after an ordinary error is lost for the statements after it, not refused as that one was', async () => {
    const error = new Outgoing(64).begin('E')
    for (const field of ['SERROR', 'VERROR', 'C22P02', 'Mno number', '']) error.cstring(field)
    const login = [
      new Outgoing(16).begin('R').int32(0).finish().bytes,
      new Outgoing(16).begin('Z').raw(Buffer.from('I')).finish().bytes,
    ]
    let isLoggedIn = false
    const url = await serve((socket) => {
      socket.on('data', () => {
        if (isLoggedIn) socket.end(error.finish().bytes)
        else socket.write(Buffer.concat(login))
        isLoggedIn = true
      })
    })
    const connection = open(url)
    const first = await failureOf(queryText(connection, `select 'x'::int`))
    expect(databaseFailure(first)).toEqual({ kind: 'value', sqlstate: '22P02' })
    const second = await failureOf(queryText(connection, 'select 1'))
    expect(databaseFailure(second)).toEqual({ kind: 'unavailable', reason: 'connection' })
  })

  test('because the server ended it says why', async () => {
    const connection = open()
    const [row] = await queryText(connection, 'select pg_backend_pid() as pid')
    const ending = failureOf(queryText(connection, 'select pg_sleep(10)'))
    const owner = open(database.ownerUrl)
    await queryText(owner, 'select pg_terminate_backend($1::int)', [String(row?.['pid'])])
    expect(databaseFailure(await ending)).toEqual({ kind: 'unavailable', reason: '57P01' })
  })

  test('at once, when the other side speaks something else', async () => {
    const http = await serve((socket) => void socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n'))
    expect(databaseFailure(await failureOf(queryText(open(http), 'select 1')))).toMatchObject({ kind: 'unavailable' })
    const silent = await serve((socket) => void socket.end())
    expect(databaseFailure(await failureOf(queryText(open(silent), 'select 1')))).toMatchObject({ kind: 'unavailable' })
  })
})

describe('logging in', () => {
  const password = 'of this test'
  const authentication = (kind: number, body: Uint8Array = new Uint8Array(0)) =>
    new Outgoing(64).begin('R').int32(kind).raw(body).finish().bytes
  const ready = new Outgoing(16).begin('Z').raw(Buffer.from('I')).finish().bytes
  const oneRow = Buffer.concat([
    new Outgoing(64).begin('T').int16(1).cstring('one').raw(new Uint8Array(18)).finish().bytes,
    new Outgoing(64).begin('D').int16(1).value('1').finish().bytes,
    new Outgoing(64).begin('C').cstring('SELECT 1').finish().bytes,
    ready,
  ])

  /** A server that asks and answers as a script says; each step gets what the client sent. Keeps all that it was sent. */
  async function scripted(
    steps: ((sent: Buffer) => Uint8Array | undefined)[],
  ): Promise<{ url: string; sent: Buffer[] }> {
    const sent: Buffer[] = []
    const address = await serve((socket) => {
      const left = [...steps]
      socket.on('data', (bytes) => {
        sent.push(bytes)
        const answer = left.shift()?.(bytes)
        if (answer === undefined) socket.destroy()
        else socket.write(answer)
      })
    })
    const url = new URL(address)
    url.username = 'somebody'
    url.password = encodeURIComponent(password)
    return { url: url.href, sent }
  }

  const accept = Buffer.concat([authentication(0), ready])

  test('begins with who and where, in UTF-8', async () => {
    const { url, sent } = await scripted([() => accept, () => oneRow])
    expect(await queryText(open(url), 'select 1 as one')).toEqual([{ one: '1' }])
    const settings = sent[0]?.subarray(8).toString().split('\0').slice(0, -2) ?? []
    expect(sent[0]?.readInt32BE(4)).toBe(196_608)
    expect(settings.slice(0, 6)).toEqual(['user', 'somebody', 'database', database.name, 'client_encoding', 'UTF8'])
  })

  test('by MD5 sends the salted hash', async () => {
    const salt = Buffer.from([1, 2, 3, 255])
    const { url, sent } = await scripted([() => authentication(5, salt), () => accept, () => oneRow])
    expect(await queryText(open(url), 'select 1 as one')).toEqual([{ one: '1' }])
    const md5 = (...parts: (string | Buffer)[]) =>
      parts.reduce((hash, part) => hash.update(part), createHash('md5')).digest('hex')
    const hash = `md5${md5(md5(password, 'somebody'), salt)}`
    expect(sent[1]?.toString('latin1')).toBe(`p\0\0\0\x28${hash}\0`)
  })

  test.each([
    ['in clear', 3],
    ['by Kerberos', 2],
    ['by something newer', 99],
  ])('%s is refused, and the password stays here', async (_name, kind) => {
    const { url, sent } = await scripted([() => authentication(kind)])
    expect(String(await failureOf(queryText(open(url), 'select 1')))).toContain('not supported')
    expect(Buffer.concat(sent).includes(password)).toBe(false)
  })

  /** The server's side of SCRAM-SHA-256 (RFC 5802), honest but for what a test bends. */
  function scram(bend: {
    nonce?: string
    signature?: string
    skipsProof?: boolean
    iterations?: string
  }): Parameters<typeof scripted>[0] {
    const salt = randomBytes(16)
    const salted = pbkdf2Sync(password, salt, 4096, 32, 'sha256')
    const hmac = (key: Buffer, text: string) => createHmac('sha256', key).update(text).digest()
    let clientFirst = ''
    let challenge = ''
    return [
      () => authentication(10, Buffer.from('SCRAM-SHA-256-PLUS\0SCRAM-SHA-256\0\0')),
      (sent) => {
        clientFirst = sent.subarray(sent.indexOf('n,,') + 3).toString()
        const nonce = bend.nonce ?? `${clientFirst.replace('n=,r=', '')}more`
        challenge = `r=${nonce},s=${salt.toString('base64')},i=${bend.iterations ?? '4096'}`
        return authentication(11, Buffer.from(challenge))
      },
      (sent) => {
        const final = sent.subarray(5).toString()
        const message = `${clientFirst},${challenge},${final.slice(0, final.indexOf(',p='))}`
        const clientKey = hmac(salted, 'Client Key')
        const signature = hmac(createHash('sha256').update(clientKey).digest(), message)
        const proof = Buffer.from(clientKey.map((byte, index) => byte ^ (signature[index] ?? 0)))
        expect(final.slice(final.indexOf(',p=') + 3)).toBe(proof.toString('base64'))
        if (bend.skipsProof) return accept
        const own = bend.signature ?? hmac(hmac(salted, 'Server Key'), message).toString('base64')
        return Buffer.concat([authentication(12, Buffer.from(`v=${own}`)), accept])
      },
      () => oneRow,
    ]
  }

  test('that the server skips is refused', async () => {
    const { url } = await scripted([() => ready, () => oneRow])
    expect(String(await failureOf(queryText(open(url), 'select 1')))).toContain('skipped the login')
  })

  test('by MD5 after SCRAM has begun is refused', async () => {
    const { url, sent } = await scripted([
      () => authentication(10, Buffer.from('SCRAM-SHA-256\0\0')),
      () => authentication(5, Buffer.from([1, 2, 3, 4])),
      () => accept,
    ])
    expect(String(await failureOf(queryText(open(url), 'select 1')))).toContain('weaker login')
    expect(sent).toHaveLength(2)
  })

  test('by SCRAM proves the password without sending it', async () => {
    const { url, sent } = await scripted(scram({}))
    expect(await queryText(open(url), 'select 1 as one')).toEqual([{ one: '1' }])
    expect(Buffer.concat(sent).includes(password)).toBe(false)
  })

  test.each([
    ['answers with a nonce of its own', { nonce: 'anything' }, 'answers another login'],
    ['asks for work without end', { iterations: '4000000000' }, 'too little or too much work'],
    ['asks for hardly any work', { iterations: '1' }, 'too little or too much work'],
    ['asks for what is no number', { iterations: '4096.5' }, 'too little or too much work'],
    ['does not know the password', { signature: 'AAAA' }, 'does not know the password'],
    ['says that all is well before it has proved itself', { skipsProof: true }, 'did not prove itself'],
  ])('to a server that %s is given up', async (_name, bend, words) => {
    const { url } = await scripted(scram(bend))
    const failure = await failureOf(queryText(open(url), 'select 1'))
    expect(String(failure)).toContain(words)
    expect(databaseFailure(failure)).toEqual({ kind: 'unavailable', reason: 'connection' })
  })
})
