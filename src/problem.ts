/** THE table of what can go wrong for a caller: code -> HTTP status and title (RFC 9457). Details come with the throw. */
const problems = {
  'request/malformed-json': [400, 'The body is not readable JSON'],
  'request/unsupported-media-type': [415, 'The body must be application/json'],
  'request/too-large': [413, 'The body is larger than this endpoint takes'],
  'request/invalid': [422, 'The request does not match its schema'],
  'request/not-found': [404, 'There is nothing at this path'],
  'request/method-not-allowed': [405, 'This path does not take that method'],
  'request/version-required': [428, 'An If-Match header is required'],
  'request/version-stale': [412, 'The resource has changed since'],
  'request/conflict': [409, 'The request conflicts with the current state'],
  'reference/not-found': [422, 'A referenced resource does not exist'],
  'idempotency/key-reused': [422, 'This Idempotency-Key belongs to another request'],
  'auth/credentials-required': [401, 'A valid access token is required'],
  'auth/credentials-wrong': [401, 'E-mail or password is wrong'],
  'auth/refresh-token-invalid': [401, 'The refresh token is not valid'],
  'auth/workspace-ambiguous': [422, 'Name the workspace'],
  'auth/session-not-found': [404, 'No such session'],
  'permission/denied': [403, 'This role may not do that'],
  'workspace/none': [403, 'This token is for no workspace'],
  'user/email-taken': [409, 'An account with this e-mail exists'],
  'campaign/not-found': [404, 'No such campaign'],
  'campaign/budget-without-currency': [409, 'The campaign would have a budget without a currency'],
  'campaign/ends-before-start': [409, 'The campaign would end before it starts'],
  'campaign/in-use': [409, 'The campaign has posts or spend'],
  'post/not-found': [404, 'No such post'],
  'post/unschedule-first': [409, 'The post is scheduled'],
  'post/not-deletable': [409, 'The post can only be archived'],
  'post/not-editable': [409, 'The post can no longer be changed'],
  'post/illegal-move': [409, 'The post cannot move to that status'],
  'service/busy': [503, 'Too many sign-ins at once'],
  'service/unavailable': [503, 'The service is not available right now'],
  'internal/error': [500, 'Something went wrong on our side'],
} as const satisfies Record<string, readonly [status: number, title: string]>

export type ProblemCode = keyof typeof problems
export type ProblemStatus = (typeof problems)[ProblemCode][0]

/** The HTTP status that a problem is answered with. */
export const statusOf = (code: ProblemCode): ProblemStatus => problems[code][0]

/** One faulty value: where (a JSON Pointer, RFC 6901, into the body unless `in` says otherwise), a code, and words. */
export type ProblemItem = {
  readonly in?: 'query' | 'header'
  readonly pointer: string
  readonly code: string
  readonly detail: string
}

type ProblemExtras = {
  readonly detail?: string | undefined
  readonly errors?: readonly ProblemItem[]
  readonly headers?: Readonly<Record<string, string>>
  readonly cause?: unknown
}

/** What the whole code throws to refuse a request. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError'
  readonly code: ProblemCode
  readonly detail: string | undefined
  readonly errors: readonly ProblemItem[] | undefined
  readonly headers: Readonly<Record<string, string>>

  constructor(code: ProblemCode, { detail, errors, headers = {}, cause }: ProblemExtras = {}) {
    super(code, { cause })
    this.code = code
    this.detail = detail
    this.errors = errors
    this.headers = headers
  }

  get status(): ProblemStatus {
    return statusOf(this.code)
  }

  get title(): string {
    return problems[this.code][1]
  }
}

/** The violation of a reference in a body: which member points nowhere. */
export function referenceNotFound(pointer: string, cause?: unknown): ProblemError {
  const item = { pointer, code: 'reference/not-found', detail: 'does not exist' }
  return new ProblemError('reference/not-found', { errors: [item], cause })
}
