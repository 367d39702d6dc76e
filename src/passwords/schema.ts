import { Text } from '../http/values.ts'

/** Characters of a password, in the form that is hashed: one that is typed as two counts once. */
export const passwordLength = { min: 10, max: 128 } as const

// Some characters become several in NFKC, and those beyond the first plane are two UTF-16 units each.
const maxUnits = 512
const lengthOf = (password: string): number => [...password.normalize('NFKC')].length

/** A password as it is presented: any, so that old ones go on working, but bounded. */
export const Password = Text(maxUnits)
  .refine((password) => lengthOf(password) <= passwordLength.max, {
    error: `must have at most ${passwordLength.max} characters`,
  })
  .openapi({ format: 'password', maxLength: passwordLength.max })

/** A password as it is chosen. What is common or personal is refused by the service, which knows those. */
export const NewPassword = Password.refine((password) => lengthOf(password) >= passwordLength.min, {
  error: `must have at least ${passwordLength.min} characters`,
}).openapi({ format: 'password', minLength: passwordLength.min, maxLength: passwordLength.max })
