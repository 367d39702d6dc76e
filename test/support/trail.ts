import type { Sql, TransactionSql } from 'postgres'

/** Rows that the audit trigger did not write, which needs the owner and the guard off its hinges meanwhile. */
export async function forgeTrail(owner: Sql, work: (tx: TransactionSql) => Promise<unknown>): Promise<void> {
  await owner.begin(async (tx) => {
    await tx`alter table audit_logs disable trigger refuse_direct`
    await work(tx)
    await tx`alter table audit_logs enable trigger refuse_direct`
  })
}
