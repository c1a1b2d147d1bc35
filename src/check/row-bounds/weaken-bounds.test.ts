import { expect, test } from 'vitest';
import type { CheckOutcome } from '../../core/check-outcome.ts';
import { weakenBounds } from './weaken-bounds.ts';

const outcome: CheckOutcome = {
  gate: { gate: 'row-bounds', phase: 'data-gate', required: true, outcome: 'passed', couldFail: true, proof: '', summary: '', findingIds: [], durationMs: 1 },
  findings: [],
};
const masked = [{ tableOid: '1', place: 2, table: 'public."Users"', name: 'public."Users".email', strategy: 'hash' }];

test('bounds of a table with masked columns say so, and others don’t', () => {
  const bounds = [
    { table: '"Users"', ranges: {} },
    { table: 'public.orders', ranges: {} },
  ];
  expect(weakenBounds(outcome, bounds, masked).gate.weakenedBy).toBe('which rows a migration changes may depend on masked columns of public."Users"');
  expect(weakenBounds(outcome, bounds.slice(1), masked)).toEqual(outcome);
  expect(weakenBounds(outcome, bounds, [])).toEqual(outcome);
});
