import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Major, withDatabase } from '../../test/support/databases.ts';
import { fewOf } from '../../test/support/in-full.ts';
import { testContext } from '../../test/support/test-context.ts';
import { settingsSchema } from '../config/schema.ts';
import type { Context } from '../core/ports.ts';
import { resourceVariable } from '../core/ports.ts';
import type { SmokeReport } from '../core/smoke.ts';
import { runSmoke } from './run-smoke.ts';
import type { SmokeScene } from './scene.ts';

const modules = join(import.meta.dirname, '../../node_modules');
const application = { start: [process.execPath, join(import.meta.dirname, '../../test/support/application.cjs')] };
const schema = `
create table public.item (id bigint primary key, name text not null);
insert into public.item values (1, 'one'), (2, 'two');
create table public.job (state text not null, asked integer not null);
insert into public.job values ('none', 0);`;

/** Smokes a database of the test's own with these settings, and sees to it that nothing that was started is still there. */
async function smoke(compatibility: object, env: Readonly<Record<string, string>> = {}, major: Major = 18): Promise<SmokeReport> {
  const { application: configured, smoke: checks } = settingsSchema.parse({
    source: { dump: 'd' },
    migrate: { tool: 'sql-files', folder: 'm', layout: 'flat' },
    baseline: { mode: 'init-at-head', schema: ['s.sql'] },
    compatibility,
  }).compatibility;
  const context = testContext();
  const folder = mkdtempSync(join(tmpdir(), 'pgr-smoke-'));
  const mark = `test-${folder.slice(-6)}`;
  const started: Parameters<SmokeScene['onStart']>[0][] = [];
  try {
    return await withDatabase(major, schema, async (address) => {
      const url = `postgres://postgres@127.0.0.1:${address.port}/${address.database}`;
      const scene: SmokeScene = {
        ...{ moment: 'new', folder, workFolder: folder, mark, admin: address, login: address, role: { name: 'postgres', named: true } },
        environment: (added) => ({ env: { DATABASE_URL: url, NODE_PATH: modules, ...env, ...added, [resourceVariable]: mark }, inheritEnvironment: true }),
        ...{
          application: configured,
          checks,
          browser: undefined,
          migrations: [],
          hide: () => {},
          onStart: async (child) => void started.push(child),
          writeArtifact: async () => {},
        },
      };
      const report = await runSmoke(context, scene);
      expect(await stillThere(context, mark)).toEqual([]);
      for (const { pid, startedAt } of started) expect(await context.edge.system.processStartedAt(pid)).not.toBe(startedAt);
      if (!report.ok) throw new Error(report.failure.message);
      return report.value;
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Marked processes that answer to no signal: none is sent. */
async function stillThere({ edge }: Context, mark: string): Promise<readonly number[]> {
  return await edge.system.endMarked(mark, []);
}

const said = ({ answers }: SmokeReport) => answers.map(({ name, outcome, said: what }) => `${name} ${outcome}: ${what}`);

test.each(fewOf([15, 18] as const, (major) => major === 18))(
  'an application that works, on PostgreSQL %i: its checks pass, and who came to the clone is known of each',
  async (major) => {
    const get = (name: string, url: string, expected: object = {}) => ({ kind: 'http', name, url, expect: expected });
    const { answers } = await smoke(
      {
        application: { ...application, readyWhen: { prints: '^ready' } },
        smoke: [
          get('items', '/items', { status: 200, headers: { 'Content-Type': 'json' }, json: [{ path: 'items[1].name', equals: 'two' }] }),
          // Nobody comes: that is waited for, so once is enough.
          ...(major === 18 ? [get('static', '/static')] : []),
          {
            kind: 'poll',
            name: 'job',
            trigger: { http: { url: '/ingest', method: 'POST', expect: { status: 202 } } },
            ask: { http: { url: '/job' } },
            until: { json: [{ path: 'state', equals: 'processed' }] },
            failWhen: { json: [{ path: 'state', equals: 'failed' }] },
            everySeconds: 0.01,
          },
          ...(major === 18
            ? [{ kind: 'poll', name: 'job in the database', ask: { sql: 'select state from public.job' }, until: { matches: '^processed$' } }]
            : []),
          { name: 'command', command: [process.execPath, '-e', askDatabase], mustPrint: ['^2 items'], mustNotPrint: ['ERROR'] },
        ],
      },
      {},
      major,
    );
    const used = answers.map(({ name, outcome, use }) => [name, outcome, use !== undefined && (use.sessions > 0 || use.statements)]);
    expect(used).toEqual([
      ['application', 'works', true],
      ['items', 'works', true],
      ...(major === 18 ? [['static', 'works', false]] : []),
      ['job', 'works', true],
      // The only session was ours.
      ...(major === 18 ? [['job in the database', 'works', false]] : []),
      ['command', 'works', true],
    ]);
  },
);

const askDatabase = `
const { Client } = require('pg');
const client = new Client({ connectionString: process.env.DATABASE_URL });
client.connect().then(() => client.query('select from public.item')).then(({ rowCount }) => { console.log(rowCount + ' items'); return client.end(); });`;

test('what is broken is told: answers, silence, a crash, words in the output', async () => {
  const answers = said(
    await smoke({
      application: { ...application, logMustNotContain: ['^ERROR'] },
      smoke: [
        { kind: 'http', name: 'broken', url: '/broken' },
        { kind: 'http', name: 'other', url: '/items', expect: { status: 404, json: [{ path: 'items[0].name', equals: 'three' }] } },
        { kind: 'http', name: 'silent', url: '/never', timeoutSeconds: 0.2 },
        { kind: 'poll', name: 'late', ask: { http: { url: '/static' } }, until: { status: 201 }, everySeconds: 0.01, timeoutSeconds: 0.1 },
        { kind: 'http', name: 'variable', url: '/secret', headersFromEnvironment: { Authorization: 'NO_SUCH_VARIABLE' } },
      ],
    }),
  );
  expect(answers).toEqual([
    'application broken: printed what it must not: ERROR column "gone" does not exist',
    'broken broken: GET /broken answered 500',
    'other broken: GET /items answered 200, but items[0].name is one, not three',
    'silent broken: GET /never was not answered within 0.2 s (timeoutSeconds)',
    'late broken: did not reach its state within 0.1 s: the status is 200, not 201',
    'variable unknown: the environment variable NO_SUCH_VARIABLE is not set',
  ]);
  expect(said(await smoke({ application, smoke: [{ kind: 'http', name: 'crash', url: '/crash' }] }))).toEqual([
    'application broken: ended by itself with exit code 7 while it was checked',
    expect.stringMatching(/^crash broken: GET \/crash was not answered: /),
  ]);
});

test('an application that doesn’t get ready: nothing is asked of it', async () => {
  const checks = [{ kind: 'http', name: 'items', url: '/items' }];
  const unasked = 'items unknown: was not asked: the application was not ready';
  const crashed = await smoke({ application, smoke: checks }, { MODE: 'crash' });
  expect(said(crashed)).toEqual(['application broken: ended with exit code 3 before it was ready', unasked]);
  expect(crashed.answers[0]?.detail).toBe('no configuration');
  const deaf = await smoke({ application: { ...application, timeoutSeconds: 0.3 }, smoke: checks }, { MODE: 'deaf' });
  expect(said(deaf)).toEqual(['application broken: was not ready within 0.3 s (application.timeoutSeconds)', unasked]);
  // It carries no mark: nothing of our environment is left in it.
  const bare = { start: ['env', '-i', process.execPath, '-e', 'setInterval(() => {}, 1000)'], timeoutSeconds: 0.3 };
  expect(said(await smoke({ application: bare, smoke: [] }))).toEqual(['application broken: was not ready within 0.3 s (application.timeoutSeconds)']);
  const missing = await smoke({ application: { start: ['no-such-program'] }, smoke: checks });
  expect(said(missing)[0]).toMatch(/^application unknown: there is no command no-such-program/);
});

test('what it started goes with it, also what left its process group', async () => {
  const checks = [{ kind: 'http', name: 'items', url: '/items' }];
  expect(said(await smoke({ application, smoke: checks }, { MODE: 'children' }))[0]).toMatch(/^application works/);
});

test('a command that fails, prints what it must not, or hangs', async () => {
  const node = (script: string) => [process.execPath, '-e', script];
  const answers = said(
    await smoke({
      smoke: [
        { name: 'fails', command: node('process.exit(4)') },
        { name: 'prints', command: node('console.log("0 items"); console.log("ERROR 1")'), mustPrint: ['^[1-9]'], mustNotPrint: ['^ERROR'] },
        { name: 'hangs', command: node('setInterval(() => {}, 1000)'), timeoutSeconds: 0.3 },
        { name: 'missing', command: ['no-such-program'] },
      ],
    }),
  );
  expect(answers).toEqual([
    'fails broken: ended with exit code 4',
    'prints broken: ended with exit code 0, but nothing in it matches ^[1-9]; it has ERROR, which matches ^ERROR',
    'hangs broken: was ended after 0.3 s (timeoutSeconds)',
    expect.stringMatching(/^missing unknown: there is no command no-such-program/),
  ]);
});
