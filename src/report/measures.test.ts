import { expect, test } from 'vitest';
import { showBytes, showChange, showCount, showCountOf, showDuration, showInstant } from './measures.ts';

test('durations', () => {
  const table = [0, 0.4, 84, 999.4, 999.5, 6234, 59_949, 59_951, 60_000, 200_000, 3_600_000, 7_500_000, 200_000_000];
  expect(table.map(showDuration)).toEqual([
    '0 ms',
    '0 ms',
    '84 ms',
    '999 ms',
    '1.0 s',
    '6.2 s',
    '59.9 s',
    '1 min',
    '1 min',
    '3 min 20 s',
    '1 h',
    '2 h 5 min',
    '2 days',
  ]);
});

test('bytes', () => {
  expect([0, 1023, 1024, 10_188, 10_250, 71_400_000, 1e12, 3e15].map(showBytes)).toEqual([
    '0 B',
    '1023 B',
    '1.0 kB',
    '9.9 kB',
    '10 kB',
    '68 MB',
    '931 GB',
    '2.7 PB',
  ]);
});

test('counts and changes', () => {
  expect([showCount(1_234_567), showCountOf(1, 'table'), showCountOf(0, 'table'), showCountOf(2, 'policy', 'policies')]).toEqual([
    '1,234,567',
    '1 table',
    '0 tables',
    '2 policies',
  ]);
  expect([0, 1200, -3].map(showChange)).toEqual(['±0', '+1,200', '−3']);
});

test('instants', () => {
  expect([showInstant('2026-11-21T02:45:00.000Z'), showInstant('yesterday')]).toEqual(['21 Nov 2026, 02:45 UTC', 'yesterday']);
});
