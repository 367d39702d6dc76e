import { startUpstash } from '../../../scripts/local/upstash.ts'

/** The Redis endpoint as a process of its own, so that its CPU is nobody else's. Prints its address when it listens. */
const { url, token } = await startUpstash({ redisUrl: process.env['BENCH_REDIS_URL'] ?? '' })
process.stdout.write(`${JSON.stringify({ url, token })}\n`)
