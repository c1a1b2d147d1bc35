import { expect, test } from 'vitest';
import { parseTap } from './parse-tap.ts';

test('results, directives and diagnostics are told apart', () => {
  const lines = [
    '1..4',
    'ok 1 - there is a shop # really',
    'not ok 2 - a price\n# Failed test 2: "a price"',
    'not ok 3 - later # TODO not yet',
    'ok 4 - # SKIP no data',
    'noise',
  ];
  expect(parseTap(lines)).toEqual({
    plan: 4,
    faults: [],
    tests: [
      { ok: true, number: 1, description: 'there is a shop # really' },
      { ok: false, number: 2, description: 'a price' },
      { ok: false, number: 3, description: 'later', directive: 'todo' },
      { ok: true, number: 4, description: '', directive: 'skip' },
    ],
  });
});

test('what breaks the rules is a fault', () => {
  expect(parseTap(['ok 1', 'ok 3', '1..3']).faults).toEqual(['test 2 has the number 3']);
  expect(parseTap(['ok 1', '1..2', 'ok 2']).faults).toEqual(['its plan stands among its results']);
  expect(parseTap(['1..1', 'ok 1', '1..1']).faults).toEqual(['it has more than one plan']);
});

test('a whole file may be skipped or bail out; subtests don’t count', () => {
  expect(parseTap(['1..0 # SKIP no extension'])).toMatchObject({ plan: 0, skippedAll: 'no extension', tests: [] });
  expect(parseTap(['1..2', 'ok 1', 'Bail out! no way', 'ok 2'])).toMatchObject({ bailedOut: 'no way', tests: [{ number: 1 }] });
  expect(parseTap(['    # Subtest: a', '    not ok 1 - inner', '    1..1', 'ok 1 - a', '1..1'])).toMatchObject({ plan: 1, tests: [{ ok: true }], faults: [] });
  expect(parseTap(['ok 1 - a']).plan).toBeUndefined();
});
