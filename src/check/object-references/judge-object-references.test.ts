import { expect, test } from 'vitest';
import { judgeObjectReferences } from './judge-object-references.ts';

const place = 'public.book_images.s3_key';

test('all keys are there: passed; no row names one: nobody knows', () => {
  expect(judgeObjectReferences({ named: 3, missingCount: 0, missing: [] }).gate.outcome).toBe('passed');
  expect(judgeObjectReferences({ named: 0, missingCount: 0, missing: [] }).gate.outcome).toBe('inconclusive');
});

test('a key that only staging lacks fails; one that is nowhere is told', () => {
  const missing = [
    { key: 'a', place, alsoInProduction: true },
    { key: 'b', place, alsoInProduction: false },
  ];
  const { gate, findings } = judgeObjectReferences({ named: 3, missingCount: 2, missing });
  expect(gate.outcome).toBe('failed');
  expect(findings.map(({ id, severity }) => [id, severity])).toEqual([
    [`object-references:column:${place}:nowhere`, 'warning'],
    [`object-references:column:${place}`, 'blocker'],
  ]);
  expect(judgeObjectReferences({ named: 3, missingCount: 1, missing: missing.slice(0, 1) }).gate.outcome).toBe('passed');
});

test('keys that aren’t named any more fail too', () => {
  const missing = [{ key: 'a', place, alsoInProduction: true }];
  expect(judgeObjectReferences({ named: 300, missingCount: 200, missing }).gate.outcome).toBe('failed');
});
