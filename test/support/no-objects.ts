import type { Images } from '../../src/objects/images.ts'
import type { ObjectStore } from '../../src/objects/store.ts'

/** Where a test needs neither files nor pictures. */

const refuse = () => Promise.reject(new Error('there is no object store here'))

export const noObjects: ObjectStore = {
  put: refuse,
  putExact: refuse,
  get: refuse,
  head: refuse,
  delete: refuse,
  list: refuse,
  listDated: refuse,
}
export const noImages: Images = { toJpeg: refuse }

/** Nor anything of other hosts. */
export const noOutbound = {
  fetch: () => Promise.reject(new Error('there are no other hosts here')),
  resolve: async () => undefined,
}
