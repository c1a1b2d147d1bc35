import { expect, test } from 'vitest';
import { withSession } from '../../../test/support/session.ts';
import type { SqlInvariant } from '../../config/schema.ts';
import type { CheckOutcome } from '../../core/check-outcome.ts';
import type { Finding } from '../../core/finding.ts';
import { readMaskedState } from '../masked-constraints/read-masked-state.ts';
import { columnsRead } from './columns-read.ts';
import { ownCheck } from './probe.ts';
import { weakenByMasking } from './weaken-by-masking.ts';

const invariant = (sql: string, more: Partial<SqlInvariant> = {}): SqlInvariant => ({
  name: 'x',
  sql,
  settings: {},
  expect: { rows: 'none' },
  required: true,
  ...more,
});

const passed: CheckOutcome = {
  gate: {
    gate: 'invariant:x',
    phase: 'data-gate',
    required: true,
    outcome: 'passed',
    couldFail: true,
    proof: 'seen',
    summary: 'Holds.',
    findingIds: [],
    durationMs: 1,
  },
  findings: [],
};

test.each([15, 18] as const)('which masked columns an invariant reads, through views and subqueries (PostgreSQL %i)', async (major) => {
  const sql = `
    create table users (id int, email text, plan text); create view people as select id, email as address from users;
    create view plans as select plan from users; create function mine() returns int language sql as 'select 1';`;
  await withSession(major, sql, async (session) => {
    const { attributes } = await readMaskedState(session, [{ schema: 'public', table: 'users', column: 'email', strategy: 'hash' }]);
    const told = async (query: string, more: Partial<SqlInvariant> = {}) =>
      weakenByMasking(passed, await columnsRead(session, [ownCheck(invariant(query, more))]), attributes).gate;
    const only = 'it reads masked columns: public.users.email (hash)';
    expect(await told('select count(*) from users')).toEqual(passed.gate);
    expect(await told('select * from plans')).toEqual(passed.gate);
    expect(await told("select 1, 1 from users where email = '' order by 1; ")).toMatchObject({ weakenedBy: only, outcome: 'inconclusive', couldFail: false });
    expect(await told("select 1, 1 from people where address = ''"), 'a view needs all of its columns').toMatchObject({ weakenedBy: only, outcome: 'passed' });
    expect(await told("select id from people where address = '' -- so")).toMatchObject({ weakenedBy: only, outcome: 'passed', couldFail: true });
    expect(await told('select id from users u where exists (select from users where email = u.email)')).toMatchObject({ weakenedBy: only, outcome: 'passed' });
    expect(await told("select set_config('a.b', 'c', true); select email from users")).toMatchObject({ outcome: 'inconclusive' });
    expect(await told('select mine()')).toMatchObject({ weakenedBy: 'it calls functions, which may read masked columns', outcome: 'passed' });
    expect(await told('update users set plan = 1 returning 1')).toMatchObject({ weakenedBy: 'it may read masked columns: what it reads could not be told' });
    expect(await told('select email from users', { role: 'pg_monitor' })).toMatchObject({ outcome: 'inconclusive' });
    expect(await session.query('select 1 from pg_class where relname = $1', ['pgrehearse_reads'])).toEqual([]);
  });
});

test('a violation that only masked values show is no fact about production', async () => {
  const finding: Finding = {
    phase: 'data-gate',
    rootCause: 'invariant',
    ...{ id: 'invariant:invariant:x', check: 'invariant', object: { kind: 'invariant', name: 'x' } },
    severity: 'blocker',
    ...{ title: 'x is violated', cure: 'Repair it.' },
  };
  const failed: CheckOutcome = { gate: { ...passed.gate, outcome: 'failed', findingIds: [finding.id] }, findings: [finding] };
  const masked = [{ tableOid: '1', place: 2, table: 'public.users', name: 'public.users.email', strategy: 'hash' }];
  const fully = weakenByMasking(failed, { columns: ['1 2'], opaque: false }, masked);
  expect(fully).toMatchObject({
    gate: { outcome: 'inconclusive' },
    findings: [{ severity: 'doubt', detail: expect.stringContaining('every column that it reads is masked') }],
  });
  expect(weakenByMasking(failed, { columns: ['1 1', '1 2'], opaque: false }, masked)).toMatchObject({
    gate: { outcome: 'failed' },
    findings: [{ severity: 'blocker' }],
  });
  expect(weakenByMasking(failed, undefined, [])).toEqual(failed);
});
