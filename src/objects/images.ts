import { ObjectStoreError } from './store.ts'

/** The port to what converts images. */
export type Images = {
  /** The same picture as a JPEG, on white where it is transparent; undefined when it cannot be decoded. */
  readonly toJpeg: (source: ReadableStream<Uint8Array>) => Promise<ReadableStream<Uint8Array> | undefined>
}

/** What is used of the Images binding (https://developers.cloudflare.com/images/transform-images/bindings). */
export type ImagesBinding = {
  readonly input: (source: never) => {
    readonly output: (options: {
      format: 'image/jpeg'
      quality: number
      background: string
    }) => Promise<{ readonly image: () => unknown }>
  }
}

/** Above what eyes see at the size of a phone; Instagram compresses again. */
const jpegQuality = 92
const defaultTimeoutMs = 30_000
/** No image, too large, of no known format, damaged (https://developers.cloudflare.com/images/reference/troubleshooting). */
const faultsOfTheImage = [9412, 9413, 9520, 9523]

/** The port over the binding; a call that is not answered in time counts as failed. */
export function connectImages(binding: ImagesBinding, timeoutMs = defaultTimeoutMs): Images {
  return {
    toJpeg: async (source) => {
      let timer: ReturnType<typeof setTimeout> | undefined
      const timeout = new Promise<never>((_resolve, reject) => {
        timer = setTimeout(() => reject(new ObjectStoreError('no image was made in time')), timeoutMs)
      })
      const options = { format: 'image/jpeg', quality: jpegQuality, background: '#ffffff' } as const
      try {
        const made = await Promise.race([binding.input(source as never).output(options), timeout])
        // What the platform calls a ReadableStream is one; its type is its own.
        return made.image() as ReadableStream<Uint8Array>
      } catch (cause) {
        if (faultsOfTheImage.includes(Number((cause as { code?: unknown } | null)?.code))) return undefined
        throw cause instanceof ObjectStoreError ? cause : new ObjectStoreError('no image was made', { cause })
      } finally {
        clearTimeout(timer)
      }
    },
  }
}
