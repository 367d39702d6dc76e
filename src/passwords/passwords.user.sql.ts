// Generated from sql/passwords/passwords.user.sql by `npm run gen`. Do not edit.
import { PreparedQuery } from '../db/run.ts'

export type FindCommonPasswordParams = {
  digest: string
}

export type FindCommonPasswordResult = {
  isCommon: boolean
}

/** Whether a password is one of those that everybody tries first; :digest! as common_passwords keeps it, in hex. */
export const findCommonPassword = new PreparedQuery<FindCommonPasswordParams, FindCommonPasswordResult>({
  params: [
    { name: 'digest', required: true, locs: [{ a: 79, b: 86 }] },
  ],
  statement: `select exists (
  select 1
  from common_passwords p
  where p.digest = decode(:digest!, 'hex')
) as "isCommon"`,
})
