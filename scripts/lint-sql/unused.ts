type Known = { path: string; name: string; line: number }

const IMPORT = /import\s+(?:type\s+)?(?:\{([^}]*)\}|\*\s+as\s+(\w+))\s+from\s+'([^']*\.sql\.ts)'/g

/** The statements whose generated constant no source file imports by name, or reads from a namespace import. */
export function findUnused(statements: readonly Known[], sources: ReadonlyMap<string, string>): Known[] {
  const used = new Set<string>()
  for (const [path, text] of sources) {
    if (path.endsWith('.sql.ts')) continue
    for (const [, named, namespace, from = ''] of text.matchAll(IMPORT)) {
      const module = moduleOf(path, from)
      for (const name of named?.split(',') ?? []) {
        const imported = name.trim().split(/\s+as\s+/)[0] ?? ''
        used.add(`${module} ${imported}`)
      }
      if (namespace === undefined) continue
      for (const [, name] of text.matchAll(new RegExp(`\\b${namespace}\\.(\\w+)`, 'g'))) used.add(`${module} ${name}`)
    }
  }
  return statements.filter(({ path, name }) => !used.has(`${path.replace(/^sql\//, 'src/').replace(/\.sql$/, '')} ${name}`))
}

function moduleOf(importer: string, specifier: string): string {
  const parts = importer.split('/').slice(0, -1)
  for (const part of specifier.replace(/\.sql\.ts$/, '').split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '.') parts.push(part)
  }
  return parts.join('/')
}
