import { maxJpegBytes } from '../media/schema.ts'
import type { Content, Fault, Rule } from './rules.ts'
import { isReady, ratioOf, storyRatio } from './rules-media.ts'
import type { FileFacts, PostKind, PostOptions } from './schema.ts'

/** The options of a kind, and the cover of a reel. */

const maxCollaborators = 3
const maxSponsors = 2

const feed = ['image', 'carousel', 'reel'] as const
const kindsOf: Readonly<Record<keyof PostOptions, readonly PostKind[]>> = {
  firstComment: feed,
  locationId: feed,
  collaborators: feed,
  isAiGenerated: [...feed, 'story'],
  isPaidPartnership: feed,
  sponsorIds: feed,
  shareToFeed: ['reel'],
  audioName: ['reel'],
  coverMediaId: ['reel'],
  thumbOffsetMs: ['reel'],
  trial: ['reel'],
}

export const optionRules: readonly Rule[] = [
  {
    code: 'options/foreign',
    level: 'refused',
    faultsOf: ({ kind, options }) =>
      namesOf(options)
        .filter((name) => !kindsOf[name].includes(kind))
        .map((name) => ({
          pointer: `/options/${name}`,
          detail: `is not for a ${kind}, but for: ${kindsOf[name].join(', ')}`,
        })),
  },
  {
    code: 'collaborators/too-many',
    level: 'refused',
    faultsOf: ({ options: { collaborators = [] } }) => tooMany('collaborators', collaborators, maxCollaborators),
  },
  {
    // The reference has them; callers have been told that the parameter is not allowed.
    code: 'collaborators/may-be-refused',
    level: 'warning',
    faultsOf: ({ kind, options: { collaborators = [] } }) =>
      kind === 'carousel' && collaborators.length > 0
        ? [{ pointer: '/options/collaborators', detail: 'Instagram has refused collaborators on carousels' }]
        : [],
  },
  {
    // Shown first to people who do not follow the account; what that means for a collaborator is not said.
    code: 'trial/with-collaborators',
    level: 'warning',
    faultsOf: ({ options: { trial, collaborators = [] } }) =>
      trial !== undefined && collaborators.length > 0
        ? [{ pointer: '/options/trial', detail: 'Instagram may refuse a trial reel that has collaborators' }]
        : [],
  },
  {
    code: 'sponsors/too-many',
    level: 'refused',
    faultsOf: ({ options: { sponsorIds = [] } }) => tooMany('sponsorIds', sponsorIds, maxSponsors),
  },
  {
    code: 'thumb-offset/beyond-end',
    level: 'refused',
    alsoBy: ['media'],
    faultsOf: ({ options: { thumbOffsetMs }, media: [item] }) => {
      const lengthMs = isReady(item?.file) ? item?.file?.durationMs : undefined
      if (thumbOffsetMs === undefined || lengthMs == null || thumbOffsetMs < lengthMs) return []
      return [{ pointer: '/options/thumbOffsetMs', detail: `is ${thumbOffsetMs} ms; the video ends at ${lengthMs} ms` }]
    },
  },
  {
    code: 'thumb-offset/ignored',
    level: 'warning',
    faultsOf: ({ options: { thumbOffsetMs, coverMediaId } }) =>
      thumbOffsetMs !== undefined && coverMediaId !== undefined
        ? [{ pointer: '/options/thumbOffsetMs', detail: 'the cover is shown instead of a moment of the video' }]
        : [],
  },
  {
    code: 'cover/rejected',
    level: 'refused',
    faultsOf: ofCover(({ status }) => (status === 'rejected' ? 'the file was rejected' : undefined)),
  },
  {
    code: 'cover/not-ready',
    level: 'problem',
    faultsOf: ofCover(({ status }) =>
      status === 'pending' || status === 'processing' ? `the file is still ${status}` : undefined,
    ),
  },
  {
    code: 'cover/wrong-type',
    level: 'refused',
    faultsOf: ofReadyCover(({ contentType }) =>
      contentType !== null && contentType !== 'image/jpeg' ? `is ${contentType}; a cover is image/jpeg` : undefined,
    ),
  },
  {
    code: 'cover/too-large',
    level: 'refused',
    faultsOf: ofReadyCover(({ bytes }) =>
      bytes !== null && bytes > maxJpegBytes ? `has ${bytes} bytes; Instagram takes ${maxJpegBytes}` : undefined,
    ),
  },
  {
    code: 'cover/aspect-ratio',
    level: 'warning',
    faultsOf: ofReadyCover((file) => {
      const ratio = ratioOf(file)
      if (ratio === undefined || ratio === storyRatio) return undefined
      return `is ${file.width} x ${file.height}; Instagram crops it to 9:16 around its centre`
    }),
  },
]

const namesOf = (options: PostOptions) =>
  (Object.keys(kindsOf) as (keyof PostOptions)[]).filter((name) => options[name] !== undefined)

const tooMany = (name: 'collaborators' | 'sponsorIds', values: readonly string[], most: number): Fault[] =>
  values.length > most ? [{ pointer: `/options/${name}`, detail: `has ${values.length}; Instagram takes ${most}` }] : []

/** At most one fault of the cover, when its file is known. */
function ofCover(fault: (cover: FileFacts) => string | undefined) {
  return ({ cover }: Content): Fault[] => {
    const detail = cover === null ? undefined : fault(cover)
    return detail === undefined ? [] : [{ pointer: '/options/coverMediaId', detail }]
  }
}

function ofReadyCover(fault: (cover: FileFacts) => string | undefined) {
  return ofCover((cover) => (isReady(cover) ? fault(cover) : undefined))
}
