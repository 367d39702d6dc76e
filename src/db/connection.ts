import type { Row, Socket, SqlClient } from './client.ts'
import { ConnectionError } from './errors.ts'
import { bodyText, type Column, type Frame, Incoming, int32At, readColumns, readError, readRow } from './incoming.ts'
import type { Login } from './login.ts'
import { executionMessages, parseMessage, simpleQuery } from './outgoing.ts'
import type { CompiledStatement } from './run.ts'
import { createTurns } from './turns.ts'

const parseMessages = new WeakMap<CompiledStatement, Uint8Array>()

/** The statement's Parse message, which is the same each time. */
function parseMessageOf(statement: CompiledStatement): Uint8Array {
  const known = parseMessages.get(statement)
  if (known !== undefined) return known
  const made = parseMessage(statement.text)
  parseMessages.set(statement, made)
  return made
}

const code = (type: string): number => type.charCodeAt(0)
const AUTHENTICATION = code('R')
const COMMAND_COMPLETE = code('C')
const DATA_ROW = code('D')
const ERROR_RESPONSE = code('E')
const READY_FOR_QUERY = code('Z')
const ROW_DESCRIPTION = code('T')
const COPY_RESPONSES: ReadonlySet<number> = new Set([code('G'), code('H'), code('W')])

/** One session with the server; its messages go out and come in one exchange after another. */
export class Connection {
  readonly #socket: Socket
  readonly #startup: Uint8Array<ArrayBuffer>
  readonly #login: Login
  readonly #incoming = new Incoming()
  #ready: Promise<void> | undefined
  #lost: ConnectionError | undefined

  constructor(socket: Socket, startup: Uint8Array<ArrayBuffer>, login: Login) {
    this.#socket = socket
    this.#startup = startup
    this.#login = login
  }

  get isBroken(): boolean {
    return this.#lost !== undefined
  }

  close(): void {
    this.#lost ??= new ConnectionError('the connection is closed')
    this.#socket.close()
  }

  async query(statement: CompiledStatement, values: readonly (string | null)[]): Promise<Row[]> {
    this.#ready ??= this.#logIn()
    await this.#ready
    return (await this.#exchange(executionMessages(parseMessageOf(statement), values))).rows
  }

  async transaction<T>(work: (client: SqlClient) => Promise<T>): Promise<T> {
    this.#ready ??= this.#logIn()
    await this.#ready
    await this.#exchange(simpleQuery('begin'))
    // What the work has begun and did not wait for is still before its end; what it begins later would be outside.
    const inTurn = createTurns()
    let hasEnded = false
    const end = (command: 'commit' | 'rollback') => {
      hasEnded = true
      return inTurn(() => this.#exchange(simpleQuery(command)))
    }
    try {
      const result = await work({
        query: (statement, values) =>
          hasEnded
            ? Promise.reject(new Error('the transaction has ended'))
            : inTurn(() => this.query(statement, values)),
        close: () => this.close(),
        transaction: () => Promise.reject(new Error('a transaction does not nest')),
      })
      const { tag } = await end('commit')
      if (tag !== 'COMMIT') throw new Error('the transaction was rolled back, since a statement in it failed')
      return result
    } catch (error) {
      // Its own failure changes nothing: the server rolls back what a lost connection leaves.
      await end('rollback').catch(() => undefined)
      throw error
    }
  }

  async #logIn(): Promise<void> {
    this.#socket.send(this.#startup)
    for (;;) {
      const frame = await this.#next()
      if (frame.type === AUTHENTICATION) {
        const body = frame.bytes.subarray(frame.start + 4, frame.end)
        const answer = await this.#orLost(this.#login.answer(int32At(frame.bytes, frame.start), body))
        if (answer !== undefined) this.#socket.send(answer)
      } else if (frame.type === ERROR_RESPONSE) {
        const { sqlstate, message } = readError(frame)
        throw this.#lose(new ConnectionError(`the login failed: ${sqlstate} ${message}`))
      } else if (frame.type === READY_FOR_QUERY) {
        if (!this.#login.isAccepted) throw this.#lose(new ConnectionError('the server skipped the login'))
        return
      }
    }
  }

  /** Sends messages that end in one ReadyForQuery, and reads up to it whatever happens, so that the next one is ours. */
  async #exchange(messages: Uint8Array<ArrayBuffer>): Promise<Answer> {
    if (this.#lost !== undefined) throw this.#lost
    this.#socket.send(messages)
    const answer = new Answer()
    for (;;) {
      const frame = this.#take() ?? (await this.#next(answer.failure))
      if (frame.type === READY_FOR_QUERY) break
      // The server would wait for rows that nobody sends, or send rows that nobody asked for.
      if (COPY_RESPONSES.has(frame.type)) throw this.#lose(new ConnectionError('COPY is not for this client'))
      answer.add(frame)
    }
    if (answer.failure !== undefined) throw answer.failure
    return answer
  }

  /** The next message. A server that ends the connection has mostly said why before: that is this statement's `reason`. */
  async #next(reason?: unknown): Promise<Frame> {
    for (;;) {
      const frame = this.#take()
      if (frame !== undefined) return frame
      const chunk = await this.#orLost(this.#socket.receive())
      if (chunk === undefined) {
        const lost = this.#lose(new ConnectionError('the server ended the connection', { cause: reason }))
        throw reason ?? lost
      }
      this.#incoming.push(chunk)
    }
  }

  #take(): Frame | undefined {
    try {
      return this.#incoming.take()
    } catch (cause) {
      throw this.#lose(new ConnectionError('the server does not speak this protocol', { cause }))
    }
  }

  async #orLost<T>(work: Promise<T>): Promise<T> {
    try {
      return await work
    } catch (cause) {
      if (cause instanceof ConnectionError) throw this.#lose(cause)
      const reason = cause instanceof Error ? cause.message : String(cause)
      throw this.#lose(new ConnectionError(`the connection failed: ${reason}`, { cause }))
    }
  }

  #lose(error: ConnectionError): ConnectionError {
    this.#lost ??= error
    return error
  }
}

/** What a statement answers, message by message. The first thing that went wrong is its failure. */
class Answer {
  readonly rows: Row[] = []
  tag = ''
  failure: unknown
  #columns: Column[] = []

  add(frame: Frame): void {
    try {
      if (frame.type === DATA_ROW) this.rows.push(readRow(frame, this.#columns))
      else if (frame.type === ROW_DESCRIPTION) this.#columns = readColumns(frame)
      else if (frame.type === COMMAND_COMPLETE) this.tag = bodyText(frame).slice(0, -1)
      else if (frame.type === ERROR_RESPONSE) this.failure ??= readError(frame)
    } catch (error) {
      this.failure ??= error
    }
  }
}
