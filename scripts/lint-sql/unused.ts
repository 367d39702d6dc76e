type Known = { path: string; name: string; line: number }

const IMPORT = /import\s+(?:type\s+)?(?:\{([^}]*)\}|\*\s+as\s+(\w+))\s+from\s+'([^']*\.sql\.ts)'/g

/** The statements whose generated constant no source file imports by name, or reads from a namespace import. */
export function findUnused(statements: readonly Known[], sources: ReadonlyMap<string, string>): Known[] {
  const used = new Set<string>()
  for (const [path, text] of sources) {
    if (path.endsWith('.sql.ts')) continue
    for (const [, named = '', namespace, from = ''] of text.matchAll(IMPORT)) {
      const names = namespace === undefined ? importedNames(named) : membersOf(namespace, text)
      for (const name of names) used.add(`${moduleOf(path, from)} ${name}`)
    }
  }
  return statements.filter(
    ({ path, name }) => !used.has(`${path.replace(/^sql\//, 'src/').replace(/\.sql$/, '')} ${name}`),
  )
}

function importedNames(named: string): string[] {
  return named.split(',').map((name) => name.trim().split(/\s+as\s+/)[0] ?? '')
}

function membersOf(namespace: string, text: string): string[] {
  return [...text.matchAll(new RegExp(`\\b${namespace}\\.(\\w+)`, 'g'))].map((match) => match[1] ?? '')
}

function moduleOf(importer: string, specifier: string): string {
  const parts = importer.split('/').slice(0, -1)
  for (const part of specifier.replace(/\.sql\.ts$/, '').split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '.') parts.push(part)
  }
  return parts.join('/')
}
