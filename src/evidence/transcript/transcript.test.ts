import { expect, test } from 'vitest';
import { withDatabase } from '../../../test/support/databases.ts';
import type { Resource } from '../../core/resource.ts';
import { Secret } from '../../core/secret.ts';
import type { Address } from '../../core/server.ts';
import { makeEdge } from '../../edge/make-edge.ts';
import { deployTranscript, transcriptSha256 } from './deploy-transcript.ts';
import { keepTranscript } from './keep-transcript.ts';
import { renderTranscript, renderTranscriptLines } from './render-transcript.ts';
import { transcribedEdge } from './transcribed-edge.ts';
import { withoutLiterals } from './without-literals.ts';

const now = () => new Date('2026-11-21T02:45:00.000Z');
const place = (port: number): Address => ({ host: '127.0.0.1', port, database: 'shop', user: 'postgres', tls: 'disable' });
const resource = (id: string, label: string, port: number): Resource => ({
  ...{ id, kind: 'clone', label, facts: { port }, kept: false, createdAt: '2026-11-21T02:45:00.000Z' },
  owner: { pid: 1, processStartedAt: '', host: 'ci' },
});

test('every statement that a session sends is told, in order, with what became of it', async () => {
  await withDatabase(18, '', async (address) => {
    const keeper = keepTranscript({ now, production: address });
    const edge = transcribedEdge(makeEdge(), keeper);
    const connected = await edge.postgres.connect(address, { applicationName: 'pgrehearse test' });
    if (!connected.ok) throw new Error(connected.failure.message);
    await using session = connected.value;
    await session.query('select $1::text as secret', ['canary']);
    await session.execute('create table t (id integer); insert into t values (1)');
    await session.query('select gone from t').catch(() => {});
    for (const chunk of await session.copyOut('copy t to stdout').toArray()) void chunk;
    await session.describe('select id from t');
    for (let n = 0; n < 3; n++) await session.query('select 1');
    const { entries } = keeper.transcript();
    expect(entries.map((entry) => (entry.kind === 'statement' ? [entry.target, entry.text.slice(0, 30), entry.outcome, entry.times] : entry))).toEqual([
      ['production', expect.stringContaining('select pg_catalog.current_sett'), 'ok', 1],
      ['production', 'select $1::text as secret', 'ok', 1],
      ['production', 'create table t (id integer); i', 'ok', 1],
      ['production', 'select gone from t', '42703', 1],
      ['production', 'copy t to stdout', 'ok', 1],
      ['production', 'select id from t', 'ok', 1],
      ['production', 'select 1', 'ok', 3],
    ]);
    const text = renderTranscript(keeper.transcript());
    expect(text).toContain('7 different statements on production, 7 entries in all.');
    expect(text).toContain('PRODUCTION, pgrehearse test, failed with SQLSTATE 42703');
    expect(text).toContain('PRODUCTION, pgrehearse test, 3 times');
    expect(text + renderTranscriptLines(keeper.transcript())).not.toContain('canary');
  });
});

test('what finds out whether two servers are one is told too', async () => {
  await withDatabase(18, '', async (address) => {
    const keeper = keepTranscript({ now, production: address });
    await transcribedEdge(makeEdge(), keeper).postgres.isSameServer(address, address);
    expect(keeper.transcript().entries.filter((entry) => entry.kind === 'statement' && entry.by === 'pgrehearse-nonce').length).toBeGreaterThan(3);
  });
});

test('commands are told with the names of their variables, and no value', async () => {
  const keeper = keepTranscript({ now, production: undefined });
  const { system } = transcribedEdge(makeEdge(), keeper);
  await system.run({ command: 'sh', args: ['-c', 'exit 3'], env: { API_KEY: 'canary' }, cwd: '/' });
  await system.run({ command: 'there-is-no-such-program' });
  const { entries } = keeper.transcript();
  expect(entries).toMatchObject([
    { argv: ['sh', '-c', 'exit 3'], cwd: '/', environment: ['API_KEY'], inherits: false, outcome: 'exit code 3' },
    { argv: ['there-is-no-such-program'], outcome: 'command-not-found' },
  ]);
  const text = renderTranscript(keeper.transcript());
  expect(text).toContain("| sh -c 'exit 3'");
  expect(text).toContain('with API_KEY');
  expect(text + JSON.stringify(entries)).not.toContain('canary');
});

test('a port that another server has later keeps what it was', () => {
  const keeper = keepTranscript({ now, production: place(5432) });
  const send = (port: number, text: string) => keeper.statement({ address: place(port), by: 'pgrehearse', text, durationMs: 1 });
  const tell = (what: 'made' | 'removed', one: Resource) => keeper.hear({ type: 'resource', what, resource: one });
  const [baseline, clone] = [resource('a', 'baseline for drift', 40001), resource('b', 'clone of shop', 40001)];
  send(40001, 'select 1');
  tell('made', baseline);
  send(40001, 'select 2');
  tell('removed', baseline);
  tell('made', clone);
  send(40001, 'select 2');
  send(5432, 'select 3');
  send(6432, 'select 4');
  expect(keeper.transcript().entries.map((entry) => entry.kind === 'statement' && [entry.target, entry.text])).toEqual([
    ['baseline', 'select 1'],
    ['baseline', 'select 2'],
    ['clone', 'select 2'],
    ['production', 'select 3'],
    ['other', 'select 4'],
  ]);
});

test('long statements are kept by their hash, and endlessly many are counted, but none on production is left out', () => {
  const keeper = keepTranscript({ now, production: place(5432) });
  const long = `select '${'x'.repeat(20_000)}'`;
  keeper.statement({ address: place(40001), by: 'a', text: long, durationMs: 1 });
  for (let n = 0; n < 20_500; n++) keeper.statement({ address: place(40001), by: 'a', text: `select ${n}`, durationMs: 1 });
  keeper.statement({ address: place(5432), by: 'a', text: 'select late', durationMs: 1 });
  const { entries, unlisted } = keeper.transcript();
  expect(entries[0]).toMatchObject({ cut: { characters: long.length, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) } });
  expect(unlisted).toBe(501);
  expect(entries.at(-1)).toMatchObject({ target: 'production', text: 'select late' });
  expect(renderTranscript(keeper.transcript())).toContain('501 further statements');
});

test('literals can be taken out of a statement', () => {
  expect(withoutLiterals("update t set a = 'Ann''s', b = 12.5, c = $tag$x$tag$ where id = $1 -- of Ann")).not.toMatch(/Ann|12|x\$/);
  expect(withoutLiterals('select a1 from "t2"')).toBe('select a1 from "t2"');
});

const migration = (revision: string, change: object = {}) => ({
  ...{ revision, file: `migrations/${revision}.sql`, sha256: 'a'.repeat(64), up: `alter table t add ${revision} text;\n`, inTransaction: true },
  ...change,
});

test('a deploy transcript is the same for the same deploy, and another for any other', () => {
  const deploy = { role: 'migrator', migrations: [migration('m1'), migration('m2')] };
  const one = deployTranscript(deploy);
  expect(deployTranscript({ ...deploy })).toBe(one);
  expect(one).not.toMatch(/20\d\d-|127\.0\.0\.1|\/work|\/home/);
  const others = [
    { ...deploy, role: 'other' },
    { migrations: deploy.migrations },
    { ...deploy, migrations: [migration('m2'), migration('m1')] },
    { ...deploy, migrations: [migration('m1')] },
    { ...deploy, stamp: { revision: 'm0', argv: ['alembic', 'stamp', 'm0'] } },
    { ...deploy, stamp: { revision: 'm0', argv: [] } },
    { ...deploy, migrations: [migration('m1', { up: 'alter table t add m1 integer;' }), migration('m2')] },
    { ...deploy, migrations: [migration('m1', { sha256: 'b'.repeat(64) }), migration('m2')] },
    { ...deploy, migrations: [migration('m1', { inTransaction: false }), migration('m2')] },
    { ...deploy, command: { argv: ['alembic', 'upgrade', 'head'], folder: '.', environment: [] } },
    { ...deploy, command: { argv: ['alembic', 'upgrade', '0021'], folder: '.', environment: [] } },
  ];
  const hashes = new Set([one, ...others.map(deployTranscript)].map(transcriptSha256));
  expect(hashes.size).toBe(others.length + 1);
});

test('names can’t act on a terminal, or forge a line of what is approved', () => {
  const keeper = keepTranscript({ now, production: undefined });
  keeper.statement({ address: place(5432), by: 'a', text: 'select "\u001b[2Jx"', durationMs: 1 });
  expect(renderTranscript(keeper.transcript())).toContain('   | select "\\x1b[2Jx"');
  const hostile = migration('m1\ndrop table t;');
  expect(deployTranscript({ migrations: [{ ...hostile, up: 'select 1;' }] })).not.toMatch(/^drop/m);
});

test('a secret never has a text', () => {
  expect(`${new Secret('canary')}`).toBe('***');
});
