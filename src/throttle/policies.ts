/** Of how many attempts what follows: `free` pass, then each makes the next one wait, twice as long each time. */
export type Policy = {
  readonly free: number
  /** The wait after the last free attempt, and the longest one. */
  readonly firstDelayMs: number
  readonly longestDelayMs: number
  /** Counts begin anew with each such stretch of the clock, and last for all of it; without one they end by quiet. */
  readonly windowMs?: number
}

const seconds = 1_000
const minutes = 60 * seconds
const hours = 60 * minutes
const growing = { firstDelayMs: 5 * seconds, longestDelayMs: 15 * minutes } as const

/** A count is forgotten when nothing was counted for so long after its wait. */
export const quietMs = hours

type Counted = {
  /** Whatever text names the account, whether or not there is such an account. Success forgets its count. */
  readonly account: Policy | undefined
  /** The client's network. Success takes its attempt back. */
  readonly network: Policy | undefined
  /** The client's network again: how much it may do. Success takes nothing back, and RATE_LIMIT_FACTOR raises it. */
  readonly volume?: Policy
}

/** Guesses from one network: many people may share it, and an attempt that succeeds is taken back. */
const ofNetwork: Policy = { free: 30, ...growing }
const ofAccount: Policy = { free: 5, ...growing }

/** Each act with what it counts. */
const policies = {
  login: { account: ofAccount, network: ofNetwork },
  'second-factor': { account: ofAccount, network: ofNetwork },
  /** The password of an account that is already named: by a session, or by the token of a mail. */
  password: { account: ofAccount, network: ofNetwork },
  reset: { account: ofAccount, network: ofNetwork },
  /** Harder: who is refused learns that the address is known. */
  register: {
    account: { free: 5, firstDelayMs: 30 * seconds, longestDelayMs: 15 * minutes },
    network: { free: 10, firstDelayMs: 30 * seconds, longestDelayMs: 15 * minutes },
    /** More than an office needs in an hour, and a fifth of what the limit by the minute lets through. */
    volume: { free: 120, firstDelayMs: minutes, longestDelayMs: 15 * minutes, windowMs: hours },
  },
  forgot: { account: undefined, network: ofNetwork },
  resend: { account: { free: 1, firstDelayMs: minutes, longestDelayMs: hours }, network: undefined },
  'email-change': { account: { free: 3, firstDelayMs: minutes, longestDelayMs: hours }, network: ofNetwork },
  /** Mails that a stranger can cause: past these the answer is the same and no mail goes out. */
  'reset-mail': { account: { free: 3, firstDelayMs: 20 * minutes, longestDelayMs: 20 * minutes }, network: undefined },
  'registered-mail': { account: { free: 1, firstDelayMs: 24 * hours, longestDelayMs: 24 * hours }, network: undefined },
} satisfies Record<string, Counted>

export type Act = keyof typeof policies

export const policyOf = (act: Act): Counted => policies[act]
