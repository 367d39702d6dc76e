import { parseSQLFile, queryASTToIR } from '@pgtyped/parser'

type Ast = ReturnType<typeof parseSQLFile>['queries'][number]
export type Ir = ReturnType<typeof queryASTToIR>

/** One named statement of a file of sql/. */
export type Statement = {
  name: string
  /** Line of the statement's first character, from 1. */
  line: number
  /** Where the statement starts in the file, in characters. */
  offset: number
  /** The statement as written, comments blanked out, so that positions in it are positions in the file. */
  body: string
  /** The parameters as pgtyped read them; positions count from the statement's start. */
  ir: Ir
  /** What the statement sends: no comments, no nullability hints in its aliases. */
  sentIr: Ir
  /** The block comment above the annotation, without its marks. */
  prose: string
}

/** What is wrong with a file, in the form every tool here prints: `path:line name: message`. */
export class SqlFileError extends Error {
  constructor(path: string, line: number, message: string) {
    super(`${path}:${line} ${message}`)
    this.name = 'SqlFileError'
  }
}

/**
 * Reads a file of sql/ with pgtyped's parser. Throws SqlFileError where that parser gives up, and where a statement or an
 * `@name` would otherwise be left out without a word.
 */
export function readStatements(path: string, text: string): Statement[] {
  const asts = parse(path, text)
  const sent = parse(path, withoutHints(withoutComments(text)))
  const annotations = [...text.matchAll(/\/\*(?:(?!\*\/)[\s\S])*?@name\s+(\w+)(?:(?!\*\/)[\s\S])*\*\//g)]
  for (const annotation of annotations) {
    if (!asts.some((ast) => ast.name === annotation[1])) {
      throw new SqlFileError(
        path,
        lineAt(text, annotation.index),
        `${annotation[1]}: pgtyped saw no statement of this name`,
      )
    }
  }
  const names = new Set<string>()
  return asts.map((ast, index) => {
    const { line, a: offset } = ast.statement.loc
    if (names.has(ast.name)) throw new SqlFileError(path, line, `${ast.name}: the name is used twice in this file`)
    names.add(ast.name)
    const sentAst = sent[index]
    if (sentAst?.name !== ast.name) throw new SqlFileError(path, line, `${ast.name}: comments hide a statement`)
    return {
      name: ast.name,
      line,
      offset,
      body: blankComments(ast.statement.body),
      ir: queryASTToIR(ast),
      sentIr: queryASTToIR(sentAst),
      prose: proseAbove(text, annotations.find((annotation) => annotation[1] === ast.name)?.index ?? 0),
    }
  })
}

export function lineAt(text: string, position: number): number {
  return text.slice(0, position).split('\n').length
}

function parse(path: string, text: string): Ast[] {
  const { queries, events } = parseSQLFile(text)
  for (const event of events) {
    const line = event.location?.line ?? 1
    throw new SqlFileError(path, line, `${event.message.text} (prose belongs in its own /* */ above the @name comment)`)
  }
  return queries
}

/** Quoted text, quoted names, dollar quotes and both kinds of comment: what must be skipped or cut as a whole. */
const TOKENS = /'(?:[^']|'')*'|"(?:[^"]|"")*"|\$(\w*)\$[\s\S]*?\$\1\$|--[^\n]*|\/\*[\s\S]*?\*\//g

function withoutComments(text: string): string {
  const cut = text.replace(TOKENS, (token) => (isProse(token) ? '' : token))
  return cut
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '')
    .join('\n')
}

/** `as "total!"` tells pgtyped the column is never null; the database and the rows know it as "total". */
function withoutHints(text: string): string {
  return text.replace(TOKENS, (token) => (/^"[^"]+[!?]"$/.test(token) ? `${token.slice(0, -2)}"` : token))
}

function blankComments(text: string): string {
  return text.replace(TOKENS, (token) => (isProse(token) ? token.replace(/[^\n]/g, ' ') : token))
}

function isProse(token: string): boolean {
  return token.startsWith('--') || (token.startsWith('/*') && !/@name\s/.test(token))
}

function proseAbove(text: string, position: number): string {
  const comment = /\/\*((?:(?!\*\/)[\s\S])*)\*\/\s*$/.exec(text.slice(0, position))?.[1]
  if (comment === undefined || /@name\s/.test(comment)) return ''
  return comment
    .split('\n')
    .map((line) => line.replace(/^\s*\*?\s?/, '').trimEnd())
    .join('\n')
    .trim()
}
