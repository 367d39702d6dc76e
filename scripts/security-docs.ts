import { readFile, writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { type Permission, permissionsOf, roles } from '../src/auth/permissions.ts'
import { TABLES } from './lint-sql/tables.ts'
import { LocalError } from './local/process.ts'
import { firstDifference } from './schema/difference.ts'

/* Writes the tables of docs/security.md, which stand between its markers, from the code that enforces them. */

const FILE = 'docs/security.md'

const { values: options } = parseArgs({ options: { check: { type: 'boolean', default: false } } })

try {
  const current = await readFile(FILE, 'utf8')
  const page = withTables(current)
  if (!options.check) await writeFile(FILE, page)
  else if (current !== page) {
    throw new LocalError(
      `${FILE} is not what the code says: run npm run docs:security\n${firstDifference(current, page)}`,
    )
  }
} catch (error) {
  console.error(error instanceof LocalError ? `docs:security: ${error.message}` : error)
  process.exitCode = 1
}

function withTables(page: string): string {
  return [
    { name: 'permissions', lines: permissions() },
    { name: 'audited', lines: audited() },
    { name: 'not audited', lines: notAudited() },
  ].reduce((text, { name, lines }) => {
    const block = new RegExp(`(<!-- ${name}: generated -->\n)[\\s\\S]*?(<!-- end -->)`)
    if (!block.test(text)) throw new LocalError(`the markers of "${name}" are gone`)
    return text.replace(block, (_match, begin: string, end: string) => `${begin}${lines.join('\n')}\n${end}`)
  }, page)
}

function permissions(): string[] {
  const actions: Permission[] = [...permissionsOf.owner].sort()
  const cells = (action: Permission) => roles.map((role) => (permissionsOf[role].has(action) ? 'yes' : ''))
  return [
    `| action | ${roles.join(' | ')} |`,
    `|---|${roles.map(() => '---|').join('')}`,
    ...actions.map((action) => `| \`${action}\` | ${cells(action).join(' | ')} |`),
  ]
}

function audited(): string[] {
  const names = Object.entries(TABLES).flatMap(([name, rule]) => (rule.audited === true ? [`\`${name}\``] : []))
  return [`${names.join(', ')}.`]
}

function notAudited(): string[] {
  const reasons = Object.entries(TABLES).flatMap(([name, { audited: reason }]) =>
    reason === true ? [] : [`| \`${name}\` | ${reason} |`],
  )
  return ['| table | why not |', '|---|---|', ...reasons]
}
