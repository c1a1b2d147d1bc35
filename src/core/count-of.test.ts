import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { countOf } from './count-of.ts';

test('one is one, and many have separators', () => {
  expect([countOf(0, 'row'), countOf(1, 'row'), countOf(1n, 'row'), countOf(4709, 'entry', 'entries')]).toEqual(['0 rows', '1 row', '1 row', '4,709 entries']);
});

/** A count in a sentence, written by hand: it would say “1 rows”. */
const byHand =
  /(?<! of (?:the |all )?)\$\{(?![^}]*countOf)[^{}]*(?:\.length|[cC]ount|[rR]ows|\bn)\b[^{}]*\} (?:rows|tables|columns|statements|revisions|migrations|objects|queries|settings|things|entries)\b/;
/** Never one: the sentence itself is about another number than that. */
const neverOne = /where (?:Knex|its tool) wants one|none of (?:its|the) |more than \$|things (?:stand|first)|=== 1|sql`|limit \$|exists/;

test('no sentence counts things by hand', () => {
  const source = join(import.meta.dirname, '..');
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'));
  const found = files.flatMap((name) =>
    readFileSync(join(source, name), 'utf8')
      .split('\n')
      .filter((line) => byHand.test(line) && !neverOne.test(line))
      .map((line) => `${name}: ${line.trim()}`),
  );
  expect(files.length).toBeGreaterThan(1000);
  expect(found).toEqual([]);
});
