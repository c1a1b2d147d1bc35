import { expect, test } from 'vitest';
import { judgeFidelityLosses } from './judge-fidelity-losses.ts';

const loss = {
  object: { kind: 'policy', name: 'only_own on public.invoice' },
  message: 'policy only_own needs the role app',
  cure: 'Create it.',
  sqlstate: '42704',
};

test('nothing lost, and something that could have been: passed', () => {
  expect(judgeFidelityLosses({ losses: [], accepted: [], restored: 3 }).gate).toMatchObject({ outcome: 'passed', couldFail: true });
});

test('an empty copy proves nothing', () => {
  expect(judgeFidelityLosses({ losses: [], accepted: [], restored: 0 }).gate.outcome).toBe('inconclusive');
});

test('a loss is a doubt, an accepted one a note with its reason', () => {
  const doubtful = judgeFidelityLosses({ losses: [loss], accepted: [], restored: 3 });
  expect(doubtful.gate.outcome).toBe('inconclusive');
  expect(doubtful.findings[0]).toMatchObject({ severity: 'doubt', id: 'fidelity-loss:policy:only_own on public.invoice' });
  const accepted = judgeFidelityLosses({ losses: [loss], accepted: [{ object: loss.object.name, reason: 'not used by this release' }], restored: 3 });
  expect(accepted.gate.outcome).toBe('passed');
  expect(accepted.findings[0]).toMatchObject({ severity: 'note', detail: 'Accepted: not used by this release' });
});
