import { boundedBy, ObjectStoreError } from './in-time.ts'

/** The port to what converts images. */
export type Images = {
  /**
   * The same picture as a JPEG, on white where it is transparent, and no wider than `maxWidth` pixels; undefined when it
   * cannot be decoded.
   */
  readonly toJpeg: (
    source: ReadableStream<Uint8Array>,
    maxWidth?: number,
  ) => Promise<ReadableStream<Uint8Array> | undefined>
}

/** What is used of the Images binding (https://developers.cloudflare.com/images/transform-images/bindings). */
export type ImagesBinding = { readonly input: (source: never) => Transformer }

type Transformer = {
  readonly transform: (options: { width: number; fit: 'scale-down' }) => Transformer
  readonly output: (options: {
    format: 'image/jpeg'
    quality: number
    background: string
  }) => Promise<{ readonly image: () => unknown }>
}

/** Above what eyes see at the size of a phone; Instagram compresses again. */
const jpegQuality = 92
const defaultTimeoutMs = 30_000
/** No image, too large, of no known format, damaged (https://developers.cloudflare.com/images/reference/troubleshooting). */
const faultsOfTheImage = [9412, 9413, 9520, 9523]

/** The port over the binding; a call that is not answered in time counts as failed. */
export function connectImages(binding: ImagesBinding, timeoutMs = defaultTimeoutMs): Images {
  const inTime = boundedBy(timeoutMs, 'what converts images')
  const convert = async (source: ReadableStream<Uint8Array>, maxWidth: number | undefined) => {
    const whole = binding.input(source as never)
    const sized = maxWidth === undefined ? whole : whole.transform({ width: maxWidth, fit: 'scale-down' })
    return await sized.output({ format: 'image/jpeg', quality: jpegQuality, background: '#ffffff' })
  }
  return {
    toJpeg: async (source, maxWidth) => {
      try {
        // What the platform calls a ReadableStream is one; its type is its own.
        return (await inTime(convert(source, maxWidth))).image() as ReadableStream<Uint8Array>
      } catch (error) {
        const cause = error instanceof ObjectStoreError ? error.cause : undefined
        if (faultsOfTheImage.includes(Number((cause as { code?: unknown } | undefined)?.code))) return undefined
        throw error
      }
    },
  }
}
