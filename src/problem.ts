/** THE table of what can go wrong for a caller: code -> HTTP status and title (RFC 9457). Details come with the throw. */
const problems = {
  'request/malformed-json': [400, 'The body is not readable JSON'],
  'request/unsupported-media-type': [415, 'The body is of another media type than this endpoint takes'],
  'request/length-required': [411, 'A Content-Length is required'],
  'request/too-large': [413, 'The body is larger than this endpoint takes'],
  'request/invalid': [422, 'The request does not match its schema'],
  'request/not-found': [404, 'There is nothing at this path'],
  'request/method-not-allowed': [405, 'This path does not take that method'],
  'request/range-not-satisfiable': [416, 'The file has no such bytes'],
  'request/version-required': [428, 'An If-Match header is required'],
  'request/version-stale': [412, 'The resource has changed since'],
  'request/rate-limited': [429, 'Too many requests'],
  'request/conflict': [409, 'The request conflicts with the current state'],
  'reference/not-found': [422, 'A referenced resource does not exist'],
  'idempotency/key-reused': [422, 'This Idempotency-Key belongs to another request'],
  'idempotency/in-progress': [409, 'The same request is under way'],
  'auth/credentials-required': [401, 'A valid access token is required'],
  'auth/credentials-wrong': [401, 'E-mail or password is wrong'],
  'auth/user-required': [403, 'An API key may not do that'],
  'auth/throttled': [429, 'Too many attempts: wait before the next'],
  'auth/token-invalid': [422, 'The token is used up, expired or unknown'],
  'auth/refresh-token-invalid': [401, 'The refresh token is not valid'],
  'auth/workspace-ambiguous': [422, 'Name the workspace'],
  'auth/session-not-found': [404, 'No such session'],
  'auth/challenge-invalid': [401, 'Sign in again: the challenge is used, expired or unknown'],
  'auth/second-factor-wrong': [401, 'The second factor is wrong'],
  'auth/second-factor-required': [403, 'This needs a session that has proved a second factor'],
  'auth/sign-in-again': [403, 'This needs a session that has just signed in'],
  'totp/exists': [409, 'The account has an authenticator app'],
  'totp/not-pending': [409, 'There is no authenticator app to confirm'],
  'totp/not-found': [404, 'The account has no authenticator app'],
  'totp/code-wrong': [422, 'The code is wrong or used'],
  'passkey/refused': [422, 'The passkey does not answer what was asked'],
  'passkey/exists': [409, 'The passkey is registered already'],
  'passkey/too-many': [409, 'The account has as many passkeys as it can have'],
  'passkey/not-found': [404, 'No such passkey'],
  'auth/email-unverified': [403, 'Prove your e-mail address first'],
  'api-key/not-found': [404, 'No such API key'],
  'permission/denied': [403, 'This role may not do that'],
  'workspace/none': [403, 'This token is for no workspace'],
  'workspace/too-many': [409, 'There are enough workspaces of this owner'],
  'workspace/second-factor-unproved': [409, 'This session has not proved a second factor'],
  'workspace/not-closing': [409, 'The workspace is not closing'],
  'workspace/closed': [409, 'The workspace is closing or closed'],
  'member/not-found': [404, 'No such member'],
  'member/exists': [409, 'The address belongs to a member'],
  'member/last-owner': [409, 'The others would be without an owner'],
  'invitation/not-found': [404, 'No such open invitation'],
  'invitation/exists': [409, 'The address has an open invitation'],
  'invitation/too-many': [409, 'Too many invitations are open, or have been sent today'],
  'invitation/token-invalid': [422, 'The invitation is not good, or no longer'],
  'invitation/other-address': [403, 'The invitation is for another address'],
  'user/email-taken': [409, 'An account with this e-mail exists'],
  'user/last-owner': [409, 'Others would be left in a workspace without an owner'],
  'export/not-found': [404, 'No such export'],
  'export/too-many': [429, 'Too many exports were asked for lately'],
  'erasure/not-found': [404, 'No such receipt'],
  'instagram-account/not-found': [404, 'No such Instagram account'],
  'slots/none': [409, 'The account has no posting slots'],
  'slots/full': [409, 'The account has no free posting slot'],
  'campaign/not-found': [404, 'No such campaign'],
  'campaign/budget-without-currency': [409, 'The campaign would have a budget without a currency'],
  'campaign/ends-before-start': [409, 'The campaign would end before it starts'],
  'campaign/goal-without-currency': [409, 'The campaign would have a goal of money without a currency'],
  'campaign/archived': [409, 'The campaign is archived'],
  'campaign/in-use': [409, 'The campaign has posts or spend'],
  'media/not-found': [404, 'No such file'],
  'media/in-use': [409, 'A post shows the file'],
  'media/quota-exceeded': [409, 'The workspace has no room for the file'],
  'media/upload-closed': [409, 'The upload of this file is over'],
  'media/upload-expired': [409, 'The upload was open for too long'],
  'media/not-uploaded': [409, 'The file has not been uploaded'],
  'media/upload-incomplete': [400, 'The upload broke off'],
  'media/size-mismatch': [422, 'The file has another size than declared'],
  'media/checksum-mismatch': [422, 'The file has another SHA-256 than declared'],
  'media/type-mismatch': [422, 'The file is not of its declared type'],
  'media/unsupported-type': [422, 'Files of this type are not taken'],
  'media/too-large': [422, 'The file is larger than its type may be'],
  'media/truncated': [422, 'The file is not all there'],
  'media/unreadable': [422, 'The file cannot be read'],
  'media/too-many-pixels': [422, 'The image has too many pixels'],
  'media/animated': [422, 'The image moves'],
  'media/no-video': [422, 'The video has no picture'],
  'media/moov-not-first': [422, 'The video cannot play while it loads'],
  'media/fragmented': [422, 'The video is in fragments'],
  'media/import-url-refused': [422, 'Files are not fetched from such a URL'],
  'media/import-address-refused': [422, 'The host is not public'],
  'media/import-redirected': [422, 'The host redirects too often'],
  'media/import-failed': [422, 'The host does not give the file'],
  'media/import-timeout': [422, 'The host gives the file too slowly'],
  'media/abandoned': [422, 'The file was never uploaded'],
  'spend/is-correction': [409, 'A correction cannot be corrected: correct its entry'],
  'spend/other-currency': [409, 'The entry to be corrected is in another currency'],
  'spend/below-zero': [409, 'The corrections would take more than the entry has'],
  'spend/too-much': [409, 'The campaign would have more spend than can be counted'],
  'post/not-found': [404, 'No such post'],
  'post/unschedule-first': [409, 'The post is scheduled'],
  'post/not-deletable': [409, 'The post can only be archived'],
  'post/not-editable': [409, 'The post can no longer be changed'],
  'post/not-ready': [422, 'The post cannot be published as it is'],
  'post/illegal-move': [409, 'The post cannot move to that status'],
  'post/approval-required': [409, 'The post has to be approved first'],
  'recurrence/not-found': [404, 'The post does not repeat'],
  'post/already-approved': [409, 'You have approved this content already'],
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
  return new ProblemError('reference/not-found', { errors: [missingReference(pointer)], cause })
}

export const missingReference = (pointer: string): ProblemItem => ({
  pointer,
  code: 'reference/not-found',
  detail: 'does not exist',
})
