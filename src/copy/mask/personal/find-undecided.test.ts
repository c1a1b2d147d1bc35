import { expect, test } from 'vitest';
import { withDatabase } from '../../../../test/support/databases.ts';
import { examine, problemsOf } from '../../../../test/support/masked-source.ts';

/** Every sort of column that is suspect, in every type and with every constraint that narrows down what can be done about it. */
const awkward = `
  create extension citext; create extension hstore;
  create domain address as varchar(200) not null; create type gender as enum ('f', 'm', 'x'); create type full_name as (first text, last text);
  create table users (
    id bigint generated always as identity primary key, email citext not null unique, username varchar(10) unique, name text not null, password text not null,
    phone bigint, mobile_number varchar(12) not null unique, birthday date, dob timestamptz not null, gender gender not null, last_ip inet not null,
    device macaddr unique, api_token uuid not null, ssn numeric(9) unique, notes text[] not null, profile jsonb not null, metadata json,
    search tsvector not null, extra hstore, home address, pin char(4) not null, photo bytea, person_name full_name, zip varchar(5), is_admin boolean,
    iban varchar(34) not null, card_number text unique, salary numeric(10, 2), unique (email, username)
  );
  create table logins (user_email citext not null references users (email), at timestamptz, ip inet, user_agent text);
  create table visits (id int, email text, region text) partition by list (email);
  create table visits_1 partition of visits for values in ('a@b.c');
  create table products (sku text primary key, name text, price numeric, weight_kg float);`;

test('what is proposed can be pasted as it is', async () => {
  await withDatabase(18, awkward, async (address) => {
    const { undecided } = await examine(address, {});
    const names = undecided.map(({ name }) => name);
    expect(names).toContain('public.users.profile');
    expect(names).toContain('public.logins.user_email');
    expect(names.filter((name) => /products|is_admin|users\.id|region|logins\.at/.test(name))).toEqual([]);
    expect(undecided.length).toBeGreaterThan(28);
    const columns = Object.fromEntries(undecided.map(({ name, suggestion }) => [name, suggestion]));
    expect(columns).toMatchObject({ 'public.users.email': 'fake:email', 'public.users.last_ip': 'fake:ip', 'public.users.metadata': 'null' });
    expect(columns).toMatchObject({ 'public.logins.user_email': 'fake:email', 'public.visits.email': 'keep' });
    expect(undecided.find(({ name }) => name === 'public.users.home')?.why).toBe('its type’s name says an address');
    expect(await problemsOf(address, { columns })).toEqual([]);
    const strict = await examine(address, { strict: true, columns });
    expect(strict.undecided.map(({ name }) => name)).toEqual(['public.products.sku', 'public.products.name', 'public.visits.region']);
  });
});

test('a column that a foreign key ties to a suspect one is suspect', async () => {
  const sql = 'create table person (email text primary key); create table visit (who text references person); create table photo (of text references person)';
  await withDatabase(15, sql, async (address) => {
    expect((await examine(address, {})).undecided).toMatchObject([
      { name: 'public.person.email', suggestion: 'fake:email' },
      { name: 'public.photo.of', why: 'a foreign key ties it to public.person.email', suggestion: 'fake:email' },
      { name: 'public.visit.who', suggestion: 'fake:email' },
    ]);
  });
});

test('both ends of a foreign key get the same proposal, or the decision that is there', async () => {
  const sql = 'create table person (login varchar(10) primary key); create table visit (username varchar(10) references person)';
  await withDatabase(18, sql, async (address) => {
    const { undecided } = await examine(address, {});
    expect(undecided.map(({ suggestion }) => suggestion)).toEqual(['keep', 'keep']);
    const decided = await examine(address, { columns: { 'public.person.login': { sql: 'login' } } });
    expect(decided.undecided.map(({ name, suggestion }) => [name, suggestion])).toEqual([['public.visit.username', { sql: 'login' }]]);
  });
});

test('a sample finds by values what names hide, and tells none of them', async () => {
  const sql = `
    create table t (id int, a text, b text, c jsonb, d text, e varchar(40), f text);
    insert into t select n, 'canary' || n || '@secret.example', 'row ' || n, '{"k": ["x@y.example"]}', '10.0.0.' || n, 'DE89370400440532013000',
      case when n = 1 then 'write to a@b.example' else 'x' end from generate_series(1, 100) n;`;
  await withDatabase(18, sql, async (address) => {
    expect((await examine(address, {})).undecided).toEqual([]);
    const { undecided } = await examine(address, {}, { sample: true });
    expect(undecided.map(({ name, why, suggestion }) => [name, why, suggestion])).toEqual([
      ['public.t.a', '100 % of the values looked at hold an e-mail address', 'fake:email'],
      ['public.t.c', '100 % of the values looked at hold an e-mail address', 'null'],
      ['public.t.d', '100 % of the values looked at hold an internet address', 'fake:ip'],
      ['public.t.e', '100 % of the values looked at hold a bank account', 'fake:iban'],
    ]);
    expect(JSON.stringify(undecided)).not.toMatch(/canary/);
  });
});
