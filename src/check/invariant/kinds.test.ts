import { expect, test } from 'vitest';
import { fewOf } from '../../../test/support/in-full.ts';
import { context, ledgerKinds, withLedger } from '../../../test/support/ledger-invariants.ts';
import type { CheckOutcome } from '../../core/check-outcome.ts';

test.each(fewOf([15, 18] as const, (major) => major === 18))(
  'good: each kind holds on a ledger that is sound, is seen to fail, and leaves nothing changed (PostgreSQL %i)',
  async (major) => {
    await withLedger(major, async ({ app, owner, ask, run }) => {
      const state = async () => (await run(everything)).rows;
      const before = await state();
      const outcomes = new Map<string, CheckOutcome>();
      for (const [name, given] of Object.entries(ledgerKinds(app))) outcomes.set(name, await ask(given));
      for (const [name, { gate, findings }] of outcomes) {
        expect(findings, name).toEqual([]);
        expect(gate, name).toMatchObject({ gate: 'invariant:x', outcome: 'passed', couldFail: true });
      }
      const proof = (name: string) => outcomes.get(name)?.gate.proof;
      expect(proof('isolation')).toContain(
        'in rolled-back transactions, policies of public.credit_lots off: 30 rows (other tenants’ rows, DELETE, UPDATE), 1 row (without a context), 50 rows (on a used connection), ' +
          'past the policies, and stopped only by credit_lots_pkey (INSERT), 20 rows given away (UPDATE to another tenant); a policy that hides all rows of public.credit_lots made: no rows (its own rows); policies of public.lot_entries off',
      );
      expect(outcomes.get('isolation')?.gate.summary).toBe('Holds: 40 questions, each seen to fail when broken.');
      expect(proof('appendOnly')).toBe(
        'in rolled-back transactions, triggers and policies of public.lot_entries off and every right granted: ' +
          `100 rows changed (UPDATE of amount_micro as ${app}, UPDATE of detail as ${app}, DELETE as ${app}), it succeeded (TRUNCATE as ${app}, TRUNCATE as ${owner}), ` +
          `1 row changed (UPDATE of amount_micro as ${owner}, UPDATE of detail as ${owner}, DELETE as ${owner})`,
      );
      expect(proof('forward')).toBe(
        'in rolled-back transactions, triggers and constraints of public.crypto_payments off: it moved (confirmed to pending, settled to pending, settled to confirmed); ' +
          'what must work did (pending to confirmed, confirmed to settled)',
      );
      expect(proof('balances')).toBe('public.lot_balances replaced by one without rows in a rolled-back transaction: 50 differing rows instead of none');
      expect(proof('doubleEntry')).toContain('made one more in a rolled-back transaction: 1 unbalanced group instead of none');
      expect(proof('references')).toMatch(/a row of public.credit_lots that is referred to taken away: \d rows? \(public.lot_entries.lot_entries_lot_id_fkey/);
      expect(proof('sequences')).toContain('a row of public.credit_lots given the next number of public.credit_lots_id_seq: its next number is taken');
      expect(proof('sequences')).toContain('public.webhook_events has no rows that public.webhook_events_id_seq could run into');
      expect(await state()).toEqual(before);
    });
  },
);

/** Every row of every table, every sequence, and what the catalog says of rights, triggers, policies, constraints and views. */
const everything = `
select c.oid::regclass::text as name, c.relrowsecurity, c.relforcerowsecurity, c.relacl::text, pg_get_userbyid(c.relowner) as owner,
       (select json_agg(t.tgname || t.tgenabled::text order by t.tgname)::text from pg_trigger t where t.tgrelid = c.oid) as triggers,
       (select json_agg(k.conname || k.convalidated::text order by k.conname)::text from pg_constraint k where k.conrelid = c.oid) as constraints,
       (select json_agg(p.polname order by p.polname)::text from pg_policy p where p.polrelid = c.oid) as policies,
       case when c.relkind in ('r', 'p', 'v') then query_to_xml(format('select * from %s t order by t::text', c.oid::regclass), true, false, '')::text
            when c.relkind = 'S' then query_to_xml(format('select last_value, is_called from %s', c.oid::regclass), true, false, '')::text end as rows
from pg_class c where c.relnamespace = 'public'::regnamespace order by 1`;

test('isolation that could not be seen to fail proves nothing', async () => {
  await withLedger(15, async ({ app, owner, ask, broken, run }) => {
    const lots = { ...ledgerKinds(app).isolation, tables: ['credit_lots'] };
    expect(await broken(`alter role ${app} bypassrls`, lots, `alter role ${app} nobypassrls`)).toEqual(['doubt public.credit_lots']);
    expect(await broken(`alter role ${app} superuser`, lots, `alter role ${app} nosuperuser`)).toEqual(['doubt public.credit_lots']);
    expect(
      await broken('alter table credit_lots no force row level security', { ...lots, role: owner }, 'alter table credit_lots force row level security'),
    ).toEqual(['doubt public.credit_lots']);
    expect(await broken('select 1', { ...lots, tenant: '00000000-0000-4000-8000-000000000009', settings: context }, 'select 1')).toContain(
      'doubt public.credit_lots:own',
    );
    expect(await broken('select 1', { ...lots, tenantColumn: undefined, visibleWhere: 'id > 0' }, 'select 1')).toContain('doubt public.credit_lots:others');
    expect(await broken('select 1', { ...lots, withoutContext: { rows: 'none' } }, 'select 1')).toEqual(['doubt public.credit_lots:no-context']);
    expect(await broken('select 1', { ...lots, tables: ['nowhere'] }, 'select 1')).toContain('doubt nowhere');
    expect(await broken('select 1', { ...lots, tenantColumn: undefined, visibleWhere: 'true); commit; select (true' }, 'select 1')).toEqual([
      'doubt invariant:invariant:x',
    ]);
    expect(await broken(`revoke select on credit_lots from ${app}`, lots, `grant select on credit_lots to ${app}`)).toEqual(['doubt public.credit_lots']);
    const byCondition = { ...lots, tenantColumn: undefined, visibleWhere: 'community_id = app.current_community_id() -- as the policy says' };
    expect((await ask(byCondition)).gate).toMatchObject({ outcome: 'passed', proof: expect.stringContaining('UPDATE') });
    // Any tenant that has rows everywhere, another one’s rows, and a view past the policies.
    await run(`create view all_lots as select * from credit_lots; grant select on all_lots to ${app}`);
    const chosen = await ask({ ...lots, tables: ['credit_lots', 'lot_entries'], settings: { 'app.community_id': '{tenant}' } });
    expect(chosen.gate).toMatchObject({ outcome: 'passed' });
    expect(chosen.findings).toMatchObject([
      { id: 'invariant:view:public.all_lots:x', severity: 'warning', title: expect.stringContaining('reads public.credit_lots as its owner postgres') },
    ]);
    await run('drop view all_lots; drop policy tenant on credit_lots');
    expect(await broken('select 1', { ...lots, withoutContext: { rows: 'none' } }, 'select 1')).toEqual(['blocker public.credit_lots:own']);
  });
});

test('nothing that an invariant does reaches beyond its transaction', async () => {
  await withLedger(18, async ({ ask, run }) => {
    await run(
      "create extension dblink; create procedure commits() language plpgsql as $$ begin delete from webhook_events; commit; end $$; insert into webhook_events (body) values ('kept')",
    );
    const state = async () => (await run(everything)).rows;
    const before = await state();
    const none = { rows: 'none' };
    const doubtful = async (sql: string, more = {}) => {
      const { gate } = await ask({ sql, expect: none, ...more });
      expect(gate.outcome, sql).toBe('inconclusive');
      return gate.proof;
    };
    expect(await doubtful('do $$ begin delete from webhook_events; commit; end $$')).toContain('invalid transaction termination');
    expect(await doubtful('call commits()')).toContain('invalid transaction termination');
    const elsewhere = `select dblink_exec('dbname=' || current_database() || ' host=127.0.0.1 user=postgres port=' || current_setting('port'), 'delete from webhook_events')`;
    expect(await doubtful(elsewhere)).toContain('switched_off_in_an_invariant');
    for (const statement of ['set app.x = 1', 'reset role', 'set local role postgres', 'set session authorization default', 'discard all']) {
      expect(await doubtful(`${statement}; select 1 where false`)).toContain('changes the session');
    }
    expect(await doubtful(`select nextval('webhook_events_id_seq') where false`)).toContain('was not seen to fail');
    expect(
      (
        await ask({
          sql: `insert into webhook_events (body) values ('more')`,
          expect: { rows: 1 },
          breakWith: 'create rule nothing as on insert to webhook_events do instead nothing',
        })
      ).gate.outcome,
    ).toBe('passed');
    expect(await state()).toEqual(before);
    expect(
      (
        await run(
          `select * from dblink('dbname=' || current_database() || ' host=127.0.0.1 user=postgres port=' || current_setting('port'), 'select 1') as t (one int)`,
        )
      ).rows,
    ).toEqual([{ one: 1 }]);
  });
});
