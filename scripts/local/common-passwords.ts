import { createHash } from 'node:crypto'
import { dictionary } from '@zxcvbn-ts/language-common'
import { connect } from './migrate.ts'

/** First 16 bytes of SHA-256 of the password in NFKC and lower case, in hex: as common_passwords keeps it. */
const digestOf = (password: string): string =>
  createHash('sha256').update(password.normalize('NFKC').toLowerCase()).digest('hex').slice(0, 32)

/**
 * Makes common_passwords hold the list of the package, no more and no less, unless it does so already. Needs a login that is
 * a member of defeah_owner: the owner of the database, or the role migrator.
 */
export async function loadCommonPasswords(ownerUrl: string): Promise<{ isLoaded: boolean; detail: string }> {
  const listed = [...new Set(dictionary['passwords-common'].map(digestOf))].sort()
  const fingerprint = createHash('sha256').update(listed.join('')).digest('hex')
  const sql = connect(ownerUrl)
  const count = listed.length.toLocaleString('en')
  try {
    return await sql.begin(async (tx) => {
      await tx`set local role defeah_owner`
      await tx`lock table common_passwords in share row exclusive mode`
      const [present] = await tx<{ fingerprint: string | null }[]>`
        select encode(sha256(string_agg(encode(digest, 'hex'), '' order by digest)::bytea), 'hex') as fingerprint
        from common_passwords`
      if (present?.fingerprint === fingerprint) return { isLoaded: false, detail: `${count}, already there` }
      await tx`
        delete from common_passwords
        where digest not in (select decode(d.hex, 'hex') from unnest(${listed}::text[]) d (hex))`
      await tx`
        insert into common_passwords (digest)
        select decode(d.hex, 'hex') from unnest(${listed}::text[]) d (hex)
        on conflict do nothing`
      return { isLoaded: true, detail: `${count} loaded` }
    })
  } finally {
    await sql.end()
  }
}
