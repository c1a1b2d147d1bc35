import fc from 'fast-check';
import { expect, test } from 'vitest';
import { visible, visibleLines } from '../core/visible-text.ts';
import { cutToWidth, displayWidth, padToWidth, wrapText } from './display-width.ts';

test('columns of wide, combining and joined characters', () => {
  const table: readonly [string, number][] = [
    ['abc', 3],
    ['表', 2],
    ['ｆ', 2],
    ['é', 1],
    ['e\u0301', 1],
    ['👩‍💻', 2],
    ['한국', 4],
    ['→✓✕', 3],
    ['', 0],
    ['\u{1f1e9}\u{1f1ea}', 2],
  ];
  for (const [text, width] of table) expect(displayWidth(text), text).toBe(width);
});

test('cutting never exceeds the width and never splits a character', () => {
  expect([cutToWidth('public.invoice', 8), cutToWidth('表表表', 4), cutToWidth('ok', 8), cutToWidth('ok', 0)]).toEqual(['public.…', '表…', 'ok', '']);
  fc.assert(fc.property(fc.string({ unit: 'grapheme' }), fc.nat(20), (text, width) => displayWidth(cutToWidth(visible(text), width)) <= width));
});

test('padding', () => {
  expect([padToWidth('表', 4), padToWidth('long', 2)]).toEqual(['表  ', 'long']);
});

test('wrapping keeps every word, breaks long ones and keeps indentation', () => {
  expect(wrapText('one two three', 9)).toEqual(['one two', 'three']);
  expect(wrapText('abcdefghijklmnop', 8)).toEqual(['abcdefgh', 'ijklmnop']);
  expect(wrapText('    select a from b', 12)).toEqual(['    select a', '    from b']);
  expect(wrapText('a\n\nb', 10)).toEqual(['a', '', 'b']);
  // Only plain blanks are taken away: others are somebody’s text.
  expect(wrapText('    \u3000 表 \u00a0', 8).join('')).toContain('\u3000');
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 8, max: 40 }), (text, width) => {
      const lines = wrapText(visibleLines(text), width);
      expect(lines.every((line) => displayWidth(line) <= width)).toBe(true);
      expect(lines.join('').replaceAll(' ', '')).toBe(visibleLines(text).replace(/[ \n]/g, ''));
    }),
  );
});

test('what acts on a terminal or turns text around is made visible', () => {
  expect(visible('a\u001b[31mb\r\n\u202ec\u2028\u0007\u009b\u200b')).toBe('a\\x1b[31mb\\r\\n\\u202ec\\u2028\\x07\\x9b\\u200b');
  expect(visible('naïve – 表 👩‍💻')).toBe('naïve – 表 👩‍💻');
  expect(visible('\ud800\u{e0041}')).toBe('\\ud800\\u{e0041}');
  expect(visibleLines('a\r\nb\tc\rd')).toBe('a\nb  c\\rd');
});

test('no text can bring a control character onto the screen', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => !/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u.test(visible(text))));
});
