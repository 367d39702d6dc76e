/*
 * The layout of SQL is the writer's: where a line breaks shows what belongs together, and formatters that know better make
 * three lines of one. What is mechanical is done here: lower case, spaces, blank lines; and what a writer must mend is named.
 */

const MAX_COLUMNS = 120

const TOKEN =
  /(?<comment>--[^\n]*|\/\*[\s\S]*?\*\/)|(?<string>[eE]'(?:[^'\\]|\\.|'')*'|'(?:[^']|'')*')|(?<name>"(?:[^"]|"")*")|(?<dollar>\$(?<tag>\w*)\$(?<body>[\s\S]*?)\$\k<tag>\$)|(?<param>:[a-zA-Z_]\w*!?)|(?<word>[a-zA-Z_]\w*)|(?<cast>::)|(?<operator>[-+*/<>=~!@#%^&|`?:]+)|(?<space>\s+)|(?<other>[\s\S])/g

/** Operators that stand between spaces; a sign may stand before its number. */
const SPACED = /^(=|<>|<|>|<=|>=|\|\||->|->>|#>|#>>|@>|<@|&&|:=|=>|~|!~|~\*|!~\*)$/

type Piece = { kind: string; text: string }

/** The text as it should be, as far as that is mechanical. Formatting twice gives the same. */
export function formatSql(text: string): string {
  return `${formatCode(text.replace(/\r\n?/g, '\n')).trim()}\n`
}

/** What formatting cannot mend: lines of the form `path:line: what`. */
export function layoutProblems(path: string, text: string): string[] {
  const free = freeLines(text)
  return text.split('\n').flatMap((line, index) => {
    const indent = /^ */.exec(line)?.[0].length ?? 0
    return [
      ...(line.length > MAX_COLUMNS
        ? [`${path}:${index + 1}: ${line.length} columns; break the line before ${MAX_COLUMNS}`]
        : []),
      ...(indent % 2 === 1 && !free.has(index)
        ? [`${path}:${index + 1}: indented by ${indent}; use steps of 2 spaces`]
        : []),
    ]
  })
}

/** Lines that begin inside a comment or a text, and are indented as those please. */
function freeLines(text: string): Set<number> {
  const free = new Set<number>()
  let line = 0
  for (const { kind, text: piece } of piecesOf(text)) {
    const breaks = piece.split('\n').length - 1
    if (kind === 'comment' || kind === 'string') for (let next = 1; next <= breaks; next++) free.add(line + next)
    line += breaks
  }
  return free
}

function formatCode(text: string): string {
  const pieces = piecesOf(text).map((piece, index, all) => formatPiece(piece, all[index - 2]))
  let code = ''
  pieces.forEach((piece, index) => {
    const before = pieces[index - 1]
    if (piece.kind === 'space') return
    code += before?.kind === 'space' ? spaceBetween(pieces[index - 2], piece, before.text) : touching(before, piece)
    code += piece.text
  })
  return code
}

function piecesOf(text: string): Piece[] {
  return [...text.matchAll(TOKEN)].map((match) => {
    const kinds = ['comment', 'string', 'name', 'dollar', 'param', 'word', 'cast', 'operator', 'space', 'other']
    return { kind: kinds.find((kind) => match.groups?.[kind] !== undefined) ?? 'other', text: match[0] }
  })
}

/** `before` is the word before the space before the piece. */
function formatPiece({ kind, text }: Piece, before: Piece | undefined): Piece {
  if (kind === 'word') return { kind, text: text.toLowerCase() }
  if (kind === 'comment') return { kind, text: text.replace(/[ \t]+$/gm, '') }
  if (kind === 'operator') return { kind, text: text === '!=' ? '<>' : text }
  // Anywhere else it quotes a text.
  if (kind === 'dollar' && /^(as|do)$/i.test(before?.text ?? '')) {
    const [, tag, body = ''] = /^(\$\w*\$)([\s\S]*)\$\w*\$$/.exec(text) ?? []
    // What a body begins and ends with belongs to its layout: `$$\nbegin ... end\n$$`.
    const inner = /^\s*\n/.test(body)
      ? `\n${formatCode(body)
          .replace(/^\s*\n/, '')
          .trimEnd()}\n`
      : formatCode(body) + (/\S[ \t]+$/.test(body) ? ' ' : '')
    return { kind, text: `${tag}${inner}${tag}` }
  }
  return { kind, text }
}

/** What stands where the writer put a space or a break. */
function spaceBetween(before: Piece | undefined, piece: Piece, space: string): string {
  const breaks = space.split('\n').length - 1
  if (breaks > 0) {
    const indent = space.slice(space.lastIndexOf('\n') + 1).replaceAll('\t', '  ')
    return '\n'.repeat(Math.min(breaks, 2)) + indent
  }
  if (before === undefined) return space.replaceAll('\t', '  ')
  if (/^[,;)\]]$/.test(piece.text) || before.text === '(' || before.text === '[') return ''
  return ' '
}

/** What stands where the writer put nothing. */
function touching(before: Piece | undefined, piece: Piece): string {
  if (before === undefined) return ''
  const isSpaced = (one: Piece) => one.kind === 'operator' && SPACED.test(one.text)
  const isBracket = before.text === '(' || piece.text === ')' || before.text === '.'
  return before.text === ',' || (!isBracket && (isSpaced(before) || isSpaced(piece))) ? ' ' : ''
}
