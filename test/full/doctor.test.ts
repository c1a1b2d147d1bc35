import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { settingsSchema } from '../../src/config/schema.ts';
import type { Context } from '../../src/core/ports.ts';
import { examineProject } from '../../src/rehearsal/examine-project.ts';
import { type CloudProduction, startCloud } from '../support/cloud-production.ts';
import { testServer } from '../support/databases.ts';
import { FakeAws } from '../support/fake-aws/fake-aws.ts';
import { runCli } from '../support/run-cli.ts';
import { withFolder } from '../support/temporary-folder.ts';
import { withContext } from '../support/with-context.ts';

let cloud: CloudProduction;
beforeAll(async () => {
  cloud = await startCloud({ servers: false });
  cloud.aws.ec2.machines.push({ id: 'i-1', region: FakeAws.region, state: 'running', tags: {}, agent: { version: '3.3.2299.0', status: 'Online' } });
  vi.stubEnv('PATH', `${cloud.aws.pluginFolder}:${process.env.PATH}`);
});
afterEach(() => cloud.reset());
afterAll(() => cloud[Symbol.asyncDispose]());

const target = () => `postgres://postgres@127.0.0.1:${testServer(15).port}/postgres?sslmode=disable`;

/** A project in which all is well, and what a test spoils of it. */
interface Given {
  readonly source?: object;
  readonly target?: string;
  readonly branches?: readonly string[];
}

async function examine(given: Given, spoil: Spoil): Promise<Readonly<Record<string, string>>> {
  const files = {
    '.gitignore': '/dump/\n/.pgrehearse/\n',
    'migrations/0001_name.sql': 'select 1;',
    config:
      '[profile shop]\nsso_session = shop\nsso_account_id = 111122223333\nsso_role_name = Reader\nregion = eu-central-1\n\n[sso-session shop]\nsso_start_url = https://shop.awsapps.invalid/start\nsso_region = eu-central-1\nsso_registration_scopes = sso:account:access\n',
  };
  return await withFolder(files, async (folder) => {
    const git = (...args: readonly string[]) => execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.org', ...args], { cwd: folder });
    git('init', '--quiet', '--initial-branch=release');
    git('add', '.');
    git('commit', '--quiet', '--message=all');
    await spoil.files?.(folder, git);
    const rds = { instance: 'production', account: FakeAws.account, region: FakeAws.region, tunnel: { ssm: { instanceId: 'i-1' } }, ...given.source };
    const settings = settingsSchema.parse({
      source: { rds },
      migrate: { tool: 'sql-files', folder: 'migrations', layout: 'flat', appliedThrough: 'none', role: 'owner' },
      baseline: { mode: 'init-then-migrations' },
      target: { url: given.target ?? target() },
      preconditions: { branches: given.branches ?? ['release'] },
    });
    return await withContext(async (context) => {
      const examined = await examineProject(spoil.context?.(context) ?? context, { settings, folder });
      return Object.fromEntries(
        examined.map(({ what, found, failure }) => [what, failure === undefined ? 'ok' : `${failure.code}: ${found} | ${failure.cure}`]),
      );
    });
  });
}

interface Spoil {
  readonly files?: (folder: string, git: (...args: readonly string[]) => unknown) => unknown;
  readonly context?: (context: Context) => Context;
}

test('where all is well, doctor finds nothing wrong', async () => {
  const found = await examine({}, {});
  const looked = ['cloud', 'snapshot', 'client', 'plugin', 'bastion', 'target', 'disk', 'git', 'branch'];
  expect(Object.fromEntries(looked.map((what) => [what, found[what]]))).toEqual(Object.fromEntries(looked.map((what) => [what, 'ok'])));
  expect(Object.values(found).filter((words) => words.includes(': ') && words.includes('|'))).toEqual([]);
});

test.each<readonly [what: string, given: Given, spoil: Spoil, told: RegExp]>([
  [
    'cloud',
    { source: { profile: 'shop' } },
    { files: expireSession },
    /^cloud-credentials: the SSO session of profile shop has expired, .*\| Run `aws sso login --profile shop`/,
  ],
  ['plugin', {}, { context: withoutPlugin }, /^tunnel-program-missing: session-manager-plugin, .* is not on PATH \| Install it: https:/],
  ['bastion', { source: { tunnel: { ssm: { instanceId: 'i-9' } } } }, {}, /^bastion-.*i-9.*\| /],
  [
    'client',
    {},
    { files: () => Object.assign(cloud.production, { engineVersion: '19.1' }) },
    /^server-newer-than-clients: .* PostgreSQL 19; .*\| Install the client/,
  ],
  ['target', { target: 'postgres://postgres@127.0.0.1:1/postgres' }, {}, /^target-unreachable: .*127\.0\.0\.1.*\| ./],
  ['disk', {}, { context: withoutRoom }, /^disk-short: 0\.1 GB are free in .* production’s disk has 100 GB.*\| Free/],
  [
    'git',
    {},
    { files: (folder) => writeFileSync(join(folder, '.gitignore'), '') },
    /^dump-not-ignored: .*\| Add `\/dump\/` to \.gitignore|^dump-not-ignored: .*init/,
  ],
  [
    'branch',
    { branches: ['main', 'hotfix/*'] },
    {},
    /^branch-differs: release is checked out, and preconditions.branches names main and hotfix\/\* \| .*git switch/,
  ],
  ['branch', {}, { files: (folder) => write(folder, 'migrations/0002_new.sql') }, /^branch-differs: migrations\/0002_new.sql isn’t committed.*\| Commit/],
  [
    'branch',
    {},
    {
      files: (folder, git) => {
        git('checkout', '--quiet', '--detach');
        write(folder, 'migrations/0002_new.sql');
        git('add', '.');
        git('commit', '--quiet', '--message=more');
      },
    },
    /^branch-differs: the commit [0-9a-f]+ is checked out by itself, is on none such, .*\| Check out a commit of the branch/,
  ],
  ['branch', {}, { files: (folder) => rmSync(join(folder, '.git'), { recursive: true }) }, /^branch-differs: .* is in no git repository .*\| Run where/],
])('doctor tells what is wrong with: %s', async (what, given, spoil, told) => {
  const version = cloud.production.engineVersion;
  try {
    const found = await examine(given, spoil);
    expect(found[what]).toMatch(told);
  } finally {
    Object.assign(cloud.production, { engineVersion: version });
  }
});

test('a commit by itself, as CI checks it out, counts where a named branch holds it', async () => {
  expect(await examine({}, { files: (_, git) => git('checkout', '--quiet', '--detach') })).toMatchObject({ branch: 'ok' });
});

test('a run ends for the same reason, before anything is made', async () => {
  const settings = {
    source: { url: 'postgres://owner@127.0.0.1:1/shop' },
    migrate: { tool: 'sql-files', folder: 'migrations', layout: 'flat', appliedThrough: 'none' },
    baseline: { mode: 'init-then-migrations' },
    preconditions: { branches: ['release'] },
  };
  await withFolder({ 'pgrehearse.config.json': JSON.stringify(settings), 'migrations/0001_name.sql': 'select 1;' }, async (folder) => {
    // The servers' user passes through.
    chmodSync(folder, 0o711);
    const { exitCode, stdout } = await runCli(['run', '--json'], { cwd: folder, env: { PGREHEARSE_HOME: join(folder, 'home') } });
    const line = stdout.split('\n').find((text) => text.startsWith('{"type":"failure"'));
    const { failure } = JSON.parse(line ?? '') as { failure: { problems: readonly { code: string }[] } };
    expect({ exitCode, codes: failure.problems.map(({ code }) => code) }).toEqual({ exitCode: 4, codes: ['branch-differs', 'source-unreachable'] });
  });
});

function write(folder: string, file: string): void {
  writeFileSync(join(folder, file), '');
}

/** As an SSO session is on the morning after. */
function expireSession(folder: string): void {
  const cache = join(folder, '.aws/sso/cache');
  mkdirSync(cache, { recursive: true });
  const expired = { startUrl: 'https://shop.awsapps.invalid/start', region: 'eu-central-1', accessToken: 'once-good', expiresAt: '2020-01-01T00:00:00Z' };
  writeFileSync(join(cache, `${createHash('sha1').update('shop').digest('hex')}.json`), JSON.stringify(expired));
  for (const [name, value] of [
    ['HOME', folder],
    ['AWS_CONFIG_FILE', join(folder, 'config')],
  ] as const)
    vi.stubEnv(name, value);
}

const withSystem = (context: Context, system: Partial<Context['edge']['system']>): Context => ({
  ...context,
  edge: { ...context.edge, system: { ...context.edge.system, ...system } },
});

function withoutPlugin(context: Context): Context {
  return withSystem(context, { onPath: async (program) => (program === 'session-manager-plugin' ? undefined : await context.edge.system.onPath(program)) });
}

function withoutRoom(context: Context): Context {
  return withSystem(context, { freeDiskBytes: async () => 0.1 * 1024 ** 3 });
}
