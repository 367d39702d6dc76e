import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createConnection } from '../load/connection.ts'
import { startWorkerd, type WorkerdOptions } from '../platform/workerd.ts'
import { median } from '../statistics.ts'

export type StartUp = {
  /** From the start of the process to its first answer, what an empty Worker takes subtracted. */
  milliseconds: number
  withWorkerMs: number
  emptyMs: number
}

const emptyWorker = `export default { fetch: () => new Response('{"status":"ok"}') }\n`

/** Times cold starts of the bundle and of an empty Worker in turns, so that a change of the machine's mood meets both. */
export async function measureStartUp(options: WorkerdOptions, rounds: number): Promise<StartUp> {
  const emptyScript = join(options.directory, 'empty.js')
  writeFileSync(emptyScript, emptyWorker)
  const withWorker: number[] = []
  const empty: number[] = []
  for (let round = 0; round < rounds; round++) {
    const directory = (name: string) => join(options.directory, `start-${name}-${round}`)
    empty.push(await timeStart({ directory: directory('empty'), script: emptyScript }))
    withWorker.push(await timeStart({ ...options, directory: directory('worker') }))
  }
  const [withWorkerMs, emptyMs] = [median(withWorker), median(empty)]
  return { milliseconds: withWorkerMs - emptyMs, withWorkerMs, emptyMs }
}

async function timeStart(options: WorkerdOptions): Promise<number> {
  const startedAt = performance.now()
  const worker = await startWorkerd(options)
  const connection = createConnection(worker.port)
  const { status, body } = await connection.send(
    Buffer.from('GET /healthz HTTP/1.1\r\nHost: api.example.com\r\n\r\n'),
    true,
  )
  const milliseconds = performance.now() - startedAt
  connection.close()
  await worker.service.stop()
  if (status !== 200) throw new Error(`/healthz answered ${status}: ${body}`)
  return milliseconds
}
