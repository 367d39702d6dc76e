import { Rejection, unreadable } from './rejection.ts'

/** What Cloudflare's Images decodes at most (https://developers.cloudflare.com/images/get-started/limits). */
const maxSide = 12_000
const maxPixels = 100_000_000

/** Refuses by the header alone what would fill the memory of whoever decodes it. */
export function checkPixels(width: number, height: number): void {
  if (width === 0 || height === 0) throw unreadable('The image says that it has no pixels.')
  if (width <= maxSide && height <= maxSide && width * height <= maxPixels) return
  const detail = `The image says that it has ${width} x ${height} pixels; at most ${maxSide} a side and ${maxPixels} in all.`
  throw new Rejection('media/too-many-pixels', detail)
}
