import type { Random } from './random.ts'

/** What the rows of a seed say. */

const givenNames = [
  'Ada',
  'Ben',
  'Chiara',
  'Deniz',
  'Emeka',
  'Fatou',
  'Goran',
  'Hana',
  'Ines',
  'Jonas',
  'Kenji',
  'Lena',
  'Mateo',
  'Noor',
  'Olga',
  'Priya',
]
const familyNames = [
  'Adler',
  'Brandt',
  'Costa',
  'Diallo',
  'Eriksen',
  'Ferrari',
  'Gruber',
  'Haddad',
  'Ito',
  'Jansen',
  'Kaya',
  'Lindgren',
  'Moreau',
  'Novak',
  'Okafor',
  'Petrov',
]
const brands = [
  'Alpenglow',
  'Birch & Bay',
  'Copper Kettle',
  'Driftwood',
  'Ember Goods',
  'Fernhaus',
  'Golden Hour',
  'Harbour Lane',
  'Ivory Coastline',
  'Juniper',
]
const trades = [
  'Studio',
  'Coffee',
  'Outdoor',
  'Kitchen',
  'Fashion',
  'Travel',
  'Fitness',
  'Books',
  'Interiors',
  'Garden',
]
const themes = [
  'Spring launch',
  'Summer sale',
  'Back to school',
  'Autumn stories',
  'Black week',
  'Winter lights',
  'Behind the scenes',
  'New arrivals',
  'Customer voices',
  'Anniversary',
]
const sentences = [
  'Something new is growing, and everybody is invited to see it.',
  'We tried it in the rain, so that you do not have to.',
  'Five ways to wear it, from the garden to the office.',
  'Tell us in the comments which one is yours.',
  'Only this weekend, while stocks last.',
  'Made by hand, in small batches, by people we know by name.',
  'Schöne Grüße aus der Werkstatt 🌿',
  'Swipe to see how it is made ➡️',
  'Thank you for three wonderful years together.',
  'Link in bio.',
]
const hashtags = [
  '#handmade',
  '#slowliving',
  '#newin',
  '#behindthescenes',
  '#ootd',
  '#coffeetime',
  '#weekend',
  '#sale',
  '#sustainable',
  '#inspiration',
]
const altTexts = [
  'A flower in the morning light',
  'Two people at a wooden table',
  'A cup of coffee from above',
  'A coat on a hook',
  'Hills under a low sun',
]

export const personName = (random: Random): string => `${random.pick(givenNames)} ${random.pick(familyNames)}`
export const brandName = (random: Random): string => `${random.pick(brands)} ${random.pick(trades)}`
export const campaignName = (random: Random, year: number): string => `${random.pick(themes)} ${year}`
export const altText = (random: Random): string => random.pick(altTexts)

/** Mostly two or three sentences, sometimes an essay; up to eight hashtags. Well below Meta's 2,200 characters. */
export function caption(random: Random): string {
  const count = random.chance(0.08) ? random.between(8, 20) : random.between(1, 4)
  const body = Array.from({ length: count }, () => random.pick(sentences)).join(random.chance(0.3) ? '\n' : ' ')
  const tags = Array.from({ length: random.between(0, 8) }, () => random.pick(hashtags))
  return tags.length === 0 ? body : `${body}\n\n${[...new Set(tags)].join(' ')}`
}
