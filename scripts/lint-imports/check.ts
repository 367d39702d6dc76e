import ts from 'typescript'
import { AMBIENT_ALLOWED, AMBIENT_CALLS, PACKAGE_HOMES, refuseFileName, refuseImport } from './rules.ts'

export type Import = {
  /** The file that imports, from the project's root. */
  from: string
  /** What it imports: a path from the root, or a package as written. */
  to: string
  isTypeOnly: boolean
}

/** Checks the files of src/, given as path to text. Answers lines of the form `path:line: rule: what and how to mend`. */
export function checkSources(files: ReadonlyMap<string, string>, dependencies: readonly string[]): string[] {
  const problems: string[] = []
  const imports: (Import & { line: number })[] = []
  for (const [path, text] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)
    const lineOf = (node: ts.Node): number => source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1
    const report = (node: ts.Node, message: string | undefined): void => {
      if (message !== undefined) problems.push(`${path}:${lineOf(node)}: ${message}`)
    }
    report(source, refuseFileName(path))
    visit(source, (node) => {
      const found = importOf(node)
      if (found) {
        const to = found.specifier.startsWith('.') ? resolvePath(path, found.specifier) : found.specifier
        imports.push({ from: path, to, isTypeOnly: found.isTypeOnly, line: lineOf(node) })
        report(
          node,
          refuseImport({ from: path, to, isTypeOnly: found.isTypeOnly }) ?? refusePackage(path, to, found.isTypeOnly),
        )
      }
      report(node, refuseDynamic(node))
      report(node, refuseAmbient(path, node))
    })
  }
  return [...problems, ...jobsStatementsOnRequests(imports)]

  function refusePackage(path: string, to: string, isTypeOnly: boolean): string | undefined {
    if (to.startsWith('src/') || to.includes(':')) return undefined
    const name = to
      .split('/')
      .slice(0, to.startsWith('@') ? 2 : 1)
      .join('/')
    const home = PACKAGE_HOMES[name]
    if (home && !home.some((folder) => path.startsWith(folder)))
      return `package-home: ${name} is used in ${home.join(' and ')} alone`
    if (dependencies.includes(name) || isTypeOnly) return undefined
    return `dependency: ${name} is not in the dependencies of package.json, so the bundle may not have it`
  }
}

/** Statements that span tenants run as the jobs role, in crons and queues: no request may come to them, by whatever way. */
function jobsStatementsOnRequests(imports: readonly (Import & { line: number })[]): string[] {
  const reached = ['src/http/app.ts']
  const problems: string[] = []
  for (const path of reached) {
    for (const { to, line } of imports.filter(({ from, isTypeOnly }) => from === path && !isTypeOnly)) {
      if (to.endsWith('.jobs.sql.ts')) {
        problems.push(`${path}:${line}: jobs: http/app.ts leads here, and requests span no tenants; split off jobs.ts`)
      } else if (!reached.includes(to)) reached.push(to)
    }
  }
  return problems
}

function visit(node: ts.Node, look: (node: ts.Node) => void): void {
  look(node)
  ts.forEachChild(node, (child) => visit(child, look))
}

function importOf(node: ts.Node): { specifier: string; isTypeOnly: boolean } | undefined {
  if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
    const { importClause } = node
    const bindings = importClause?.namedBindings
    const allTypes =
      bindings !== undefined && ts.isNamedImports(bindings) && bindings.elements.length > 0 && !importClause?.name
        ? bindings.elements.every(({ isTypeOnly }) => isTypeOnly)
        : false
    return {
      specifier: node.moduleSpecifier.text,
      isTypeOnly: importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword || allTypes,
    }
  }
  if (ts.isExportDeclaration(node) && node.moduleSpecifier && ts.isStringLiteral(node.moduleSpecifier)) {
    return { specifier: node.moduleSpecifier.text, isTypeOnly: node.isTypeOnly }
  }
  return undefined
}

function resolvePath(importer: string, specifier: string): string {
  const parts = importer.split('/').slice(0, -1)
  for (const part of specifier.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '.') parts.push(part)
  }
  return parts.join('/')
}

function refuseDynamic(node: ts.Node): string | undefined {
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    return 'dynamic-import: import at the top, so that the boundaries can be read there'
  }
  if (ts.isImportTypeNode(node)) return 'dynamic-import: import the type at the top'
  if (ts.isCallExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === 'require') {
    return 'dynamic-import: require() does not exist in a module'
  }
  return undefined
}

/** Time, randomness, output and the network come in through the context; only the listed files may reach for them. */
function refuseAmbient(path: string, node: ts.Node): string | undefined {
  const use = ambientUse(node)
  if (use === undefined || AMBIENT_ALLOWED[path]?.includes(use)) return undefined
  return `ambient: ${use} varies from run to run; ${AMBIENT_CALLS[use]}`
}

function ambientUse(node: ts.Node): string | undefined {
  if (ts.isNewExpression(node))
    return nameOf(node.expression) === 'Date' && !node.arguments?.length ? 'new Date()' : undefined
  if (ts.isPropertyAccessExpression(node)) {
    const object = nameOf(node.expression)
    return [`${object}.${node.name.text}`, object].find((use) => Object.hasOwn(AMBIENT_CALLS, use) && use !== 'fetch')
  }
  const callee = ts.isCallExpression(node) ? nameOf(node.expression) : ''
  if (callee === 'Date') return 'new Date()'
  return callee === 'fetch' ? 'fetch' : undefined
}

/** The identifier, also behind `globalThis.`; empty for anything else. */
function nameOf(node: ts.Expression): string {
  if (ts.isIdentifier(node)) return node.text
  const isGlobal = ts.isPropertyAccessExpression(node) && /^(globalThis|self)$/.test(node.expression.getText())
  return isGlobal ? node.name.text : ''
}
