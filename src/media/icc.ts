import { asciiAt } from './source.ts'

const unnamed = 'unnamed'
const headerBytes = 128
const maxTags = 100
const maxNameLength = 100

/**
 * The description in an ICC profile (ICC.1:2022, 9.2.41), of which the beginning is enough: an ASCII text in version 2,
 * the first of several translations in version 4.
 */
export function iccProfileName(profile: DataView): string {
  if (profile.byteLength < headerBytes + 4) return unnamed
  const tags = Math.min(profile.getUint32(headerBytes), maxTags)
  for (let tag = 0; tag < tags; tag += 1) {
    const at = headerBytes + 4 + tag * 12
    if (at + 12 > profile.byteLength) break
    if (asciiAt(profile, at, 4) === 'desc') return cleaned(textAt(profile, profile.getUint32(at + 4)))
  }
  return unnamed
}

function textAt(profile: DataView, at: number): string {
  if (at + 28 > profile.byteLength) return ''
  const type = asciiAt(profile, at, 4)
  const [start, length] =
    type === 'mluc'
      ? [at + profile.getUint32(at + 24), profile.getUint32(at + 20)]
      : [at + 12, profile.getUint32(at + 8)]
  const end = Math.min(start + Math.min(length, 2 * maxNameLength), profile.byteLength)
  if (type === 'desc') return asciiAt(profile, start, Math.max(0, end - start))
  let text = ''
  for (let unit = start; unit + 1 < end; unit += 2) text += String.fromCharCode(profile.getUint16(unit))
  return text
}

function cleaned(text: string): string {
  const printable = text
    .replace(/\p{Cc}/gu, '')
    .trim()
    .slice(0, maxNameLength)
    .toWellFormed()
  return printable === '' ? unnamed : printable
}
