import type { Content, Fault, Rule } from './rules.ts'
import { isVideo } from './rules-media.ts'

/** People and products tagged in the media. */

const maxUserTags = 20
const maxProductTags = { image: 5, video: 30 }

export const tagRules: readonly Rule[] = [
  {
    code: 'user-tags/too-many',
    level: 'refused',
    faultsOf: eachItem('userTags', ({ userTags }) =>
      userTags.length > maxUserTags ? `tags ${userTags.length} people; Instagram takes ${maxUserTags}` : undefined,
    ),
  },
  {
    code: 'user-tags/position-missing',
    level: 'problem',
    faultsOf: (content) =>
      content.kind === 'story'
        ? []
        : withoutPosition(content, 'userTags', 'say where in the picture: x and y from its top left corner'),
  },
  {
    code: 'product-tags/foreign',
    level: 'refused',
    faultsOf: eachItem('productTags', ({ productTags }, { kind }) =>
      kind === 'story' && productTags.length > 0 ? 'a story takes no product tags' : undefined,
    ),
  },
  {
    code: 'product-tags/too-many',
    level: 'refused',
    faultsOf: eachItem('productTags', ({ productTags, file }, { kind }) => {
      const most = maxProductTags[showsVideo(kind, file) ? 'video' : 'image']
      return productTags.length > most ? `tags ${productTags.length} products; Instagram takes ${most}` : undefined
    }),
  },
  {
    code: 'product-tags/position-on-video',
    level: 'refused',
    faultsOf: ({ kind, media }) =>
      media.flatMap(({ productTags, file }, index) =>
        showsVideo(kind, file)
          ? productTags.flatMap(({ x, y }, tag) =>
              x === undefined && y === undefined
                ? []
                : [
                    {
                      pointer: `/media/${index}/productTags/${tag}`,
                      detail: 'a product in a video has no place: leave out x and y',
                    },
                  ],
            )
          : [],
      ),
  },
  {
    // The reference gives the place to images alone, and does not say that it must be there.
    code: 'product-tags/position-missing',
    level: 'warning',
    faultsOf: (content) =>
      withoutPosition(content, 'productTags', 'Instagram may want to know where in the picture: x and y'),
  },
]

type Item = Content['media'][number]

/** One fault per item for which `fault` has words. */
function eachItem(member: 'userTags' | 'productTags', fault: (item: Item, content: Content) => string | undefined) {
  return (content: Content): Fault[] =>
    content.media.flatMap((item, index) => {
      const detail = fault(item, content)
      return detail === undefined ? [] : [{ pointer: `/media/${index}/${member}`, detail }]
    })
}

/** Tags in pictures that lack their place. */
const withoutPosition = ({ kind, media }: Content, member: 'userTags' | 'productTags', detail: string): Fault[] =>
  media.flatMap((item, index) =>
    showsVideo(kind, item.file)
      ? []
      : item[member].flatMap(({ x, y }, tag) =>
          x === undefined || y === undefined ? [{ pointer: `/media/${index}/${member}/${tag}`, detail }] : [],
        ),
  )

const showsVideo = (kind: Content['kind'], file: Item['file']): boolean => kind === 'reel' || isVideo(file)
