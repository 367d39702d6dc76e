import type { Sql } from 'postgres'

/** Posts whose stored fingerprint is not that of their words and media. */
export async function staleFingerprints(owner: Sql): Promise<string[]> {
  const rows = await owner<{ id: string }[]>`
    select p.id from posts p
    where p.content_fingerprint is distinct from content_fingerprint(p.caption, (
      select string_agg(coalesce(f.declared_sha256, f.sha256, sha256(uuid_send(f.id))), '' order by m.position)
      from post_media m join media_files f on f.workspace_id = m.workspace_id and f.id = m.media_id
      where m.workspace_id = p.workspace_id and m.post_id = p.id
    ))`
  return rows.map(({ id }) => id)
}
