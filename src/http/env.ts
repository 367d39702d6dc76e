import type { Context, MemberContext, UserContext } from '../context.ts'

/** What handlers and middleware keep on a request. */
export type PublicEnv = { Variables: { ctx: Context; requestId: string } }
export type UserEnv = { Variables: { ctx: UserContext; requestId: string } }
export type MemberEnv = { Variables: { ctx: MemberContext; requestId: string } }
