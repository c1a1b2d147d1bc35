import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type DiffLine, diffLines, diffWords } from './line-diff.ts';

const signs = { both: ' ', expected: '-', actual: '+' } as const;
const shown = (lines: readonly DiffLine[]) => lines.map((line) => `${signs[line.side]}${line.text}`);
const side = (lines: readonly DiffLine[], which: 'expected' | 'actual') =>
  lines.filter((line) => line.side === 'both' || line.side === which).map((line) => line.text);

test('expected lines come before the actual ones that replace them', () => {
  expect(shown(diffLines('a\nb\nc\nd', 'a\nx\ny\nd\ne'))).toEqual([' a', '-b', '-c', '+x', '+y', ' d', '+e']);
});

test('the longest common subsequence is kept', () => {
  expect(shown(diffLines('begin\nset a = 1;\nset b = 2;\nend', 'begin\nset b = 2;\nset c = 3;\nend'))).toEqual([
    ' begin',
    '-set a = 1;',
    ' set b = 2;',
    '+set c = 3;',
    ' end',
  ]);
});

test('numbers are compared whole', () => {
  expect(shown(diffWords('3,187 rows', '9,412 rows'))).toEqual(['-3,187', '+9,412', '  ', ' rows']);
});

test('both sides can be put together again from any comparison', () => {
  const text = fc.array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 12 }).map((lines) => lines.join('\n'));
  fc.assert(
    fc.property(text, text, (expected, actual) => {
      const lines = diffLines(expected, actual);
      expect(side(lines, 'expected').join('\n')).toBe(expected);
      expect(side(lines, 'actual').join('\n')).toBe(actual);
    }),
  );
});

test('texts that are too long to compare are shown whole', () => {
  const lines = (mark: string) => Array.from({ length: 5000 }, (_, index) => `${mark}${index}`).join('\n');
  expect(diffLines(lines('a'), lines('b'))).toHaveLength(10_000);
});
