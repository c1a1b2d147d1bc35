import fc from 'fast-check';
import { bind, closePortal, closeStatement, execute, message, parse, sync } from '../../src/record/proxy/messages.ts';
import { query } from './proxy-raw-client.ts';

/** Bytes that are sent at once, and how many ReadyForQuery answer them. */
export interface Step {
  readonly label: string;
  readonly bytes: Buffer;
  readonly ready: number;
}

const texts = [
  'select 1',
  'select * from w.t order by id',
  "insert into w.t(v) values ('a'), ('b')",
  "update w.t set v = v || 'x' where id = 1",
  'delete from w.t where id > 3',
  'insert into w.child values (999)',
  'select 1/0',
  'selec',
  '',
  ';',
  'begin',
  'begin isolation level repeatable read',
  'start transaction read only',
  'commit',
  'commit and chain',
  'rollback',
  'set transaction isolation level serializable',
  'show transaction_isolation',
  'savepoint s',
  'release s',
  'rollback to s',
  'declare c cursor for select * from w.t order by id',
  'declare h cursor with hold for select generate_series(1, 9)',
  'fetch 2 from c',
  'fetch 1 from h',
  'close c',
  'close h',
  'prepare p as select count(*) from w.t',
  'execute p',
  'deallocate p',
  'deallocate all',
  'discard all',
  'discard plans',
  "set application_name = 'x'",
  "set client_encoding = 'LATIN1'",
  "set statement_timeout = '1min'",
  'set role w_nobody_there',
  'reset all',
  'show statement_timeout',
  "set search_path = 'nowhere'",
  'set local search_path = w',
  'create table w.n(a int)',
  'alter table w.n add column b bigint default 1',
  'drop table w.n',
  'truncate w.t',
  'vacuum w.t',
  'create index concurrently on w.t(v)',
  'lock table w.t in share mode',
  "do $$ begin raise notice 'n'; raise warning 'w'; end $$",
  "do $$ begin execute 'deallocate all'; end $$",
  'listen l',
  "notify l, 'x'",
  'select lastval() > 0',
  'select now() = statement_timestamp() or true',
  'select count(*) from pg_cursors',
  'select pg_current_xact_id_if_assigned() is null',
  'copy w.t(v) to stdout',
];
const text = fc.constantFrom(...texts);
const name = fc.constantFrom('', 's1', 's2');
const portal = fc.constantFrom('', 'p1');
const copyData = (rows: string) => message(0x64, Buffer.from(rows));
const copyDone = message(0x63, Buffer.alloc(0));
const copyFail = message(0x66, Buffer.from('no more\0'));
const flush = message(0x48, Buffer.alloc(0));
const describe = (kind: string, of: string) => message(0x44, Buffer.from(`${kind}${of}\0`));
const executeSome = (of: string, rows: number) => {
  const bytes = execute(of);
  bytes.writeInt32BE(rows, bytes.length - 4);
  return bytes;
};

/** One message of the extended protocol, a whole series mostly. */
const extended: fc.Arbitrary<{ label: string; bytes: Buffer }> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.tuple(name, portal, text).map(([n, p, t]) => piece(`P${n} B${p} D E ${t}`, parse(n, t), bind(p, n, []), describe('P', p), execute(p))),
  },
  fc.tuple(name, text).map(([n, t]) => piece(`P${n} ${t}`, parse(n, t))),
  fc.tuple(portal, name).map(([p, n]) => piece(`B${p}/${n}`, bind(p, n, []))),
  // Never without its Bind: to execute a portal that an error left behind crashes the server itself (15.18, 18.4).
  fc
    .tuple(portal, name, fc.integer({ min: 0, max: 3 }))
    .map(([p, n, rows]) => piece(`B${p}/${n} E ${rows} E ${rows}`, bind(p, n, []), executeSome(p, rows), executeSome(p, rows))),
  name.map((n) => piece(`D${n}`, describe('S', n))),
  name.map((n) => piece(`C${n}`, closeStatement(n))),
  portal.map((p) => piece(`CP${p}`, closePortal(p))),
  fc.constant(piece('H', flush)),
);

function piece(label: string, ...parts: Buffer[]) {
  return { label, bytes: Buffer.concat(parts) };
}

const steps: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: text.map((t) => ({ label: t, bytes: query(t), ready: 1 })) },
  {
    weight: 2,
    arbitrary: fc.array(text, { minLength: 2, maxLength: 4 }).map((parts) => ({ label: parts.join('; '), bytes: query(parts.join('; ')), ready: 1 })),
  },
  {
    weight: 5,
    arbitrary: fc.array(extended, { minLength: 1, maxLength: 4 }).map((parts) => ({
      label: `${parts.map(({ label }) => label).join(' | ')} | S`,
      bytes: Buffer.concat([...parts.map(({ bytes }) => bytes), sync]),
      ready: 1,
    })),
  },
  // Several series at once.
  fc.array(fc.tuple(extended, text), { minLength: 2, maxLength: 3 }).map((parts) => ({
    label: `pipelined: ${parts.map(([{ label }, t]) => `${label} | S | Q ${t}`).join(' | ')}`,
    bytes: Buffer.concat(parts.flatMap(([{ bytes }, t]) => [bytes, sync, query(t)])),
    ready: 2 * parts.length,
  })),
  fc.tuple(fc.constantFrom('a\nb\n', 'a\tb\n', ''), fc.boolean()).map(([rows, done]) => ({
    label: `copy in ${JSON.stringify(rows)} ${done}`,
    bytes: Buffer.concat([query('copy w.t(v) from stdin'), copyData(rows), done ? copyDone : copyFail]),
    ready: 1,
  })),
  fc.tuple(fc.constantFrom('a\nb\n', 'a\tb\n'), fc.boolean()).map(([rows, done]) => ({
    label: `extended copy in ${JSON.stringify(rows)} ${done}`,
    bytes: Buffer.concat([parse('', 'copy w.t(v) from stdin'), bind('', '', []), execute(''), copyData(rows), done ? copyDone : copyFail, sync]),
    ready: 1,
  })),
);

/** Rows of a portal that are fetched on after a Sync, which a transaction block allows: with a question of ours in between. */
const resumed: fc.Arbitrary<readonly Step[]> = portal.map((p) => [
  { label: 'rollback', bytes: query('rollback'), ready: 1 },
  { label: 'begin', bytes: query('begin'), ready: 1 },
  { label: 'first', bytes: Buffer.concat([parse('', 'select generate_series(1, 5)'), bind(p, '', []), executeSome(p, 2), sync]), ready: 1 },
  { label: 'more', bytes: Buffer.concat([executeSome(p, 2), sync]), ready: 1 },
  { label: 'rest', bytes: Buffer.concat([bind('other', '', []), execute(p), closePortal('other'), sync]), ready: 1 },
]);

const several = fc.oneof({ weight: 12, arbitrary: steps.map((step) => [step]) }, resumed);

export const sequences = fc.array(several, { minLength: 3, maxLength: 14 }).map((parts) => parts.flat());

/** What every sequence begins with. */
export const fresh =
  'drop schema if exists w cascade; create schema w; create table w.t(id int primary key generated always as identity, v text); create table w.child(t int references w.t);';
