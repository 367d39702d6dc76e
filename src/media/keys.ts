/**
 * Where the bytes of an upload lie: `media/WORKSPACE/FILE/PART`. The part is `source` for what was uploaded, and an id for
 * each attempt to make a JPEG of it, so no key is ever written with other bytes than it had.
 */

export const mediaPrefix = 'media/'
export const uploadPrefix = (workspaceId: string, fileId: string): string => `${mediaPrefix}${workspaceId}/${fileId}/`
export const sourceKey = (workspaceId: string, fileId: string): string => `${uploadPrefix(workspaceId, fileId)}source`

const uuid = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}'
const layout = new RegExp(`^${mediaPrefix}(${uuid})/(${uuid})/`)

/** Whose upload a key lies below; undefined for a key that none of ours can be. */
export function ownerOf(key: string): { readonly workspaceId: string; readonly uploadId: string } | undefined {
  const [, workspaceId, uploadId] = layout.exec(key) ?? []
  return workspaceId === undefined || uploadId === undefined ? undefined : { workspaceId, uploadId }
}
