import type { OpenAPIHono } from '@hono/zod-openapi'
import type { PublicEnv } from './env.ts'

/** The OpenAPI 3.1 document, from the same schemas that validate, and the page that shows it. */
export function serveDocumentation(app: OpenAPIHono<PublicEnv>, publicUrl: string): void {
  app.openAPIRegistry.registerComponent('securitySchemes', 'bearer', {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
  })
  let document: string | undefined
  app.get('/openapi.json', (c) => {
    document ??= JSON.stringify(
      app.getOpenAPI31Document({
        openapi: '3.1.0',
        info: {
          title: 'Defeah Marketing API',
          version: '1',
          description: 'Plan, write and publish Instagram campaigns.',
        },
        servers: [{ url: publicUrl }],
      }),
    )
    c.header('Cache-Control', 'public, max-age=300')
    return c.body(document, 200, { 'Content-Type': 'application/json' })
  })
  app.get('/docs', (c) => {
    c.header('Content-Security-Policy', pagePolicy)
    return c.html(page)
  })
}

// The renderer writes style attributes; its scripts and pictures are static assets of this origin.
const pagePolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "font-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const page = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Defeah Marketing API</title>
    <link rel="icon" type="image/png" href="/docs/favicon-32x32.png">
    <link rel="stylesheet" href="/docs/swagger-ui.css">
  </head>
  <body>
    <div id="swagger-ui"></div>
    <script src="/docs/swagger-ui-bundle.js" defer></script>
    <script src="/docs/init.js" defer></script>
  </body>
</html>
`
