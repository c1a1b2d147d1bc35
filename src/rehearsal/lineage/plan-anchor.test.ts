import { expect, test } from 'vitest';
import type { Migration } from '../../core/migration.ts';
import { planAnchor } from './plan-anchor.ts';

const revision = (name: string, parents?: readonly string[]): Migration => ({
  ...{ revision: name, file: `${name}.py`, sha256: '', up: '', upLine: 1, optsOutOfTransaction: false },
  ...(parents === undefined ? {} : { parents }),
});
const graph = [revision('a', []), revision('b', ['a']), revision('c', ['b']), revision('d', ['b']), revision('m', ['c', 'd'])];

test('an anchor inside of the history leaves what rests on it, and what lies beside it', () => {
  expect(planAnchor(graph, 'b')).toMatchObject({ ok: true, value: { applied: ['a', 'b'], pending: ['c', 'd', 'm'] } });
  expect(planAnchor(graph, 'c')).toMatchObject({ ok: true, value: { applied: ['a', 'b', 'c'], pending: ['d', 'm'] } });
  expect(planAnchor([revision('001_a'), revision('002_b')], '1')).toMatchObject({ ok: true, value: { revision: '001_a', pending: ['002_b'] } });
});

test('a head, what leaves nothing pending, and a stranger are refused', () => {
  for (const [migrations, anchor, why] of [
    [graph, 'm', 'nothing would be left'],
    [graph.slice(0, 4), 'c', 'it is a head'],
    [graph, 'x', 'it is none of the 5 revisions'],
    [[revision('001_a'), revision('002_b')], '002_b', 'nothing would be left'],
  ] as const) {
    const planned = planAnchor(migrations, anchor);
    expect(planned).toMatchObject({ ok: false, failure: { code: 'stamp-refused' } });
    expect(planned.ok ? '' : planned.failure.message).toContain(why);
  }
});
