import { emailDigests } from '../../src/crypto/blind-index.ts'
import { encryptField } from '../../src/crypto/field.ts'
import { hashPassword } from '../../src/crypto/password.ts'
import { placeIn } from '../../src/keys/encrypted-columns.ts'
import type { GlobalKeys, Keyring } from '../../src/keys/service.ts'
import type { SeedUser } from './plan.ts'
import { randomOf, subjects } from './random.ts'
import { personName } from './words.ts'

/** Everybody of a seed signs in with it. */
export const seedPassword = 'seeded correct horse battery'

export const emailOf = ({ number }: Pick<SeedUser, 'number'>): string => `user-${number + 1}@seed.example.com`

/** A user as the database keeps it: encrypted under a data key of its own, as a registration would have done. */
export type StoredUser = SeedUser & {
  readonly emailCiphertext: string
  readonly nameCiphertext: string
  readonly dataKeyId: string
  readonly kekVersion: number
  readonly wrappedKey: string
  readonly keyVersions: readonly number[]
  readonly digests: readonly string[]
}

const atOnce = 64

/** One hash for everybody, since each takes a third of a second. */
export const hashOnce = async ({ peppers }: GlobalKeys): Promise<string> =>
  await hashPassword(peppers, seedPassword, () => new Date())

/** Encrypts the users, a few at a time, in their order. */
export async function* storedUsers(
  users: readonly SeedUser[],
  seed: number,
  keyring: Keyring,
  { blindIndex }: GlobalKeys,
): AsyncGenerator<StoredUser> {
  for (let first = 0; first < users.length; first += atOnce) {
    const some = users.slice(first, first + atOnce)
    yield* await Promise.all(some.map(async (user) => await store(user, seed, keyring, blindIndex)))
  }
}

async function store(
  user: SeedUser,
  seed: number,
  keyring: Keyring,
  blindIndex: GlobalKeys['blindIndex'],
): Promise<StoredUser> {
  const random = randomOf(seed, subjects.user, user.number, 1)
  const { id } = user
  const { wrapped, dataKey } = await keyring.makeDataKey(random.uuid(user.createdAt), id)
  return {
    ...user,
    dataKeyId: wrapped.id,
    kekVersion: wrapped.kekVersion,
    wrappedKey: wrapped.wrappedKey,
    emailCiphertext: await encryptField(dataKey, placeIn('users', 'email_ciphertext', id, id), emailOf(user)),
    nameCiphertext: await encryptField(dataKey, placeIn('users', 'name_ciphertext', id, id), personName(random)),
    ...(await emailDigests(blindIndex, emailOf(user))),
  }
}
