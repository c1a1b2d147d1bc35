import { expect, test } from 'vitest';
import { withDatabase } from '../../../test/support/databases.ts';
import { fewOf, inFull } from '../../../test/support/in-full.ts';
import { testContext } from '../../../test/support/test-context.ts';
import type { DeclaredContentChange } from '../../check/preservation/declared-change.ts';
import { readRowVolumes } from '../../check/row-bounds/read-row-volumes.ts';
import { settingsSchema } from '../../config/schema.ts';
import { ok } from '../../core/result.ts';
import type { Address } from '../../core/server.ts';
import { withSession } from '../with-session.ts';
import { judgeContent, readContent } from './judge-content.ts';

const setup = `
  create schema old;
  create table invoice (id int primary key, legal_entity_id int not null, note varchar(50), total numeric(10, 2), paid_at timestamp, seen boolean, empty text, one int default 1,
    twice int generated always as (id * 2) stored);
  insert into invoice select i, i % 7, 'note ' || repeat('x', i % 30), i * 1.5, '2026-01-01'::timestamp + i * interval '1 hour', i % 2 = 0
    from generate_series(1, 500) i;
  create table part (id int, day date, what text) partition by range (day);
  create table part_1 partition of part for values from ('2026-01-01') to ('2026-02-01');
  create table part_2 partition of part for values from ('2026-02-01') to ('2026-03-01');
  insert into part select i, '2026-01-01'::date + i, 'w' || i from generate_series(1, 50) i;
  create table old.kept (a int, b text);
  insert into old.kept select i, 'b' || i from generate_series(1, 20) i;
  create table base (a int); create table heir () inherits (base); insert into heir values (1), (2), (3);
  create table same (a int, b text, s text, one int); insert into same select i, 'b' || i, 'x', 1 from generate_series(1, 9) i;
  create table doc (j json); insert into doc values ('{"b":  1, "a": 2}');
  create table ledger (version text);
  insert into ledger values ('1')`;

/** @param role what the migrating role may do, by one that may the same */
async function after(
  migration: string,
  data: Readonly<Record<string, unknown>> = {},
  role = 'pg_database_owner',
  declared: DeclaredContentChange[] = [],
  tables = setup,
) {
  return await withDatabase(18, tables, async (address, run) => {
    const context = testContext();
    const volumes = async (at: Address) => {
      const read = await withSession(context, at, async (session) => ok(await readRowVolumes(session)));
      if (!read.ok) throw new Error(read.failure.message);
      return read.value;
    };
    const { data: settings, migrate } = settingsSchema.parse({
      source: { dump: 'd' },
      migrate: { tool: 'sql-files', folder: 'm', layout: 'flat', role: 'r', ledger: { table: 'public.ledger', column: 'version' } },
      baseline: { mode: 'init-at-head', schema: ['h'] },
      data,
    });
    const sample = typeof settings.preservation === 'object' ? settings.preservation.sample : undefined;
    const [content, before] = [await readContent(context, address, undefined, sample), await volumes(address)];
    await run(migration);
    // A second database stands for a clone on which nothing was migrated.
    const asBefore = async (use: (address: Address) => Promise<void>) => withDatabase(18, tables, async (at) => use(at)).then(() => true);
    const moments = { role, content, declared, before, after: await volumes(address), asBefore };
    const { gate, findings } = await judgeContent(context, address, { data: settings, migrate }, moments);
    const report = context.events.find((event) => event.type === 'preserved')?.report;
    return { outcome: gate.outcome, summary: gate.summary, findings: findings.map(({ severity, title }) => `${severity}: ${title}`), report };
  });
}

test('renames are followed: of columns, tables, schemas, and partitions that leave', async () => {
  const found = await after(`
    alter table invoice rename legal_entity_id to tenant_id; alter table invoice rename to bill; alter table old.kept set schema public;
    alter table part detach partition part_2; alter table part rename what to why; insert into ledger values ('2'); cluster bill using invoice_pkey`);
  expect(found).toMatchObject({ outcome: 'passed', findings: [] });
  expect(found.summary).toContain('public.invoice.legal_entity_id → public.bill.tenant_id: 500 values');
  expect(found.report?.followed).toEqual([
    { kind: 'table', name: 'old.kept', to: 'public.kept', outcome: 'preserved', values: 20 },
    { kind: 'table', name: 'public.invoice', to: 'public.bill', outcome: 'preserved', values: 500 },
    { kind: 'column', name: 'public.invoice.legal_entity_id', to: 'public.bill.tenant_id', outcome: 'preserved', values: 500 },
    { kind: 'column', name: 'public.part.what', to: 'public.part.why', outcome: 'preserved', values: 50 },
  ]);
});

test.each(
  fewOf(
    [
      ['values of other rows by USING', 'alter table same alter a type int using 10 - a', 'blocker: Values of public.same (a) stand in other rows than before'],
      [
        'as many true as false',
        'alter table invoice alter seen type boolean using not seen',
        'blocker: Values of public.invoice (seen) stand in other rows than before',
      ],
      [
        'in partitions',
        'alter table part alter what type text using $$w$$ || 51 - id',
        'blocker: Values of public.part (what) stand in other rows than before',
      ],
      [
        'a wrong join to a new table',
        'create table written (of int primary key, note text); insert into written select 501 - id, note from invoice; alter table invoice drop note',
        'blocker: Values of public.written (note) stand in other rows than before',
      ],
      [
        'a new column filled from another row',
        'alter table invoice add words text; update invoice i set words = (select note from invoice o where o.id = 501 - i.id); alter table invoice drop note',
        'blocker: Values of public.invoice (words) stand in other rows than before',
      ],
      [
        'a copy that is numbered anew',
        `create table copied (a int generated always as identity, b text); insert into copied (b) select b from old.kept order by b desc;
         drop table old.kept; alter table copied set schema old; alter table old.copied rename to kept`,
        'blocker: Values of old.kept (a, b) stand in other rows than before',
      ],
      [
        'a table that says nothing of whose they are',
        'create table noted (id int generated always as identity, note text); insert into noted (note) select note from invoice order by id desc; alter table invoice drop note',
        'warning: Nothing shows whose rows the values of public.noted (note) belong to',
      ],
      ['a type that is widened', 'alter table same alter a type bigint, alter b type varchar(50)', undefined],
      [
        'a right join, beside numbers of its own',
        `create table written (no int generated always as identity, of int, note text); insert into written (of, note) select id, note from invoice order by id desc;
         alter table invoice drop note`,
        undefined,
      ],
      [
        'a copy',
        'create table copied as table old.kept; drop table old.kept; alter table copied set schema old; alter table old.copied rename to kept',
        undefined,
      ],
    ] as const,
    ([what]) => what.startsWith('values of other rows'),
  ),
)('rows: %s', async (_, migration, finding) => {
  expect((await after(migration)).findings.filter((found) => found.includes('rows'))).toEqual(finding === undefined ? [] : [finding]);
});

test('values that moved to a column of another type are read back; one value in every row shows nothing', async () => {
  const found = await after(`
    alter table invoice add owner text, add paid timestamptz, add version int default 1, add flag int default 1, add kind text default 'x';
    update invoice set owner = legal_entity_id, paid = paid_at at time zone 'UTC';
    alter table invoice drop legal_entity_id, drop paid_at, drop seen`);
  expect(found.findings).toEqual(['blocker: public.invoice.seen was dropped with 500 values, which are in no new column']);
  expect(found.report?.followed).toEqual([
    { kind: 'column', name: 'public.invoice.legal_entity_id', to: 'public.invoice.owner', outcome: 'preserved', values: 500, how: 'read back as integer' },
    {
      kind: 'column',
      name: 'public.invoice.paid_at',
      to: 'public.invoice.paid',
      outcome: 'preserved',
      values: 500,
      how: 'read back as timestamp without time zone',
    },
    { kind: 'column', name: 'public.invoice.seen', outcome: 'lost', values: 500 },
  ]);
});

test('a default that happens to be what every row of a dropped column held is no new place for it', async () => {
  const found = await after('alter table invoice add stock int default 1; alter table invoice drop one');
  expect(found.findings).toEqual(['blocker: public.invoice.one was dropped with 500 values, which are in no new column']);
});

test('what a migration declares counts, and is told with its place', async () => {
  const declared = [{ table: 'invoice', columns: ['note'], reason: 'nobody has read it for years', by: 'migrations/2.sql:3' }];
  const found = await after('alter table invoice drop note', {}, 'pg_database_owner', declared);
  expect(found).toMatchObject({ outcome: 'passed', findings: [] });
  const told = { reason: 'nobody has read it for years', by: 'migrations/2.sql:3' };
  expect(found.report?.followed).toEqual([{ kind: 'column', name: 'public.invoice.note', outcome: 'lost', values: 500, declared: told }]);
});

const copied = `
  alter table invoice add owner int; update invoice set owner = legal_entity_id; alter table invoice drop legal_entity_id;
  create table kept2 as select * from old.kept; drop table old.kept;
  create table parted (like part) partition by hash (id); create table parted_1 partition of parted for values with (modulus 2, remainder 0);
  create table parted_2 partition of parted for values with (modulus 2, remainder 1); insert into parted select * from part; drop table part;
  alter table invoice drop empty`;

test('values that were copied before their column went are still there, in new tables and other partitions too; a column without any can go', async () => {
  const found = await after(copied);
  expect(found).toMatchObject({ outcome: 'passed', findings: [] });
  expect(found.summary).toContain('public.invoice.legal_entity_id → owner: 500 values');
});

test.each([
  ['a column', 'alter table invoice drop note', ['blocker: public.invoice.note was dropped with 500 values, which are in no new column']],
  [
    'a column that was copied in part',
    'alter table invoice add owner int; update invoice set owner = legal_entity_id where id > 1; alter table invoice drop legal_entity_id',
    ['blocker: public.invoice.legal_entity_id was dropped with 500 values, which are in no new column'],
  ],
  ['a generated column', 'alter table invoice drop twice', ['note: public.invoice.twice was dropped with 500 values, which follow from other columns']],
  ['a table, whole', 'drop table old.kept', ['blocker: old.kept was dropped with 20 rows, whose values are in no new column']],
  [
    'what a type cuts off',
    'alter table invoice alter note type varchar(20) using left(note, 20)',
    ['blocker: Values of public.invoice.note have changed, and character varying(50) became character varying(20)'],
  ],
  [
    'what a type rounds',
    'alter table invoice alter total type int',
    ['blocker: Values of public.invoice.total have changed, and numeric(10,2) became integer'],
  ],
  [
    'what a time zone moves',
    "set time zone 'Asia/Tokyo'; alter table invoice alter paid_at type timestamptz",
    ['blocker: Values of public.invoice.paid_at have changed, and timestamp without time zone became timestamp with time zone'],
  ],
  [
    'what is only written in another way',
    "set time zone 'UTC'; alter table invoice alter paid_at type timestamptz; alter table invoice alter total type numeric(12, 4)",
    [
      'note: public.invoice.total is written in another way since numeric(10,2) became numeric(12,4); its values are the same',
      'note: public.invoice.paid_at is written in another way since timestamp without time zone became timestamp with time zone; its values are the same',
    ],
  ],
  [
    'what can’t be read back',
    "alter table invoice alter seen type bytea using 'x'::bytea",
    ['doubt: Values of public.invoice.seen have changed, and boolean became bytea'],
  ],
  [
    'a rewrite that alters values',
    'alter table invoice alter note type varchar(50) using upper(note)',
    ['blocker: Values of public.invoice.note have changed'],
  ],
  ['rows that were written: the row bounds judge them', 'update invoice set note = upper(note); delete from part where id = 1; truncate old.kept', []],
  ['a copy is kept, and the column written to', 'create table notes as select id, note from invoice; update invoice set note = upper(note)', []],
  ['a wider type', 'alter table invoice alter note type text, alter seen type text, alter legal_entity_id type bigint', []],
])('lost or altered: %s', async (_, migration, findings) => {
  const found = await after(migration);
  expect(found.findings).toEqual(findings);
  const [first] = findings;
  expect(found.outcome).toBe(first?.startsWith('blocker') ? 'failed' : first?.startsWith('doubt') ? 'inconclusive' : 'passed');
});

test.each(
  fewOf(
    [
      [
        'a rewrite that alters values beside a row that was written',
        "alter table invoice alter note type varchar(50) using upper(note); insert into invoice (id, legal_entity_id, note) values (501, 1, 'new')",
        ['doubt: Values of public.invoice.note have changed, and the column was altered: nothing shows that written rows alone account for it'],
      ],
      [
        'an update of few rows, and a rewrite for another column',
        'update invoice set note = upper(note) where id < 9; alter table invoice alter one type bigint',
        [],
      ],
      ['a column that is emptied', 'update invoice set note = null', ['blocker: public.invoice.note is empty: 500 values were there before']],
      [
        'numbers that are dealt anew',
        'alter table invoice drop legal_entity_id; alter table old.kept drop a, add seq int generated always as identity; insert into ledger values (2)',
        [
          'blocker: old.kept.a was dropped with 20 values, which are in no new column',
          'blocker: public.invoice.legal_entity_id was dropped with 500 values, which are in no new column',
        ],
      ],
      [
        'a partition that is dropped',
        'drop table part_2; insert into part select 50 + i, $$2026-01-02$$, $$w$$ from generate_series(1, 5) i',
        ['blocker: public.part_2, a partition of public.part, was dropped with 20 rows'],
      ],
      [
        'columns that change their names',
        'alter table invoice rename legal_entity_id to t; alter table invoice rename one to legal_entity_id; alter table invoice rename t to one',
        [
          'blocker: public.invoice.legal_entity_id is another column now, with other values',
          'blocker: public.invoice.one is another column now, with other values',
        ],
      ],
      [
        'a column that nothing is worked out for any more',
        'alter table invoice drop twice, add twice int default 0',
        [
          'blocker: public.invoice.twice is another column now, with other values',
          'note: public.invoice.twice was dropped with 500 values, which follow from other columns',
        ],
      ],
      [
        'a table that is inherited from no longer',
        'alter table heir no inherit base',
        ['blocker: public.base no longer shows 3 rows of public.heir, which inherited from it'],
      ],
      [
        'tables that a crash empties, moved or partitions',
        'alter table heir set unlogged; create unlogged table kept as table old.kept; drop table old.kept; alter table part_2 set unlogged; alter table same set unlogged; alter table same set logged',
        [
          'blocker: public.heir is unlogged now: a crash of the server empties it of 3 rows, and replicas can’t read it',
          'blocker: public.kept is unlogged now: a crash of the server empties it of 20 rows, and replicas can’t read it',
          'blocker: public.part_2 is unlogged now: a crash of the server empties it of 20 rows, and replicas can’t read it',
        ],
      ],
      [
        'a table that is filled anew in its place, in part',
        'alter table old.kept rename to kept_before; create table old.kept as select * from old.kept_before where a > 1',
        ['blocker: old.kept is another table now, with other values in a, b'],
      ],
      [
        'a view that shows less',
        'alter table old.kept rename to kept_all; create view old.kept as select * from old.kept_all where a > 1',
        ['blocker: old.kept is another view now, with other values in a, b'],
      ],
      [
        'tables, views and columns of other types in their places, with the same values',
        `alter table old.kept rename to kept_all; create view old.kept as select a::bigint, b from old.kept_all;
     alter table invoice rename legal_entity_id to t; alter table invoice add legal_entity_id text; update invoice set legal_entity_id = t;
     create table whole (id serial, day date, what text, active boolean default true); insert into whole select * from part; drop table part; alter table whole rename to part;
     create table copied (a bigserial, b text, s text default 'x', one int); insert into copied select * from same; drop table same; alter table copied rename to same`,
        [],
      ],
    ] as const,
    ([what]) => what === 'a table that is filled anew in its place, in part',
  ),
)('what still looks sound: %s', async (_, migration, findings) => {
  expect((await after(migration)).findings).toEqual(findings);
});

const typed = `${setup};
  create type state as enum ('active', 'banned', 'old'); create type address as (street text, city text);
  create type side as enum ('left', 'right'); create type hand as enum ('left', 'right');
  create table account (id int primary key, s state not null, a address, half side, hands hand[], double int generated always as (id * 2) virtual); insert into account
  select i, case when i % 3 = 0 then 'active' else 'banned' end::state, row('s' || i, 'c' || i)::address, case i % 2 when 0 then 'left' else 'right' end::side,
    array[case i % 2 when 0 then 'left' else 'right' end::hand]
    from generate_series(1, 60) i`;

test.each(
  fewOf(
    [
      [
        'a label that is renamed',
        "alter type state rename value 'active' to 'enabled'; alter type state add value 'new'",
        ['note: Values of public.account.s are the same rows’ under new labels of public.state'],
      ],
      [
        'labels that change places',
        "alter type state rename value 'active' to 't'; alter type state rename value 'banned' to 'active'; alter type state rename value 't' to 'banned'",
        ['blocker: Values of public.account.s mean something else: labels of public.state stand for what others stood for'],
      ],
      ['a part of each value', 'alter type address drop attribute city', ['blocker: Values of public.account.a have changed']],
      [
        'labels that change places, of as many rows',
        "alter type side rename value 'left' to 't'; alter type side rename value 'right' to 'left'; alter type side rename value 't' to 'right'",
        ['blocker: Values of public.account.half mean something else: labels of public.side stand for what others stood for'],
      ],
      [
        'labels in arrays that change places',
        "alter type hand rename value 'left' to 't'; alter type hand rename value 'right' to 'left'; alter type hand rename value 't' to 'right'",
        ['blocker: Values of public.account.hands mean something else: labels of public.hand[] stand for what others stood for'],
      ],
      [
        'attributes that change places',
        'alter type address rename attribute street to t; alter type address rename attribute city to street; alter type address rename attribute t to city',
        ['blocker: Values of public.account.a mean something else: attributes of public.address stand for what others stood for'],
      ],
      ['an attribute that is renamed', 'alter type address rename attribute street to road', []],
      [
        'a virtual column',
        'alter table account alter double set expression as (id * 3)',
        ['warning: public.account.double is worked out in another way now, and holds other values'],
      ],
      ['a type that is renamed', 'alter type state rename to status', []],
    ] as const,
    ([what]) => what.startsWith('labels'),
  ),
)('types that mean something else: %s', async (_, migration, findings) => {
  expect((await after(migration, {}, 'pg_database_owner', [], typed)).findings).toEqual(findings);
});

if (inFull)
  test('large objects that go are counted', async () => {
    const tables = `${setup}; create table file (id int, content oid); insert into file select i, lo_from_bytea(0, 'x') from generate_series(1, 5) i`;
    const lost = await after('select lo_unlink(content) from file where id < 4; delete from file where id < 4', {}, 'pg_database_owner', [], tables);
    expect(lost.findings).toEqual(['blocker: 3 large objects are gone, of 5']);
    const contentChanges = [{ table: 'pg_catalog.pg_largeobject', reason: 'files are elsewhere now' }];
    expect((await after('select lo_unlink(content) from file', { contentChanges }, 'pg_database_owner', [], tables)).findings).toEqual([]);
    expect((await after("select lo_put(content, 0, 'y') from file where id = 1", {}, 'pg_database_owner', [], tables)).findings).toEqual([
      'warning: 1 page of large objects was changed or removed',
    ]);
  });

test('columns that are declared may change, and no others beside them', async () => {
  const contentChanges = [{ table: 'invoice', columns: ['note'], reason: 'notes are written in capitals' }];
  const migration = "update invoice set note = upper(note), legal_entity_id = 1, paid_at = paid_at + interval '1 day'";
  expect((await after('update invoice set note = upper(note)', { contentChanges })).findings).toEqual([]);
  expect((await after(migration, { contentChanges })).findings).toEqual([
    'blocker: Values of public.invoice.legal_entity_id have changed, and only note may',
    'warning: Values of public.invoice.paid_at have changed, and only note may',
  ]);
  expect((await after(`${migration}; delete from invoice where id = 1`, { contentChanges })).outcome).toBe('inconclusive');
});

test('what is declared may go, by the names of before or after, and nothing else', async () => {
  const migration = 'alter table invoice drop note, drop seen; alter table invoice rename to bill; alter table bill alter total type int; drop table old.kept';
  const reason = 'nobody has used it for years';
  const contentChanges = [
    { table: 'invoice', columns: ['note'], reason },
    { table: 'public.bill', columns: ['total'], reason },
    { table: 'old.kept', reason },
  ];
  expect((await after(migration, { contentChanges })).findings).toEqual([
    'blocker: public.invoice.seen was dropped with 500 values, which are in no new column',
  ]);
});

test('a superuser can write rows that no counter sees: every table is hashed again then', async () => {
  const found = await after('set track_counts = off; update invoice set note = upper(note)', {}, 'postgres');
  expect(found.findings).toEqual(['blocker: Values of public.invoice.note have changed']);
});

test.each(
  fewOf(
    ['set track_counts = off as $f$ begin execute what; end $f$', "as $f$ begin perform set_config('track_counts', 'off', true); execute what; end $f$"],
    (how) => how.startsWith('set'),
  ),
)('so can whoever may call a function that does: %s', async (how) => {
  const tables = `${setup}; create function quietly(what text) returns void language plpgsql security definer ${how}`;
  const migration = "select quietly('update public.invoice set note = upper(note)'); drop function quietly(text)";
  const found = await after(migration, {}, 'pg_database_owner', [], tables);
  expect(found.findings).toEqual(['blocker: Values of public.invoice.note have changed']);
});

const large = `create table large (id int primary key, part int not null, name text, other text);
  insert into large select g, g % 7, 'n' || g, 'o' || g from generate_series(1, 4000) g`;

test('in a sample: renames are followed, and what is lost, changed or untraceable is found', async () => {
  const inSample = (migration: string) => after(migration, { preservation: { sample: 50 } }, 'pg_database_owner', [], `${setup}; ${large}`);
  const kept = await inSample(`alter table large rename name to title; alter table large rename id to key; alter table large alter key type bigint;
    alter table large drop constraint large_pkey, add primary key (other)`);
  expect(kept).toMatchObject({ outcome: 'passed', findings: [], report: { sampledPercent: 50 } });
  expect(kept.summary).toMatch(/public\.large\.name → title: (1,9|2,0)\d\d values.*; of a sample of 50 percent of the rows\.$/);
  expect(await inSample('alter table large drop other; alter table large alter name type text using upper(name)')).toMatchObject({
    outcome: 'failed',
    findings: [expect.stringContaining('Values of public.large.name have changed'), expect.stringContaining('public.large.other was dropped')],
  });
  expect(await inSample('alter table large drop id')).toMatchObject({
    outcome: 'inconclusive',
    findings: ['doubt: The rows of public.large that were looked at can’t be found again: its primary key is another'],
  });
});
