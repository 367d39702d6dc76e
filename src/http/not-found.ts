import type { Hono } from 'hono'
import { ProblemError } from '../problem.ts'

/** Why a path has no handler for its method: 405 with Allow when another method has one, else 404. */
export function pathRefusals(routes: Hono['routes']): (path: string) => ProblemError {
  const templates = new Map<string, { matches: RegExp; methods: Set<string> }>()
  for (const { path, method } of routes) {
    if (method === 'ALL') continue
    const known = templates.get(path) ?? { matches: templateRegExp(path), methods: new Set<string>() }
    known.methods.add(method)
    if (method === 'GET') known.methods.add('HEAD')
    templates.set(path, known)
  }
  return (path) => {
    const methods = [...templates.values()]
      .filter(({ matches }) => matches.test(path))
      .flatMap((template) => [...template.methods])
    if (methods.length === 0) return new ProblemError('request/not-found')
    return new ProblemError('request/method-not-allowed', {
      headers: { Allow: [...new Set(methods)].sort().join(', ') },
    })
  }
}

/** `/posts/:id` as an expression over whole paths. */
const templateRegExp = (path: string): RegExp =>
  new RegExp(`^${path.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/:[^/]+/g, '[^/]+')}$`)
