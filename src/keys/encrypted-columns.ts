import type { FieldPlace } from '../crypto/field.ts'

/**
 * Every column that holds ciphertexts (its name ends in `_ciphertext`), by table: what a rotation of data keys encrypts
 * anew. A test compares this with the database's catalog, and that the rotation does so with each of them.
 */
export const encryptedColumns = {
  users: ['email_ciphertext', 'name_ciphertext', 'pending_email_ciphertext'],
  user_totp: ['secret_ciphertext'],
  workspace_invitations: ['email_ciphertext'],
} as const

/** Ciphertexts that a rotation leaves alone, and why. */
export const notRotated: Readonly<Record<string, string>> = {
  'instagram_tokens.token_ciphertext': 'names no data key, and nothing writes it yet',
}

type EncryptedTable = keyof typeof encryptedColumns

/** Where a value of one of these columns lives. */
export const placeIn = <Table extends EncryptedTable>(
  table: Table,
  column: (typeof encryptedColumns)[Table][number],
  rowId: string,
  owner: string,
): FieldPlace => ({ table, column, rowId, owner })
