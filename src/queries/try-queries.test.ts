import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { withDatabase } from '../../test/support/databases.ts';
import { testContext } from '../../test/support/test-context.ts';
import { unwrap } from '../../test/support/unwrap.ts';
import { proveAbleToFail } from './prove-able-to-fail.ts';
import { queryId } from './query-shape.ts';
import { tryQueries } from './try-queries.ts';

const asQuery = (text: string, roles: readonly string[] = []) => ({ query: { id: queryId(text), text, roles } });

test.each([15, 18] as const)('what preparing and planning find, and what they don’t run, on %i', async (major) => {
  const role = `r_${randomBytes(5).toString('hex')}`;
  const sql = `
    create role ${role};
    create table item (id bigint generated always as identity primary key, name text not null, price int not null default 0, old text, made timestamptz default now(),
      total int generated always as (price * 2) stored);
    alter table item drop column old;
    alter table item add column code text not null;
    create table secret (id int);
    create sequence counter;
    create function touch() returns int volatile language sql as $$ select nextval('counter')::int $$;
    create domain filled as text not null; create table odd (f filled);
    create function fill() returns trigger language plpgsql as $$ begin new.a := 1; return new; end $$;
    create table triggered (a int not null); create trigger t before insert on triggered for each row execute function fill();
    create function stamp() returns trigger language plpgsql as $$ begin new.at := now(); return new; end $$;
    create table event (what text, at timestamptz, kind text not null); create trigger t before insert or update on event for each row execute function stamp();
    create table checked (a int, b int, constraint b_there check (b is not null) not valid, constraint a_small check (a < 9));
    create table numbered (a int, no bigint not null default nextval('counter')); create table owned (id serial, a int);
    grant select, insert, update on event, checked, numbered, owned to ${role}; grant usage on owned_id_seq to ${role};
    grant select, insert, update on item, odd, triggered to ${role}; alter role ${role} set search_path = public, pg_temp; alter role ${role} set default_tablespace = 'gone';`;
  await withDatabase(major, sql, async (admin, run) => {
    const expected: Readonly<Record<string, string>> = {
      'select name, price from item where id = $1': 'planned',
      'select id, nope from item': 'failed 42703',
      // It means something, but this role may not run it: planning asks for the rights.
      'select * from secret': 'parsed 42501',
      'insert into item (name) values ($1)': 'failed 23502',
      'insert into item (name, code) values ($1, $2), ($3, $4) returning id': 'planned',
      "insert into item (name, code) select name, 'x' from item where price > $1": 'planned',
      'with made as (insert into item (name) values ($1) returning id) select * from made': 'failed 23502',
      'insert into item (name, code) values ($1, $2) on conflict (name) do nothing': 'parsed 42P10',
      'update item set total = $1': 'failed 428C9',
      'select touch() from item': 'planned',
      'insert into odd values ($1)': 'parsed 23502',
      'insert into triggered default values': 'planned',
      // The trigger's body doesn't name the column, so it can't fill it.
      'insert into event (what) values ($1)': 'failed 23502',
      'insert into event (what, kind) values ($1, $2)': 'planned',
      'insert into checked (a) values ($1)': 'failed 23514',
      'insert into checked (b) values ($1)': 'planned',
      'insert into numbered (a) values ($1)': 'failed 42501',
      'insert into numbered (a, no) values ($1, $2)': 'planned',
      'insert into owned (a) values ($1)': 'planned',
      'select now() - interval $1, concat($2), id from item limit $3': 'planned',
      'select $1 + $2': 'planned',
      'select id from item where made > $1 - $2': 'planned',
      'select * from generate_series($1, $2) where $3 in ($4 /*, ... */)': 'planned',
      'select timestamp with time zone $1': 'planned',
      "select current_setting('app.tenant')": 'planned',
      'this is no query': 'failed 42601',
    };
    const texts = Object.keys(expected);
    const side = { admin, role, settings: { 'app.tenant': '7' } };
    const tried = unwrap(
      await tryQueries(
        testContext(),
        side,
        texts.map((text) => asQuery(text)),
      ),
    );
    const trialOf = (text: string) => tried.get(queryId(text))?.trial;
    const told = texts.map((text) => {
      const trial = trialOf(text);
      const sqlstate = trial?.kind === 'failed' ? trial.sql.sqlstate : trial?.kind === 'parsed' ? trial.why.sqlstate : '';
      return [text, `${trial?.kind} ${sqlstate}`.trim()];
    });
    expect(Object.fromEntries(told)).toEqual(expected);
    expect(trialOf('insert into item (name) values ($1)')).toMatchObject({ sql: { column: 'code', table: 'item' } });
    expect(trialOf('select now() - interval $1, concat($2), id from item limit $3')?.text).toBe(
      'select now() - ($1)::interval, concat(($2)::text), id from item limit $3',
    );
    expect(trialOf('select name, price from item where id = $1')).toMatchObject({
      columns: [
        { name: 'name', type: 'text' },
        { name: 'price', type: 'integer' },
      ],
      plan: { scans: [{ node: 'Index Scan', schema: 'public', table: 'item', indexes: ['item_pkey'] }] },
    });

    // Nothing was run, and none of it can be.
    expect((await run('select is_called from counter')).rows).toEqual([{ is_called: false }]);
    // Where nobody says as which role, it is the one that runs it in production, then a superuser.
    const [own] = unwrap(await tryQueries(testContext(), { admin, settings: {} }, [asQuery('select * from secret', ['gone', role])])).values();
    expect(own).toMatchObject({ role, trial: { kind: 'parsed' } });
    const [whose] = unwrap(await tryQueries(testContext(), { admin, settings: {} }, [asQuery('select * from secret', ['gone'])])).values();
    expect(whose).toMatchObject({ trial: { kind: 'planned' } });
    expect(whose).not.toHaveProperty('role');
    expect(await tryQueries(testContext(), { admin, role: 'nobody', settings: {} }, [asQuery('select 1')])).toMatchObject({
      ok: false,
      failure: { code: 'role-missing' },
    });

    // Nobody complains where row-level security hides all rows: only the plan has lost its table.
    const reading = { admin, role, settings: {} };
    const kinds = async () => {
      const read = ['select what from event', 'select what from through'].map((text) => ({ ...asQuery(text), like: seen.get(queryId(text)) }));
      const now = unwrap(await tryQueries(testContext(), reading, read as Parameters<typeof tryQueries>[2]));
      return [...now.values()].map(({ trial }) => (trial.kind === 'failed' ? trial.sql.message : trial.kind));
    };
    await run(`create view through as select what from event; grant select on through to ${role}`);
    const seen = unwrap(await tryQueries(testContext(), reading, [asQuery('select what from event'), asQuery('select what from through')]));
    await run('alter table event enable row level security');
    // A view is asked as its owner.
    expect(await kinds()).toEqual([`row-level security hides all rows of public.event from ${role}: no policy lets it read them`, 'planned']);
    await run(`create policy all_of_them on event for select to ${role} using (true)`);
    expect(await kinds()).toEqual(['planned', 'planned']);

    // Who may not connect any more can't ask anything; who couldn't before comes by another way.
    await run(`do $do$ begin execute format('revoke connect on database %I from public', current_database()); end $do$`);
    expect(await kinds()).toEqual(Array(2).fill(`${role} can’t begin a session: it has no right to connect to the database`));
    const [never] = unwrap(await tryQueries(testContext(), reading, [asQuery('select what from event')])).values();
    expect(never).toMatchObject({ refused: 'it has no right to connect to the database', trial: { kind: 'planned' } });
    await run(`do $do$ begin execute format('grant connect on database %I to public', current_database()); end $do$`);

    // A role that went with the migration takes its queries along.
    const gone = { ...asQuery('select 1'), like: { trial: { kind: 'failed', text: 'select 1', sql: { sqlstate: '', message: '' } }, role: 'nobody' } } as const;
    const [lost] = unwrap(await tryQueries(testContext(), { admin, settings: {} }, [gone])).values();
    expect(lost).toMatchObject({ role: 'nobody', trial: { kind: 'failed', sql: { sqlstate: '22023' } } });

    const connected = unwrap(await testContext().edge.postgres.connect(admin));
    await using session = connected;
    const candidates = texts.flatMap((text) => {
      const found = tried.get(queryId(text));
      return found === undefined ? [] : [{ query: { id: queryId(text), text, from: [], roles: [] }, tried: found }];
    });
    expect(await proveAbleToFail(session, side, candidates)).toEqual({ queryId: queryId(texts[0] ?? ''), table: 'public.item', sqlstate: '42P01' });
    expect(
      await proveAbleToFail(
        session,
        side,
        candidates.filter(({ query }) => query.text === 'select $1 + $2'),
      ),
    ).toBeUndefined();
    // A table that is only written counts as well.
    const written = candidates.filter(({ query }) => query.text === 'insert into triggered default values');
    expect(await proveAbleToFail(session, side, written)).toMatchObject({ table: 'public.triggered', sqlstate: '42P01' });
    expect((await run('select count(*)::int as items from item')).rows).toEqual([{ items: 0 }]);
    await run(`drop owned by ${role}; drop role ${role}`);
  });
});
