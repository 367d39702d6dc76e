import type { Rule } from './rules.ts'
import { isVideo } from './rules-media.ts'

/** Words: the caption, the first comment, and the texts for people who cannot see the pictures. */

const maxCaption = 2200
const maxHashtags = 30
const maxMentions = 20
const maxComment = 2200
const surelyTakenComment = { characters: 300, hashtags: 4 }
const maxAltText = 1000

const hashtagsIn = (text: string): number => text.match(/#[\p{L}\p{N}_]+/gu)?.length ?? 0
/** An at sign within a word is an address, and mentions nobody. */
const mentionsIn = (text: string): number => text.match(/(?<![\p{L}\p{N}_.])@[A-Za-z0-9._]+/gu)?.length ?? 0

/** A rule on how much of something the caption holds. Characters are UTF-16 units, of which no count has more. */
const captionLimit = (code: string, what: string, most: number, count: (caption: string) => number): Rule => ({
  code,
  level: 'refused',
  faultsOf: ({ caption }) => {
    const found = count(caption ?? '')
    return found > most ? [{ pointer: '/caption', detail: `has ${found} ${what}; Instagram takes ${most}` }] : []
  },
})

export const textRules: readonly Rule[] = [
  captionLimit('caption/too-long', 'characters', maxCaption, (caption) => caption.length),
  captionLimit('caption/too-many-hashtags', 'hashtags', maxHashtags, hashtagsIn),
  captionLimit('caption/too-many-mentions', 'mentions', maxMentions, mentionsIn),
  {
    code: 'caption/ignored',
    level: 'warning',
    faultsOf: ({ kind, caption }) =>
      kind === 'story' && caption
        ? [{ pointer: '/caption', detail: 'a story has no caption; these words are not published' }]
        : [],
  },
  {
    code: 'first-comment/too-long',
    level: 'refused',
    faultsOf: ({ options: { firstComment = '' } }) =>
      firstComment.length > maxComment
        ? [
            {
              pointer: '/options/firstComment',
              detail: `has ${firstComment.length} characters; a comment takes ${maxComment}`,
            },
          ]
        : [],
  },
  {
    // Meta's older rules for comments, which its present reference neither repeats nor lifts.
    code: 'first-comment/may-be-refused',
    level: 'warning',
    faultsOf: ({ options: { firstComment = '' } }) => {
      const { characters, hashtags } = surelyTakenComment
      const found = { characters: firstComment.length, hashtags: hashtagsIn(firstComment) }
      if (found.characters <= characters && found.hashtags <= hashtags) return []
      const has = `has ${found.characters} characters and ${found.hashtags} hashtags`
      return [
        {
          pointer: '/options/firstComment',
          detail: `${has}; Instagram may refuse more than ${characters} and ${hashtags}`,
        },
      ]
    },
  },
  {
    code: 'alt-text/too-long',
    level: 'refused',
    faultsOf: ({ media }) =>
      media.flatMap(({ altText }, index) =>
        altText !== null && altText.length > maxAltText
          ? [
              {
                pointer: `/media/${index}/altText`,
                detail: `has ${altText.length} characters; Instagram takes ${maxAltText}`,
              },
            ]
          : [],
      ),
  },
  {
    code: 'alt-text/foreign',
    level: 'refused',
    faultsOf: ({ kind, media }) =>
      media.flatMap(({ altText, file }, index) => {
        if (altText === null || (!takesNoAltText.has(kind) && !isVideo(file))) return []
        return [{ pointer: `/media/${index}/altText`, detail: `a ${isVideo(file) ? 'video' : kind} takes no alt text` }]
      }),
  },
  {
    code: 'alt-text/missing',
    level: 'warning',
    faultsOf: ({ kind, media }) =>
      media.flatMap(({ altText, file }, index) =>
        altText !== null || takesNoAltText.has(kind) || isVideo(file)
          ? []
          : [{ pointer: `/media/${index}/altText`, detail: 'people who cannot see the picture are told nothing' }],
      ),
  },
]

const takesNoAltText: ReadonlySet<string> = new Set(['reel', 'story'])
