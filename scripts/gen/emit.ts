import type { Described } from './describe.ts'
import type { Ir, Statement } from './statements.ts'
import { createTypeNames, pascalCase } from './types.ts'

/** The text of one generated file. The same input gives the same bytes, in the order of the statements in the file. */
export function emitFile(
  sqlPath: string,
  statements: readonly { statement: Statement; described: Described }[],
): string {
  const types = createTypeNames()
  const bodies = statements.map(({ statement, described }) => {
    const name = pascalCase(statement.name)
    const parameters = described.parameters.map((parameter) => {
      const type = named(`:${parameter.name}`, () => types.use(parameter.type, 'parameter'))
      return parameter.required ? field(parameter.name, type) : field(parameter.name, orNull(type, ' | undefined'), '?')
    })
    const columns = described.columns.map((column) => {
      const type = named(`"${column.name}"`, () => types.use(column.type, 'result'))
      return field(column.name, column.nullable ? orNull(type) : type)
    })
    return [
      `export type ${name}Params = ${shape(parameters, 'void')}\n`,
      `export type ${name}Result = ${shape(columns, 'void')}\n`,
      `${doc(statement.prose)}export const ${statement.name} = new PreparedQuery<${name}Params, ${name}Result>(${emitIr(statement.sentIr, described)})\n`,
    ].join('\n')
  })
  const enums = types.enums().map(({ name, values }) => `type ${name} = ${values.map(quote).join(' | ')}\n`)
  return [
    `// Generated from ${sqlPath} by \`npm run gen\`. Do not edit.\nimport { PreparedQuery } from '../db/run.ts'\n`,
    ...enums,
    ...bodies,
  ].join('\n')
}

/** Says of which parameter or column a failure speaks. */
function named(name: string, typeOf: () => string): string {
  try {
    return typeOf()
  } catch (error) {
    throw new Error(`${name}: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
  }
}

function emitIr(ir: Ir, { parameters }: Described): string {
  const isJson = new Set(parameters.filter(({ type }) => type === 'json' || type === 'jsonb').map(({ name }) => name))
  const params = ir.params.map(({ name, required, locs }) => {
    const places = locs.map(({ a, b }) => `{ a: ${a}, b: ${b} }`).join(', ')
    const json = isJson.has(name) ? ' isJson: true,' : ''
    return `    { name: ${quote(name)}, required: ${required},${json} locs: [${places}] },\n`
  })
  return [
    '{\n',
    `  params: [${params.length === 0 ? '' : `\n${params.join('')}  `}],\n`,
    `  statement: \`${ir.statement.replace(/[\\`]|\$\{/g, '\\$&')}\`,\n`,
    '}',
  ].join('')
}

function shape(fields: string[], none: string): string {
  return fields.length === 0 ? none : `{\n${fields.join('')}}`
}

function field(name: string, type: string, mark = ''): string {
  return `  ${key(name)}${mark}: ${type}\n`
}

/** `unknown | null` is `unknown`, and reads as if somebody had thought otherwise. */
function orNull(type: string, more = ''): string {
  return type === 'unknown' ? type : `${type} | null${more}`
}

function key(name: string): string {
  return /^[a-zA-Z_$][\w$]*$/.test(name) ? name : quote(name)
}

function quote(text: string): string {
  return `'${text.replace(/['\\]/g, '\\$&')}'`
}

function doc(prose: string): string {
  if (prose === '') return ''
  const lines = prose.split('\n').map((line) => ` * ${line}`.trimEnd())
  return lines.length === 1 ? `/** ${prose} */\n` : `/**\n${lines.join('\n')}\n */\n`
}
