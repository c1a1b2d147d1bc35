import { expect, test } from 'vitest';
import { withDatabase } from '../support/databases.ts';
import { syncOnce } from './sync-stage.ts';

const production = `
  create type place as (street text, town text);
  create domain code as numeric;
  create table composite (id int primary key, at place, many place[]);
  create table domained (id int primary key, v code);
  create table derived (id int primary key, email text, email_lower text generated always as (lower(email)) stored);
  create table ruled (id int primary key, v text);
  insert into composite values (1, row('street', 'town'), array[row('a', 'b')]::place[]);
  insert into domained values (1, 1.5);
  insert into derived (id, email) values (1, 'Ada@Private.example');
  insert into ruled values (1, 'p'), (2, 'p');
  analyze`;

const staging = `
  create type place as (town text, street text);
  create domain code as integer;
  create table composite (id int primary key, at place, many place[]);
  create table domained (id int primary key, v code);
  create table derived (id int primary key, email text, email_lower text);
  create table ruled (id int primary key, v text);
  create rule keep as on delete to ruled do instead nothing;
  insert into ruled values (7, 'old')`;

test('what would come over as something else is refused, whatever it is called; nothing is derived from what is masked', async () => {
  await withDatabase(15, production, async (there) => {
    await withDatabase(18, staging, async (here, run) => {
      const masking = { columns: { 'public.derived.email': { constant: 'nobody@masked.invalid' }, 'public.composite.at': { keep: 'places are public' } } };
      const { result, tables, events } = await syncOnce(there, here, { settings: { masking } });
      expect(events.flatMap((event) => (event.type === 'failure' ? [event.failure.message] : []))).toEqual([]);
      expect([result.verdict.kind, result.exitCode]).toEqual(['BLOCKER', 1]);
      expect([...tables.values()].map(({ table, outcome, column }) => [table, outcome, column])).toEqual([
        ['public.composite', 'refused', 'at'],
        ['public.derived', 'synced', undefined],
        ['public.domained', 'failed', 'v'],
        ['public.ruled', 'synced', undefined],
      ]);
      expect(tables.get('public.composite')?.reason).toContain('its fields are (street text, town text) there and (town text, street text) here');
      // Production's own lower case of the address would lead around the mask.
      expect((await run('select email, email_lower from derived')).rows).toEqual([{ email: 'nobody@masked.invalid', email_lower: 'nobody@masked.invalid' }]);
      // A rule that keeps rows from being deleted doesn't keep old ones here.
      expect((await run('select id from ruled order by id')).rows).toEqual([{ id: 1 }, { id: 2 }]);
    });
  });
});
