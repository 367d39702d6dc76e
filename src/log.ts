/** Fields of one structured log line. Values are codes, ids and numbers. */
export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>

/** Writes one line. */
export type Log = (level: 'info' | 'warn' | 'error', message: string, fields: LogFields) => void

/** One JSON object a line on standard output, where the platform collects it. */
export const logToConsole: Log = (level, message, fields) => {
  console.log(JSON.stringify({ level, message, ...fields }))
}
