import type { ProblemCode } from '../problem.ts'

/** Why a file can never be used; stored with it, and said to whoever completes it. */
export type RejectionCode = Extract<ProblemCode, `media/${string}`>

/** What the checks throw at a file. Anything else that is thrown says nothing about the file. */
export class Rejection extends Error {
  override readonly name = 'Rejection'
  readonly code: RejectionCode
  readonly detail: string

  constructor(code: RejectionCode, detail: string) {
    super(code)
    this.code = code
    this.detail = detail
  }
}

export const truncated = (detail: string) => new Rejection('media/truncated', detail)
export const unreadable = (detail: string) => new Rejection('media/unreadable', detail)
