import fc from 'fast-check'

/** Values that programs stumble over, in the places of a request where a caller can put them. */

const strangeTexts = [
  '',
  ' ',
  '\0',
  'a\0b',
  '\ud800',
  '\udfff\ud800',
  '\ufffe',
  '\u202e',
  '😀'.repeat(50),
  'é'.normalize('NFD'),
  '﷽',
  'ß',
  'İ',
  "' or '1'='1",
  '"; drop table posts; --',
  '#{7*7}',
  '{{7*7}}',
  '%s%n',
  '%00',
  '../../etc/passwd',
  '<script>',
  '\\',
  '\u2028',
  'null',
  'true',
  'NaN',
  'Infinity',
  '[object Object]',
  '0',
  '-1',
  '1e400',
  '2026-02-30',
  '0000-01-01',
  '9999-12-31',
  '10000-01-01',
  '2026-02-30T25:61:61Z',
  '2026-01-01T00:00:00+23:59',
  '0190a6bc-5e7a-7000-8000-00000000000',
  'urn:uuid:0190a6bc-5e7a-7000-8000-000000000001',
  'a'.repeat(3000),
  '\r\n',
  '\t',
  '\u007f',
  '０１２',
]
export const strangeNames = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'length',
  'then',
  'valueOf',
  'id',
  'workspaceId',
  '',
  '\0',
  '$',
  'a.b',
  'a[0]',
]
// Written into the body's text in place of a marker, since JSON.stringify would tame them.
const rawTokens = [
  '1e400',
  '-1e400',
  '-0',
  '0.1e-400',
  '1E+2',
  '9007199254740993',
  '123456789012345678901234567890',
  '1.7976931348623157e308',
  '5e-324',
  'NaN',
  'undefined',
  '01',
  '.5',
  '+1',
  '0x10',
  '1n',
  "'a'",
  '"\\ud800"',
  '"\\u0000"',
  '"\\x"',
  '{"a":1,"a":2}',
  '[1,]',
  '/**/1',
  '"\t"',
]
const rawMarker = (index: number) => `@raw:${index}@`

export const text = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...strangeTexts) },
  { weight: 2, arbitrary: fc.string({ unit: 'grapheme', maxLength: 40 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
)
const strangeNumber = fc.constantFrom(
  0,
  -0,
  -1,
  0.5,
  1e21,
  2 ** 31,
  2 ** 53,
  -(2 ** 63),
  5e-324,
  Number.MAX_VALUE,
  32768,
  101,
)
const rawToken = fc.nat({ max: rawTokens.length - 1 }).map(rawMarker)
export const wildValue = fc.oneof(
  { weight: 3, arbitrary: text },
  { weight: 2, arbitrary: strangeNumber },
  { weight: 2, arbitrary: rawToken },
  { weight: 1, arbitrary: fc.constantFrom(null, true, false) },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
  {
    weight: 1,
    arbitrary: fc.dictionary(fc.oneof(text, fc.constantFrom(...strangeNames)), fc.jsonValue({ maxDepth: 1 }), {
      maxKeys: 3,
    }),
  },
)

export const toText = (value: unknown): string =>
  (JSON.stringify(value) ?? 'null').replace(/"@raw:(\d+)@"/g, (_, index: string) => rawTokens[Number(index)] ?? '')

export const nested = fc
  .tuple(
    fc.constantFrom(['[', ']'], ['{"a":', '}'], ['{"media":[', ']}'], ['{"options":', '}']),
    fc.constantFrom(2, 50, 1000, 20_000),
  )
  .map(([[open = '', close = ''], depth]) => `${open.repeat(depth)}0${close.repeat(depth)}`)

// What may stand in a header at all; the platform refuses line breaks and U+0000 before anything of ours sees them.
export const headerText = fc.oneof(
  fc.constantFrom(
    '',
    '*',
    '"v1"',
    '"v2", "v3"',
    'W/"v1"',
    '"',
    ',',
    '"a b"',
    'é',
    '\u00ff',
    '%00',
    'null',
    'a'.repeat(8000),
    '"'.repeat(200),
    '1, 2, 3',
    '\t',
  ),
  fc.string({ unit: fc.integer({ min: 0x20, max: 0xff }).map((code) => String.fromCharCode(code)), maxLength: 300 }),
)
export const address = fc.oneof(
  fc.ipV4(),
  fc.ipV6(),
  fc.constantFrom(
    '1.2.3.4, 5.6.7.8',
    '999.1.1.1',
    '01.02.03.04',
    '::ffff:1.2.3.4',
    'fe80::1%eth0',
    '::',
    '1.2.3',
    '[::1]',
    '1.2.3.4:80',
  ),
  headerText,
)

const encodings: ((value: string) => string)[] = [
  (value) => encodeURIComponent(value.toWellFormed()),
  (value) => encodeURIComponent(value.toWellFormed()),
  (value) => encodeURIComponent(value.toWellFormed()).replaceAll('%', '%25'),
  (value) => value,
  () => '%',
  () => '%ZZ%FF%C0%80%ED%A0%80',
]
export const encoded = (value: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.tuple(value, fc.constantFrom(...encodings)).map(([plain, encode]) => encode(plain))
