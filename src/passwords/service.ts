import type { Context } from '../context.ts'
import { toHex, utf8 } from '../crypto/encoding.ts'
import { ProblemError } from '../problem.ts'
import { findCommonPassword } from './passwords.user.sql.ts'

type Chosen = {
  readonly password: string
  /** The member of the body that holds it, as a JSON Pointer. */
  readonly pointer: string
  /** What somebody who knows the person tries first. */
  readonly personal: readonly string[]
}

const digestBytes = 16

/** Refuses a chosen password that everybody tries first, or that is the address or the name of its owner. */
export async function refuseWeakPassword(ctx: Context, { password, pointer, personal }: Chosen): Promise<void> {
  const folded = fold(password)
  if (personal.some((text) => fold(text) === folded)) {
    throw weak(pointer, 'password/personal', 'is your own address or name')
  }
  const digest = toHex(await crypto.subtle.digest('SHA-256', utf8(folded))).slice(0, digestBytes * 2)
  const { isCommon } = await ctx.db.one(findCommonPassword, { digest })
  if (isCommon) throw weak(pointer, 'password/common', 'is among the passwords that are tried first')
}

/** Spelling that a guesser varies by itself. */
const fold = (text: string): string => text.normalize('NFKC').toLowerCase().trim()

const weak = (pointer: string, code: string, detail: string): ProblemError =>
  new ProblemError('request/invalid', { errors: [{ pointer, code, detail }] })
