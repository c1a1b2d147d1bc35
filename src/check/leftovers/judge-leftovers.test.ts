import { expect, test } from 'vitest';
import { withSession } from '../../../test/support/session.ts';
import { judgeLeftovers } from './judge-leftovers.ts';
import { readLeftovers } from './read-leftovers.ts';

const production = `create table t (id int primary key, a int); insert into t values (1, 1), (2, 1);
alter table t add constraint old_debt check (a > 5) not valid;
create table p (id int) partition by range (id); create table p_1 partition of p for values from (0) to (10)`;

test.each([15, 18] as const)('bad: an invalid index blocks, what waits for a later migration is warned of (PostgreSQL %i)', async (major) => {
  await withSession(major, production, async (session) => {
    const before = await readLeftovers(session);
    expect(before.unvalidated).toMatchObject([{ name: 'old_debt', table: 'public.t' }]);
    await expect(session.execute('create unique index concurrently t_a on t (a)')).rejects.toThrow('could not create unique index');
    await session.execute('alter table t rename to renamed; alter table renamed add constraint "New" check (a > 0) not valid; create index p_i on only p (id)');
    if (major === 18) await session.execute('alter table renamed add constraint meant check (a > 7) not enforced');
    const { gate, findings } = judgeLeftovers(before, await readLeftovers(session));
    expect(findings).toMatchObject([
      { id: 'leftovers:index:public.p_i', severity: 'warning', title: 'Index public.p_i on public.p is invalid: not every partition has its part of it' },
      {
        id: 'leftovers:index:public.t_a',
        severity: 'blocker',
        title: 'Index public.t_a on public.renamed is invalid: it serves no query, does not guarantee uniqueness and slows writes down',
      },
      { id: 'leftovers:constraint:"New" on public.renamed', severity: 'warning', actual: 'CHECK ((a > 0)) NOT VALID' },
    ]);
    expect(gate).toMatchObject({ gate: 'leftovers', phase: 'migrate', outcome: 'failed', couldFail: true });
  });
});

test('good: what was unfinished before is not the migrations’ doing', async () => {
  await withSession(18, production, async (session) => {
    const before = await readLeftovers(session);
    const { gate, findings } = judgeLeftovers(before, await readLeftovers(session));
    expect(findings).toEqual([]);
    expect(gate).toMatchObject({
      outcome: 'passed',
      summary: 'Nothing was left unfinished.',
      proof: expect.stringMatching(/^1 index and \d constraints looked at$/),
    });
  });
});

test('nothing to look at is not a pass', () => {
  const none = { invalidIndexes: [], unvalidated: [], indexes: 0, constraints: 0 };
  expect(judgeLeftovers(none, none).gate).toMatchObject({ outcome: 'not-applicable', required: false, couldFail: false });
});
