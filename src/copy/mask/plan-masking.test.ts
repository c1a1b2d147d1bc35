import { expect, test } from 'vitest';
import { withDatabase } from '../../../test/support/databases.ts';
import { maskedRows, openMasked, problemsOf } from '../../../test/support/masked-source.ts';

test('every decision that does not fit is told, all at once', async () => {
  const sql = `
    create domain positive as int check (value > 0);
    create table a (
      id int primary key, tenant int generated always as identity, email text not null, full_email text generated always as (lower(email)) stored,
      code varchar(4), born date, flags boolean[], doc jsonb, small numeric(4) unique, ref varchar(6) unique, labels text[], twice positive, n int
    );
    create unique index on a (tenant, lower(code));
    create table parted (id int, region text, note text) partition by list (region);
    create table parted_a partition of parted for values in ('a');
    create table "Mixed" (x text);`;
  await withDatabase(15, sql, async (address) => {
    const columns = {
      'public.a.email': 'null',
      'public.a.full_email': 'hash',
      'public.a.tenant': 'hash',
      'public.a.id': { constant: 1 },
      'public.a.code': { constant: 'too long' },
      'public.a.born': 'fake:email',
      'public.a.flags': 'hash',
      'public.a.doc': { constant: 'no json' },
      'public.a.small': 'hash',
      'public.a.ref': 'hash',
      'public.a.labels': { sql: 'unnest(labels)' },
      'public.a.twice': { sql: "'x'; drop table a" },
      'public.a.n': { sql: 'count(*)' },
      'public.parted.region': 'hash',
      'public.parted_a.note': 'hash',
      'public.mixed.x': 'hash',
      'public.a.gone': 'hash',
      'public.lost.x': 'hash',
      nonsense: 'hash',
    } as const;
    const problems = await problemsOf(address, { columns, saltVariable: 'PGREHEARSE_NO_SUCH_VARIABLE' });
    expect([...problems].sort()).toEqual(
      [
        'public.a.email can’t be masked by null: it is NOT NULL.',
        'public.a.full_email can’t be masked by hash: it is generated from other columns, which are what has to be masked.',
        'public.a.tenant can’t be masked by hash: it is an identity column: its numbers say nothing of a person; keep it.',
        'public.a.id can’t be masked by constant: it must stay unique.',
        'public.a.code can’t be masked by constant: it must stay unique.',
        'public.a.born can’t be masked by fake:email: date holds no email.',
        'public.a.flags can’t be masked by hash: boolean[] has no hash of its own type; use null, a constant or sql.',
        'public.a.doc can’t be masked by constant: invalid input syntax for type json.',
        'public.a.small can’t be masked by hash: it must stay unique, for which a hash needs 15 digits, and numeric(4,0) holds 4.',
        'public.a.ref can’t be masked by hash: it must stay unique, for which a hash needs 12 characters, and character varying(6) holds 6.',
        'public.a.labels can’t be masked by sql: set-returning functions are not allowed in WHERE.',
        'public.a.twice can’t be masked by sql: the expression holds a semicolon.',
        'public.a.n can’t be masked by sql: aggregate functions are not allowed in WHERE.',
        'public.parted.region can’t be masked by hash: it decides which partition a row is in; use sql that keeps the row there, or keep it.',
        'public.parted_a.note is inherited: decide about public.parted.note, which holds for all tables below it.',
        'public.mixed.x does not exist; there is public."Mixed".x.',
        'public.a.gone does not exist: public.a has no column gone.',
        'public.lost.x does not exist: there is no table public.lost whose rows are copied.',
        'masking.columns: "nonsense" is not schema.table.column.',
        'masking.saltVariable: the environment variable PGREHEARSE_NO_SUCH_VARIABLE is not set.',
        'public.parted.note (text) has no decision: its name says free text, in which people write anything.',
      ].sort(),
    );
  });
});

test('both ends of a foreign key need the same decision', async () => {
  const sql = `
    create table person (code varchar(40) primary key, number int unique);
    create table visit (person varchar(40) references person, number int references person (number), wide bigint references person (number), maybe varchar(40) references person);`;
  await withDatabase(18, sql, async (address) => {
    expect(await problemsOf(address, { columns: { 'public.person.code': 'hash', 'public.person.number': 'hash', 'public.visit.maybe': 'null' } })).toEqual(
      [
        'public.visit.number (undecided) references public.person.number (hash): both need the same decision, else the foreign key breaks.',
        'public.visit.person (undecided) references public.person.code (hash): both need the same decision, else the foreign key breaks.',
        'public.visit.wide (undecided) references public.person.number (hash): both need the same decision, else the foreign key breaks.',
      ].toSorted((a, b) => order(a) - order(b)),
    );
    const both = { 'public.person.code': 'hash', 'public.visit.person': 'hash', 'public.visit.maybe': 'null' } as const;
    expect(await problemsOf(address, { columns: both })).toEqual([]);
    const wide = { 'public.person.number': 'hash', 'public.visit.number': 'hash', 'public.visit.wide': 'hash' } as const;
    expect(await problemsOf(address, { columns: wide })).toEqual([
      'public.visit.wide (bigint) references public.person.number (integer): hashes of two types differ; use the same sql for both.',
    ]);
    expect(await problemsOf(address, { columns: { ...both, 'public.visit.person': 'fake:name' } })).toEqual([
      'public.visit.person (fake:name) references public.person.code (hash): both need the same decision, else the foreign key breaks.',
    ]);
  });
});

/** By the column's place in its table. */
const order = (text: string) => ['person (', 'number (', 'wide ('].findIndex((column) => text.startsWith(`public.visit.${column}`));

test('a decision about a parent holds for its partitions and children, whatever the order of their columns', async () => {
  const sql = `
    create table parted (id int, region text, email text) partition by list (region);
    create table parted_a partition of parted for values in ('a');
    create table parted_b (email text, gone int, region text, id int); alter table parted_b drop column gone;
    alter table parted attach partition parted_b for values in ('b');
    create table parent (id int, email text); create table child (shade text) inherits (parent);
    insert into parted values (1, 'a', 'x@y.z'), (2, 'b', 'x@y.z');
    insert into parent values (1, 'x@y.z'); insert into child values (2, 'x@y.z', 'x@y.z');`;
  await withDatabase(18, sql, async (address) => {
    await using source = await openMasked(address, { columns: { 'public.parted.email': 'hash', 'public.parent.email': 'hash' } });
    const emails = await Promise.all(
      ['parted_a', 'parted_b', 'parent', 'child'].map(async (name) => (await maskedRows(source, name)).map(({ email }) => email)),
    );
    expect(new Set(emails.flat()).size).toBe(1);
    expect(emails[0]?.[0]).toMatch(/^[0-9a-f]{32}$/);
    expect(source.masking?.facts.columns.map(({ table }) => table)).toEqual(['parted', 'parent']);
  });
});

test('what looks personal and is undecided stops the copy; keep is a decision; large objects need one', async () => {
  await withDatabase(15, 'create table users (id int, email text, plan text); select lo_create(0)', async (address) => {
    expect(await problemsOf(address, {})).toEqual([
      'public.users.email (text) has no decision: its name says an e-mail address.',
      'There are large objects, which can’t be masked, and masking.largeObjects is not set.',
    ]);
    expect(await problemsOf(address, { columns: { 'public.users.email': 'keep' }, largeObjects: 'empty', strict: true })).toEqual([
      'public.users.plan (text) has no decision: it could hold anything.',
    ]);
    expect(await problemsOf(address, { columns: { 'public.users.email': { keep: 'they are all ours' } }, largeObjects: 'keep' })).toEqual([]);
  });
});
