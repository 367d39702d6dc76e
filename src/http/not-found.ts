import type { Hono, NotFoundHandler } from 'hono'
import { ProblemError } from '../problem.ts'

/** Answers a path that has no handler for its method: 405 with Allow when another method has one, else 404. */
export function methodNotAllowed(routes: Hono['routes']): NotFoundHandler {
  const templates = new Map<string, { matches: RegExp; methods: Set<string> }>()
  for (const { path, method } of routes) {
    if (method === 'ALL') continue
    const known = templates.get(path) ?? { matches: templateRegExp(path), methods: new Set<string>() }
    known.methods.add(method)
    if (method === 'GET') known.methods.add('HEAD')
    templates.set(path, known)
  }
  return (c) => {
    const methods = [...templates.values()]
      .filter(({ matches }) => matches.test(c.req.path))
      .flatMap((template) => [...template.methods])
    if (methods.length === 0) throw new ProblemError('request/not-found')
    throw new ProblemError('request/method-not-allowed', {
      headers: { Allow: [...new Set(methods)].sort().join(', ') },
    })
  }
}

/** `/posts/:id` as an expression over whole paths. */
const templateRegExp = (path: string): RegExp =>
  new RegExp(`^${path.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/:[^/]+/g, '[^/]+')}$`)
