import { expect, test } from 'vitest';
import { withDatabase } from '../../test/support/databases.ts';
import { fewOf } from '../../test/support/in-full.ts';
import { testContext } from '../../test/support/test-context.ts';
import { unwrap } from '../../test/support/unwrap.ts';
import { queryId } from './query-shape.ts';
import { tryQueries } from './try-queries.ts';

const setup = `
  create schema app; create schema attic;
  create table public.pair (a text not null, b text not null, note varchar(9) default 'x'); create table public.source (a text, b text);
  create table public.part (id int, what text) partition by range (id); create table public.part_1 partition of public.part for values from (0) to (9)`;

const again = (column: string) =>
  `alter table pair rename ${column} to gone; alter table pair add ${column} text; update pair set ${column} = gone; alter table pair drop gone`;

test.each(
  fewOf(
    [
      ['another order of columns of one type', 'insert into pair values ($1, $2)', again('a'), '$1 goes into b in place of a'],
      ['rows of constants', "insert into pair values ('x', 'y'), ('z', $1)", again('a'), '"*VALUES*".column1 goes into b in place of a'],
      ['constants that the statement says', "insert into pair values ('first', 'second')", again('a'), "'first' goes into b in place of a"],
      ['rows of a query', 'insert into pair select a, b from source', again('a'), 'source.a goes into b in place of a'],
      ['named columns', 'insert into pair (a, b) values ($1, $2)', again('a'), undefined],
      ['a renamed column', 'insert into pair values ($1, $2)', 'alter table pair rename a to first', undefined],
      ['a wider column', 'insert into pair values ($1, $2, $3)', 'alter table pair alter note type varchar(99), alter a type varchar(50)', undefined],
      ['defaults that change', 'insert into pair values ($1, $2)', "alter table pair alter note set default 'y', add other text default 'x'", undefined],
      [
        'a table before it in the search path',
        'select a from pair where b = $1',
        'create table app.pair (a text, b text)',
        'it uses app.pair in place of public.pair',
      ],
      ['a table that moved', 'select a from pair where b = $1', 'alter table pair set schema app', undefined],
      ['a copy in its place', 'select a from pair', 'create table app.pair as table pair; drop table pair', undefined],
      [
        'a rule that has it do something else',
        'delete from pair where a = $1',
        'create rule gone as on delete to pair do instead insert into source values (old.a, old.b)',
        'rule gone has DELETE on public.pair do something else',
      ],
      [
        'a rule for some of its rows',
        'insert into pair (a, b) values ($1, $2)',
        "create rule gone as on insert to pair where new.a = 'x' do instead nothing; create rule other as on update to pair do instead nothing",
        'rule gone has INSERT on public.pair do something else',
      ],
      ['a rule besides', 'update pair set a = $1', 'create rule noted as on update to pair do also insert into source values (new.a, new.b)', undefined],
      ['partitions', 'select what from part where id = $1', 'create table app.part_2 partition of part for values from (9) to (99)', undefined],
    ] as const,
    ([what]) => what === 'another order of columns of one type' || what === 'a rule for some of its rows' || what.startsWith('a table before'),
  ),
)('what a query reaches: %s', async (_, text, migration, what) => {
  await withDatabase(18, setup, async (admin, run) => {
    const side = { admin, settings: {}, searchPath: ['app', 'public'] };
    const query = { id: queryId(text), text, roles: [] };
    const [like] = unwrap(await tryQueries(testContext(), side, [{ query }])).values();
    if (like === undefined) throw new Error('it was not tried');
    expect(like.trial).toMatchObject({ kind: 'planned' });
    await run(migration);
    const [tried] = unwrap(await tryQueries(testContext(), side, [{ query, like }])).values();
    expect(tried?.trial.kind === 'planned' ? tried.trial.misdirected : tried?.trial).toEqual(what);
  });
});
