import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../', import.meta.url))
const ASSETS = join(ROOT, 'dist', 'assets')

/** Files of the renderer, without its source maps and its page for the internet. */
const RENDERER_FILES = ['swagger-ui-bundle.js', 'swagger-ui.css', 'favicon-32x32.png']

// A file of its own: the page's Content-Security-Policy allows no inline script.
const INIT = `window.ui = SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#swagger-ui',
  deepLinking: true,
  docExpansion: 'list',
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  validatorUrl: null,
  presets: [SwaggerUIBundle.presets.apis],
})
`

// The platform adds these to the answers it gives from files; the Worker has its own for all others.
const HEADERS = `/docs/*
  Cache-Control: public, max-age=86400
  Content-Security-Policy: default-src 'none'; frame-ancestors 'none'
  Cross-Origin-Resource-Policy: same-origin
  Referrer-Policy: no-referrer
  Strict-Transport-Security: max-age=63072000; includeSubDomains
  X-Content-Type-Options: nosniff
  X-Frame-Options: DENY
`

/**
 * Fills dist/assets with what the API reference at /docs needs: the renderer from npm, served from our own origin. Nothing is
 * touched when it is there already, since a Worker may be serving it.
 */
export function buildAssets(): void {
  const manifest = createRequire(import.meta.url).resolve('swagger-ui-dist/package.json')
  const version = createHash('sha256').update(readFileSync(manifest)).update(INIT).update(HEADERS).digest('hex')
  const versionFile = `${ASSETS}.version`
  if (existsSync(versionFile) && readFileSync(versionFile, 'utf8') === version && existsSync(ASSETS)) return
  const docs = join(ASSETS, 'docs')
  rmSync(ASSETS, { recursive: true, force: true })
  mkdirSync(docs, { recursive: true })
  for (const file of RENDERER_FILES) cpSync(join(dirname(manifest), file), join(docs, file))
  writeFileSync(join(docs, 'init.js'), INIT)
  writeFileSync(join(ASSETS, '_headers'), HEADERS)
  writeFileSync(versionFile, version)
}

if (import.meta.main) buildAssets()
