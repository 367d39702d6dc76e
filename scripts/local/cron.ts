import { LocalError } from './process.ts'

/** Whether a cron expression of Cloudflare's (five fields, UTC, Sunday is 1) is due in the minute of this instant. */
export function isDue(expression: string, instant: Date): boolean {
  const fields = expression.trim().split(/\s+/)
  const [minute, hour, day, month, weekday] = fields
  if (fields.length !== 5 || !minute || !hour || !day || !month || !weekday) {
    throw new LocalError(`wrangler.toml: not a cron expression of five fields: ${expression}`)
  }
  const isDay = matches(day, instant.getUTCDate(), 1, 31)
  const isWeekday = matches(weekday, instant.getUTCDay() + 1, 1, 7, WEEKDAYS)
  return (
    matches(minute, instant.getUTCMinutes(), 0, 59) &&
    matches(hour, instant.getUTCHours(), 0, 23) &&
    matches(month, instant.getUTCMonth() + 1, 1, 12, MONTHS) &&
    // As everywhere in cron: when both are restricted, either is enough.
    (day === '*' || weekday === '*' ? isDay && isWeekday : isDay || isWeekday)
  )
}

const WEEKDAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT']
const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC']

function matches(field: string, value: number, lowest: number, highest: number, names: string[] = []): boolean {
  return field.split(',').some((part) => {
    const [range = '', stepText] = part.split('/')
    const step = stepText === undefined ? 1 : Number(stepText)
    const bounds = range === '*' ? [lowest, highest] : range.split('-').map((text) => toNumber(text, names, lowest))
    const [from = Number.NaN, to = stepText === undefined ? from : highest] = bounds
    if (![from, to, step].every(Number.isInteger))
      throw new LocalError(`wrangler.toml: cannot read the cron field ${field}`)
    return value >= from && value <= to && (value - from) % step === 0
  })
}

function toNumber(text: string, names: string[], lowest: number): number {
  const index = names.indexOf(text.toUpperCase())
  return index >= 0 ? index + lowest : Number(text)
}

/** Calls the Worker's scheduled handler at the start of each minute in which an expression is due; returns the stop. */
export function startCrons(workerUrl: string, expressions: string[], onFailure: (text: string) => void): () => void {
  let timer: NodeJS.Timeout
  for (const expression of expressions) isDue(expression, new Date())
  const fire = async (expression: string) => {
    const url = `${workerUrl}/cdn-cgi/local/scheduled?cron=${encodeURIComponent(expression)}`
    try {
      const response = await fetch(url)
      if (!response.ok) onFailure(`cron ${expression}: ${response.status} ${(await response.text()).slice(0, 200)}`)
    } catch (error) {
      onFailure(`cron ${expression}: ${(error as Error).message}`)
    }
  }
  const waitForNextMinute = () => {
    timer = setTimeout(
      () => {
        const now = new Date()
        for (const expression of expressions) if (isDue(expression, now)) void fire(expression)
        waitForNextMinute()
      },
      60_000 - (Date.now() % 60_000) + 20,
    )
  }
  waitForNextMinute()
  return () => clearTimeout(timer)
}
