import type { KeptMail } from '../cache/mailbox.ts'

/** The page that shows a developer what would have been sent. It loads nothing and runs nothing. */

/** For the page's own style alone; what a mail holds is text. */
export const mailboxPolicy =
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

export const mailboxPage = (mails: readonly KeptMail[]): string => `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Mailbox (${mails.length})</title>
    <style>
      body { font: 16px/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem }
      article { border-top: 1px solid #8888; padding: 1rem 0 }
      h2 { font-size: 1.1rem; margin: 0 }
      p { margin: 0; opacity: .8 }
      pre { font: inherit; white-space: pre-wrap; overflow-wrap: anywhere }
      code { overflow-wrap: anywhere }
    </style>
  </head>
  <body>
    <h1>Mailbox</h1>
    <p>${mails.length === 0 ? 'Nothing yet.' : 'Newest first.'} <a href="/dev/mailbox">Look again</a></p>
${mails.map(article).join('')}  </body>
</html>
`

const article = ({ to, subject, text, token, sentAt }: KeptMail): string => `    <article>
      <h2>${escaped(subject)}</h2>
      <p>to ${escaped(to)}, ${escaped(sentAt)}</p>
      <pre>${escaped(text)}</pre>
${token === null ? '' : `      <p>token <code>${escaped(token)}</code></p>\n`}    </article>
`

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
const escaped = (text: string): string => text.replace(/[&<>"']/g, (char) => entities[char] as string)
