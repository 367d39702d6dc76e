const orientationTag = 0x0112

/** The orientation that the first directory of an Exif block (a TIFF file) states: 1 to 8, of which 5 to 8 lie down. */
export function orientationIn(tiff: DataView): number {
  const upright = 1
  if (tiff.byteLength < 8) return upright
  const isLittleEndian = tiff.getUint16(0) === 0x4949
  const directory = tiff.getUint32(4, isLittleEndian)
  if (directory + 2 > tiff.byteLength) return upright
  const entries = tiff.getUint16(directory, isLittleEndian)
  for (let entry = 0; entry < entries; entry += 1) {
    const at = directory + 2 + entry * 12
    if (at + 12 > tiff.byteLength) return upright
    if (tiff.getUint16(at, isLittleEndian) === orientationTag) return tiff.getUint16(at + 8, isLittleEndian)
  }
  return upright
}
