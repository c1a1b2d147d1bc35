import fc from 'fast-check';
import { expect, test } from 'vitest';
import { withDatabase } from '../../test/support/databases.ts';
import { parseQualifiedName, qualifiedName, quoteIdentifier, quoteLiteral } from './quote.ts';

test('quotes only what Postgres would', () => {
  expect(['invoice', 'My Table', 'order', 'a"b', 'x1', '1x', 'é', 'name', ''].map(quoteIdentifier)).toEqual([
    'invoice',
    '"My Table"',
    '"order"',
    '"a""b"',
    'x1',
    '"1x"',
    '"é"',
    'name',
    '""',
  ]);
  expect(qualifiedName('public', 'User')).toBe('public."User"');
  expect(() => quoteLiteral('a\0b')).toThrow();
});

test('reads names back', () => {
  expect(parseQualifiedName('public."My Table"')).toEqual({ schema: 'public', name: 'My Table' });
  expect(parseQualifiedName(' Public.Invoice ')).toEqual({ schema: 'public', name: 'invoice' });
  expect(parseQualifiedName('"a.b"')).toEqual({ name: 'a.b' });
  for (const wrong of ['', 'a.b.c', 'a.', '.b', 'a b', '"', '""', 'f(integer)', "'a'"]) expect(parseQualifiedName(wrong), wrong).toBeUndefined();
  const name = fc.string({ minLength: 1, unit: 'grapheme' }).filter((text) => !text.includes('\0'));
  fc.assert(
    fc.property(name, name, (schema, table) => {
      expect(parseQualifiedName(qualifiedName(schema, table))).toEqual({ schema, name: table });
    }),
  );
});

test('agrees with the server', async () => {
  await withDatabase(18, '', async (_, run) => {
    const words = (await run(`select word, quote_ident(word) as quoted from pg_get_keywords() order by word`)).rows as { word: string; quoted: string }[];
    expect(words.length).toBeGreaterThan(400);
    for (const { word, quoted } of words) expect(quoteIdentifier(word)).toBe(quoted);
    const texts = ["it's", 'a\\b', "\\'", "\\\\''\n$$", 'é"', ''];
    for (const off of ['on', 'off']) {
      const back = await run(
        `set standard_conforming_strings = ${off}; select * from (values ${texts.map((t, i) => `(${i}, ${quoteLiteral(t)})`).join(', ')}) v (i, t) order by i`,
      );
      expect((back as unknown as { rows: { t: string }[] }[])[1]?.rows.map((row) => row.t)).toEqual(texts);
    }
  });
});
