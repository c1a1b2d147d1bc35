import { expect, test } from 'vitest';
import { runInvariant } from '../../src/check/invariant/run-invariant.ts';
import { readMaskedState } from '../../src/check/masked-constraints/read-masked-state.ts';
import { invariant as invariantSchema } from '../../src/config/settings/invariants.ts';
import { makeEdge } from '../../src/edge/make-edge.ts';
import { context, ledgerKinds, withLedger } from '../support/ledger-invariants.ts';
import { tenants } from '../support/tenant-ledger.ts';
import { testContext } from '../support/test-context.ts';
import { unwrap } from '../support/unwrap.ts';

test('bad: isolation that is broken in part', async () => {
  await withLedger(18, async ({ app, ask, broken, run }) => {
    const { isolation } = ledgerKinds(app);
    const lots = { ...isolation, tables: ['credit_lots'] };
    expect(await broken('alter table credit_lots disable row level security', lots, 'alter table credit_lots enable row level security')).toEqual(
      ['others', 'no-context', 'used-connection', 'delete', 'update', 'insert', 'give-away'].map((key) => `blocker public.credit_lots:${key}`),
    );
    // Reading is guarded, writing isn't.
    const reading = 'create policy reads on credit_lots as restrictive for select using (community_id = app.current_community_id())';
    const writing = 'create policy writes on credit_lots for all using (true) with check (true)';
    expect(await broken(`${reading}; ${writing}`, lots, 'drop policy reads on credit_lots; drop policy writes on credit_lots')).toEqual(
      ['delete', 'update', 'insert', 'give-away'].map((key) => `blocker public.credit_lots:${key}`),
    );
    expect(
      await broken(
        `alter policy tenant on credit_lots with check (true)`,
        lots,
        'alter policy tenant on credit_lots with check (community_id = app.current_community_id())',
      ),
    ).toEqual(['insert', 'give-away'].map((key) => `blocker public.credit_lots:${key}`));
    // A row that is one's own may be written, and then be another tenant's; here a trigger keeps it, however it does so.
    const loose =
      'drop policy tenant on credit_lots; create policy rest on credit_lots using (community_id = app.current_community_id()); alter policy rest on credit_lots with check (true)';
    const given = { ...lots, commands: ['update'] };
    expect(await broken(loose, given, 'select 1')).toEqual(['blocker public.credit_lots:give-away']);
    const kept = (body: string) => `create function app.keep() returns trigger language plpgsql as $$ begin ${body} return new; end $$;
      create trigger kept before update on credit_lots for each row execute function app.keep()`;
    await run(kept("if new.community_id <> old.community_id then raise exception 'a lot stays where it is'; end if;"));
    expect((await ask(given)).gate).toMatchObject({ outcome: 'passed', proof: expect.stringContaining('20 rows given away (UPDATE to another tenant)') });
    await run(`drop function app.keep cascade; ${kept('new.community_id := old.community_id;')}`);
    expect((await ask(given)).gate).toMatchObject({ outcome: 'passed' });
    await run(`drop function app.keep cascade; ${kept("raise exception 'out of order';")}`);
    expect(await broken('select 1', given, 'select 1'), 'a trigger that refuses everything keeps nothing').toEqual(['blocker public.credit_lots:give-away']);
    await run(`drop function app.keep cascade; drop policy rest on credit_lots;
      create policy tenant on credit_lots to ${app} using (community_id = app.current_community_id()) with check (community_id = app.current_community_id())`);
    // As many as are its own, or fewer, and yet of others.
    expect(
      await broken(
        'drop policy tenant on credit_lots; create policy reads on credit_lots for select using (community_id = app.current_community_id()); create policy small on credit_lots for delete using (amount_micro > 45000)',
        { ...lots, commands: ['delete'] },
        `drop policy reads on credit_lots; drop policy small on credit_lots; create policy tenant on credit_lots to ${app} using (community_id = app.current_community_id()) with check (community_id = app.current_community_id())`,
      ),
    ).toEqual(['blocker public.credit_lots:delete']);
    // A partition can be read by its own name.
    const events = { ...isolation, tables: ['usage_events'] };
    expect(await broken('alter table usage_events_2 disable row level security', events, 'alter table usage_events_2 enable row level security')).toContain(
      'blocker public.usage_events_2:others',
    );
    expect(
      await broken(
        `revoke all on usage_events_2 from ${app}; alter table usage_events_2 disable row level security; drop policy tenant on usage_events`,
        events,
        `create policy tenant on usage_events to ${app} using (community_id = app.current_community_id()); alter table usage_events_2 enable row level security; grant select, insert, update, delete on usage_events_2 to ${app}`,
      ),
    ).toContain('blocker public.usage_events:own');
    // A connection that was used before has an empty text where nothing was set.
    const lenient = `coalesce(current_setting('app.community_id', true), 'none') in ('', community_id::text)`;
    expect(
      await broken(
        `alter policy tenant on credit_lots using (${lenient})`,
        { ...lots, withoutContext: { rows: 'none' } },
        'alter policy tenant on credit_lots using (community_id = app.current_community_id())',
      ),
    ).toEqual(['blocker public.credit_lots:used-connection']);
  });
});

test('a large table is written row by row', async () => {
  await withLedger(15, async ({ app, ask, broken, run }) => {
    const lots = { ...ledgerKinds(app).isolation, tables: ['credit_lots'] };
    // A large table is written row by row, and only where the role can see the row.
    await run(
      `create table many as select id, case when id < 9 then '${tenants[0]}'::uuid else '${tenants[1]}' end as community_id from generate_series(1, 100001) id;
       alter table many enable row level security; create policy tenant on many using (community_id = app.current_community_id()); grant all on many to ${app}`,
    );
    const many = { ...lots, tables: ['many'], commands: ['delete', 'update'] };
    expect((await ask(many)).gate).toMatchObject({
      outcome: 'passed',
      proof: expect.stringContaining('1 row (without a context, DELETE, UPDATE)'),
    });
    expect(
      await broken('create policy wide on many for delete using (true)', many, 'drop policy wide on many'),
      'a hole behind what can be read is not found in a large table, and so not ruled out',
    ).toEqual(['doubt public.many:update-unseen', 'doubt public.many:delete-unseen']);
    expect(await broken('alter policy tenant on many using (true)', many, 'drop table many')).toEqual(
      ['others', 'no-context', 'used-connection', 'delete', 'update', 'give-away'].map((key) => `blocker public.many:${key}`),
    );
  });
});

test('bad: rows that can be changed after all', async () => {
  await withLedger(15, async ({ app, owner, ask, broken, run }) => {
    const { appendOnly } = ledgerKinds(app);
    const again = 'for each row execute function app.prevent_mutation()';
    expect(
      await broken(
        'drop trigger lot_entries_not_emptied on lot_entries',
        appendOnly,
        'create trigger lot_entries_not_emptied before truncate on lot_entries for each statement execute function app.prevent_mutation()',
      ),
    ).toEqual([`blocker public.lot_entries:truncate:owner_`]);
    // Only some columns are guarded, and only where a value changes.
    const partly =
      'drop trigger lot_entries_kept on lot_entries; create trigger lot_entries_kept before delete or update of amount_micro, community_id, lot_id, posting, kind, at, flagged, id on lot_entries';
    const whole = 'drop trigger lot_entries_kept on lot_entries; create trigger lot_entries_kept before update or delete on lot_entries';
    expect(await broken(`${partly} ${again}`, appendOnly, `${whole} ${again}`)).toEqual([
      'blocker public.lot_entries:update-detail:app_',
      'blocker public.lot_entries:update-detail:owner_',
    ]);
    const changes =
      'create trigger lot_entries_kept before update on lot_entries for each row when (old.* is distinct from new.*) execute function app.prevent_mutation()';
    expect(await broken(`drop trigger lot_entries_kept on lot_entries; ${changes}`, appendOnly, `${whole} ${again}`)).toEqual([
      'blocker public.lot_entries:delete:app_',
      'blocker public.lot_entries:delete:owner_',
    ]);
    expect(
      await broken(
        'alter table lot_entries disable trigger lot_entries_kept',
        { ...appendOnly, commands: ['delete'] },
        'alter table lot_entries enable trigger lot_entries_kept',
      ),
    ).toHaveLength(2);
    // A foreign key that keeps one row is no guard.
    expect(await broken('select 1', { kind: 'append-only', table: 'credit_lots', commands: ['delete'] }, 'select 1')).toEqual([
      'blocker public.credit_lots:delete:owner_',
    ]);
    expect(await broken('select 1', { ...appendOnly, error: '23514' }, 'select 1')).toContain('blocker public.lot_entries:delete:owner_');
    // Rights and policies guard too, where the role is meant alone.
    const asApp = { kind: 'append-only', table: 'credit_lots', role: app, settings: context, asOwner: false, commands: ['delete'] };
    expect(await broken('select 1', asApp, 'select 1')).toEqual(['blocker public.credit_lots:delete:app_']);
    expect(await broken('select 1', { ...asApp, settings: {} }, 'select 1')).toEqual(['doubt app_']);
    const kept = await ask({ ...asApp, commands: ['truncate'] });
    expect(kept.gate).toMatchObject({ outcome: 'passed', proof: expect.stringContaining(`its owner ${owner} was not tried`) });
    // A policy that lets some rows be changed, and not the first one.
    const some = `create policy reads on crypto_payments as restrictive for update to ${app} using (id > 15)`;
    const payments = {
      kind: 'append-only',
      table: 'crypto_payments',
      role: app,
      settings: context,
      asOwner: false,
      commands: ['update'],
      columns: ['paid_for'],
    };
    expect(await broken(some, payments, 'drop policy reads on crypto_payments')).toEqual(['blocker public.crypto_payments:update-paid_for:app_']);
    await run(`create policy none on crypto_payments as restrictive for update to ${app} using (false)`);
    expect((await ask(payments)).gate).toMatchObject({ outcome: 'passed' });
    expect(await broken('select 1', { ...payments, columns: ['paid_for', 'nothing'] }, 'select 1')).toEqual(['doubt nothing']);
    // A partition can be emptied by its own name.
    expect(
      await broken(
        'create trigger kept before truncate on usage_events for each statement execute function app.prevent_mutation()',
        { kind: 'append-only', table: 'usage_events', commands: ['truncate'] },
        'drop trigger kept on usage_events',
      ),
    ).toEqual(['blocker public.usage_events_1:truncate:owner_', 'blocker public.usage_events_2:truncate:owner_']);
    expect(await broken('select 1', { kind: 'append-only', table: 'webhook_events' }, 'select 1')).toEqual(['doubt invariant:invariant:x']);
  });
});

test('bad: a status that goes back, or never moves', async () => {
  await withLedger(18, async ({ app, ask, broken }) => {
    const { forward } = ledgerKinds(app);
    const back = ['confirmed>pending', 'settled>pending', 'settled>confirmed'];
    expect(
      await broken(
        'drop trigger status_forward on crypto_payments',
        forward,
        'create trigger status_forward before update of status on crypto_payments for each row execute function app.forward_only()',
      ),
    ).toEqual(back.map((move) => `blocker ${move}`));
    // A guard that is switched off stays so while a row is put into its state.
    expect(
      await broken('alter table crypto_payments disable trigger status_forward', forward, 'alter table crypto_payments enable always trigger status_forward'),
    ).toHaveLength(3);
    expect((await ask(forward)).gate, 'enabled always').toMatchObject({ outcome: 'passed' });
    const never = 'create trigger never before update on crypto_payments for each row execute function app.prevent_mutation()';
    expect(await broken(never, forward, 'drop trigger never on crypto_payments')).toEqual(['doubt pending>confirmed', 'doubt confirmed>settled']);
    const transitions = { ...forward, order: undefined, transitions: { pending: ['confirmed', 'settled'], confirmed: ['settled'] } };
    expect((await ask(transitions)).gate).toMatchObject({ outcome: 'passed' });
    expect(await broken('select 1', { ...transitions, transitions: { pending: ['confirmed'], confirmed: ['settled'] } }, 'select 1')).toEqual([
      'blocker pending>settled',
    ]);
  });
});

test('bad: views, sums, references and sequences', async () => {
  await withLedger(18, async ({ app, ask, broken, run }) => {
    const { balances, doubleEntry, references, sequences } = ledgerKinds(app);
    const guarded = (sql: string) => `set session_replication_role = replica; ${sql}`;
    const view = (sum: string) =>
      `create or replace view lot_balances with (security_invoker = true) as select l.id as lot_id, l.community_id, l.amount_micro + ${sum} as balance_micro from credit_lots l left join lot_entries e on e.lot_id = l.id group by l.id`;
    const sum = 'coalesce(sum(e.amount_micro), 0)';
    expect(await broken(view(`${sum} + 1`), balances, view(sum))).toEqual(['blocker invariant:invariant:x']);
    expect(await broken('select 1', { ...balances, sql: 'select * from lot_balances' }, 'select 1'), 'compared with itself').toEqual([
      'doubt invariant:invariant:x',
    ]);
    expect(await broken('select 1', { ...balances, role: app }, 'select 1'), 'nothing is seen without a tenant').toEqual(['doubt invariant:invariant:x']);
    await run('create materialized view kept_balances as select * from lot_balances');
    expect((await ask({ ...balances, view: 'kept_balances' })).gate).toMatchObject({ outcome: 'passed', proof: expect.stringContaining('50 differing rows') });

    expect(
      await broken(
        guarded('update lot_entries set amount_micro = 11 where id = 1'),
        doubleEntry,
        guarded('update lot_entries set amount_micro = -10 where id = 1'),
      ),
    ).toEqual(['blocker invariant:invariant:x']);
    expect(
      await broken(
        'alter table lot_entries alter amount_micro drop not null; set session_replication_role = replica; update lot_entries set amount_micro = null',
        doubleEntry,
        guarded('update lot_entries set amount_micro = case when id % 2 = 1 then -10 else 10 end'),
      ),
      'lost amounts sum to nothing',
    ).toEqual(['blocker invariant:invariant:x']);
    expect(await broken('select 1', { ...doubleEntry, table: 'webhook_events', amount: 'id', groupBy: [] }, 'select 1')).toEqual([
      'doubt invariant:invariant:x',
    ]);
    await run('create table books (entry int, debit int, credit int); insert into books values (1, 5, null), (1, null, 5)');
    const books = { kind: 'balances', table: 'books', debit: 'debit', credit: 'credit', groupBy: ['entry'] };
    expect((await ask(books)).gate).toMatchObject({ outcome: 'passed' });
    expect(await broken('insert into books values (2, 5, null)', books, 'delete from books where entry = 2')).toEqual(['blocker invariant:invariant:x']);

    expect(
      await broken(
        guarded('update crypto_payments set paid_for = 999 where id = 1'),
        references,
        guarded('update crypto_payments set paid_for = 1 where id = 1'),
      ),
    ).toEqual(['blocker public.crypto_payments(paid_for)']);
    const notValid =
      'alter table lot_entries drop constraint lot_entries_lot_id_fkey; set session_replication_role = replica; update lot_entries set lot_id = 999 where id = 1; alter table lot_entries add constraint lot_entries_lot_id_fkey foreign key (lot_id) references credit_lots not valid';
    expect(await broken(notValid, { kind: 'foreign-keys-hold' }, guarded('update lot_entries set lot_id = 1 where id = 1'))).toEqual([
      'blocker public.lot_entries.lot_entries_lot_id_fkey',
    ]);
    expect(await broken('select 1', { ...references, constraints: ['nothing_fkey'] }, 'select 1')).toEqual(['doubt nothing_fkey']);

    expect(await broken("select setval('crypto_payments_id_seq', 50, false)", sequences, "select setval('crypto_payments_id_seq', 50)")).toEqual([
      'blocker public.crypto_payments.id',
    ]);
    await run("create sequence down increment -1; create table lower (id int default nextval('down')); insert into lower values (-5)");
    expect(await broken("select setval('down', -3)", { kind: 'sequence-ahead', sequences: ['down'] }, "select setval('down', -6)")).toEqual([
      'blocker public.lower.id',
    ]);
    expect((await ask({ kind: 'sequence-ahead', sequences: ['down'] })).gate).toMatchObject({ outcome: 'passed' });
    expect(await broken('select 1', { kind: 'sequence-ahead', sequences: ['webhook_events_id_seq'] }, 'select 1')).toEqual(['doubt public.webhook_events.id']);
  });
});

test('masked columns weaken what rests on them', async () => {
  await withLedger(18, async ({ app, address }) => {
    const { isolation, appendOnly, doubleEntry, balances } = ledgerKinds(app);
    await using session = unwrap(await makeEdge().postgres.connect(address));
    const column = (table: string, name: string) => ({ schema: 'public', table, column: name, strategy: 'hash' as const });
    const masked = await readMaskedState(session, [column('lot_entries', 'amount_micro'), column('credit_lots', 'community_id')]);
    const gateOf = async (given: Record<string, unknown>) =>
      (await runInvariant(testContext(), address, invariantSchema.parse({ name: 'x', ...given }), masked.attributes)).gate;
    expect(await gateOf({ ...isolation, tables: ['credit_lots'] })).toMatchObject({
      outcome: 'inconclusive',
      summary: expect.stringContaining('every column that it reads is masked'),
    });
    expect(await gateOf(doubleEntry)).toMatchObject({ outcome: 'passed', weakenedBy: 'it reads masked columns: public.lot_entries.amount_micro (hash)' });
    expect(await gateOf(balances)).toMatchObject({ outcome: 'passed', weakenedBy: expect.stringContaining('public.credit_lots.community_id (hash)') });
    expect(await gateOf(appendOnly)).not.toHaveProperty('weakenedBy');
  });
});
