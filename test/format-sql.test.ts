import { glob, readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { formatSql, layoutProblems } from '../scripts/format-sql/format.ts'

test.each([
  [
    'lower case outside names, texts and parameters',
    `SELECT a AS "A b", 'NULL' FROM T WHERE X = :someId!;`,
    `select a as "A b", 'NULL' from t where x = :someId!;`,
  ],
  ['one space between words', 'select  a\tfrom   t;', 'select a from t;'],
  ['spaces after commas, none before', 'select a ,b,c from t;', 'select a, b, c from t;'],
  ['none inside brackets', 'select f( a ), x[ 1 ] from t;', 'select f(a), x[1] from t;'],
  ['spaces around comparisons', `select a=b, c->>'d', e||f from t;`, `select a = b, c ->> 'd', e || f from t;`],
  ['none around casts, and signs as they are', 'select a::int, -1, b - 1 from t;', 'select a::int, -1, b - 1 from t;'],
  ['one spelling of unequal', 'select a from t where b != 1;', 'select a from t where b <> 1;'],
  ['no trailing blanks', 'select a  \nfrom t;   \n\n', 'select a\nfrom t;'],
  ['one blank line at most', 'select a;\n\n\n\nselect b;', 'select a;\n\nselect b;'],
  ['tabs as two spaces', 'select\n\ta\nfrom t;', 'select\n  a\nfrom t;'],
  ['Unix line ends', 'select a\r\nfrom t;\r\n', 'select a\nfrom t;'],
  ['the writer’s line breaks', 'select\n  a,\n  b\nfrom\n  t;', 'select\n  a,\n  b\nfrom\n  t;'],
  [
    'comments as they are',
    '/* Prose,  THE   Post. */\n/* @name findPost */\nselect a; -- WHY  not',
    '/* Prose,  THE   Post. */\n/* @name findPost */\nselect a; -- WHY  not',
  ],
  [
    'function bodies like the rest',
    'create function f() returns int language sql AS $$ SELECT  1 $$;',
    'create function f() returns int language sql as $$ select 1 $$;',
  ],
  ['long function bodies too', 'do $x$\nBEGIN\n  PERFORM 1;\nEND\n$x$;', 'do $x$\nbegin\n  perform 1;\nend\n$x$;'],
  [
    'texts with quotes and escapes',
    `select 'it''s  A', E'a\\'  B', $q$ it's  "A" $q$;`,
    `select 'it''s  A', E'a\\'  B', $q$ it's  "A" $q$;`,
  ],
])('keeps or makes: %s', (_, given, expected) => {
  expect(formatSql(given)).toBe(`${expected}\n`)
  expect(formatSql(formatSql(given))).toBe(`${expected}\n`)
})

test('names lines that are too long or oddly indented, but leaves comments and texts alone', () => {
  const text = `select\n   a,\n/*\n   prose\n*/\n  'one\n two',\n  ${'b'.repeat(120)}\nfrom t;\n`
  expect(layoutProblems('a.sql', text)).toEqual([
    'a.sql:2: indented by 3; use steps of 2 spaces',
    'a.sql:8: 122 columns; break the line before 120',
  ])
})

test('changes nothing in the meaning of the project’s SQL: the words stay the same', async () => {
  for await (const path of glob(['sql/**/*.sql', 'db/migrations/*.sql'])) {
    const text = await readFile(path, 'utf8')
    expect(formatSql(text).replace(/\s/g, '')).toBe(text.replace(/\s/g, ''))
  }
})
