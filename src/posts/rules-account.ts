import type { Content, Fault, Rule } from './rules.ts'

/** What the account must be, and what its login flavour does not let through. */

export const accountRules: readonly Rule[] = [
  {
    code: 'account/missing',
    level: 'problem',
    faultsOf: ({ accountId }) =>
      accountId === null ? [{ pointer: '/accountId', detail: 'choose the Instagram account to publish to' }] : [],
  },
  {
    code: 'account/not-active',
    level: 'problem',
    faultsOf: ({ account }) =>
      account === null || account.status === 'active'
        ? []
        : [{ pointer: '/accountId', detail: `the account is ${account.status}: it has to be connected again` }],
  },
  {
    // Meta offers these under Facebook Login alone.
    code: 'account/flavour-forbids',
    level: 'refused',
    alsoBy: ['accountId'],
    faultsOf: (content) => (content.account?.login === 'instagram' ? facebookOnly(content) : []),
  },
  {
    code: 'content/duplicate',
    level: 'warning',
    faultsOf: ({ duplicateOf }) =>
      duplicateOf === null
        ? []
        : [{ pointer: '', detail: `post ${duplicateOf} has the same words and media, on this account within 30 days` }],
  },
]

function facebookOnly({ options, media }: Content): Fault[] {
  const detail = 'needs an account that is connected by Facebook Login; this one is by Instagram Login'
  const named = (['locationId', 'isPaidPartnership', 'sponsorIds'] as const).filter((name) => isSet(options[name]))
  const tagged = media.flatMap(({ productTags }, index) => (productTags.length > 0 ? [index] : []))
  return [
    ...named.map((name) => ({ pointer: `/options/${name}`, detail })),
    ...tagged.map((index) => ({ pointer: `/media/${index}/productTags`, detail })),
  ]
}

const isSet = (value: unknown): boolean => (Array.isArray(value) ? value.length > 0 : Boolean(value))
