import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lineDiff, showLineDiff } from './line-diff.ts';

test('shows what changed, with a little around it', () => {
  const left = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].join('\n');
  expect(showLineDiff(left, left.replace('d', 'x\ny'), 1)).toBe('  c\n- d\n+ x\n+ y\n  e\n  …');
  expect(showLineDiff('a', 'a')).toBe('');
});

test('gives both texts back, and finds every common line that stands in order', () => {
  const text = fc.array(fc.constantFrom('a', 'b', 'c', ''), { minLength: 1, maxLength: 12 }).map((lines) => lines.join('\n'));
  fc.assert(
    fc.property(text, text, (left, right) => {
      const lines = lineDiff(left, right);
      const side = (wanted: 'left' | 'right') => lines.filter((line) => line.side !== (wanted === 'left' ? 'right' : 'left')).map((line) => line.text);
      expect(side('left').join('\n')).toBe(left);
      expect(side('right').join('\n')).toBe(right);
      if (left === right) expect(lines.every((line) => line.side === 'both')).toBe(true);
    }),
  );
  expect(lineDiff('a\nb\nc', 'b\nc\nd').filter((line) => line.side === 'both')).toHaveLength(2);
});

test('very long texts are told apart without taking long', () => {
  const long = Array.from({ length: 20_000 }, (_, at) => `line ${at}`);
  const lines = lineDiff(long.join('\n'), long.toReversed().join('\n'));
  expect(lines).toHaveLength(40_000);
});
