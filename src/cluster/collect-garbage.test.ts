import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { fewOf } from '../../test/support/in-full.ts';
import { killAt } from '../../test/support/kill-at.ts';
import { openContext, withContext } from '../../test/support/with-context.ts';
import type { Context } from '../core/ports.ts';
import type { Resource, ResourceKind } from '../core/resource.ts';
import { collectGarbage } from './collect-garbage.ts';
import { findProcesses } from './find-processes.ts';
import { buildExpiry, installedOnDemand } from './installed-on-demand.ts';
import { findClone } from './kept-clones.ts';

const program = join(import.meta.dirname, '../../test/support/cluster-program.ts');

function start(root: string, ...args: string[]): ChildProcess {
  return spawn(process.execPath, [program, root, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Clones take longer to make then. */
function startCopying(root: string): ChildProcess {
  return spawn('/usr/bin/env', ['PGREHEARSE_CLONE_METHOD=copy', process.execPath, program, root, '18'], { stdio: ['ignore', 'pipe', 'pipe'] });
}

async function cloneRuns(context: Context): Promise<boolean> {
  return (await context.ledger.list()).some(({ kind, facts }) => kind === 'clone' && facts.pid !== undefined);
}

async function folders(context: Context, kind: string): Promise<string[]> {
  return (await readdir(context.home.data)).filter((name) => name.startsWith(`${kind}-`)).map((name) => join(context.home.data, name));
}

const moments: readonly [string, (context: Context) => Promise<boolean>][] = [
  ['when the ledger line is written', async (context) => (await context.ledger.list()).length > 0],
  [
    'during initdb',
    async (context) => {
      const [image] = await folders(context, 'image');
      return image !== undefined && existsSync(join(image, 'data/global')) && !existsSync(join(image, 'data/base/4/PG_VERSION'));
    },
  ],
  [
    'when the server has just been started',
    async (context) => {
      const [image] = await folders(context, 'image');
      return image !== undefined && existsSync(join(image, 'data/postmaster.pid'));
    },
  ],
  ['when the server is in the ledger', async (context) => (await context.ledger.list()).some(({ facts }) => facts.pid !== undefined)],
  [
    'while a clone is copied',
    async (context) => {
      const [clone] = await folders(context, 'clone');
      return clone !== undefined && existsSync(join(clone, 'data/base')) && !existsSync(join(clone, 'postgresql.conf'));
    },
  ],
  [
    'when the layers of a clone are there',
    async (context) => {
      const [clone] = await folders(context, 'clone');
      return clone !== undefined && existsSync(join(clone, 'layers')) && !existsSync(join(clone, 'pg_hba.conf'));
    },
  ],
  [
    'while a server mounts its data',
    async (context) => {
      const [clone] = await folders(context, 'clone');
      return clone !== undefined && existsSync(join(clone, 'log')) && !existsSync(join(clone, 'clone.json'));
    },
  ],
  [
    'when two clones run',
    async (context) => (await context.ledger.list()).filter(({ kind, facts }) => kind === 'clone' && facts.pid !== undefined).length === 2,
  ],
];

/** Before, in and between the steps of making something. */
const few = ['when the ledger line is written', 'during initdb', 'when the layers of a clone are there', 'when two clones run'];

test.each(fewOf(moments, ([name]) => few.includes(name)))('kill -9 %s: gc leaves no process, folder or line', async (name, moment) => {
  await withContext(async (context) => {
    await killAt({ start: () => (name === 'while a clone is copied' ? startCopying(context.root) : start(context.root, '18')), isNow: () => moment(context) });

    const lines = await context.ledger.list();
    expect(lines.length).toBeGreaterThan(0);
    const dry = await collectGarbage(context, { dryRun: true });
    expect(dry.removed.map(({ id }) => id).toSorted()).toEqual(lines.map(({ id }) => id).toSorted());
    expect(await context.ledger.list()).toEqual(lines);

    const report = await collectGarbage(context, { dryRun: false });
    expect(report.failures).toEqual([]);
    expect(report.removed.length).toBe(lines.length);
    expect(await findProcesses(context.edge.system, context.home.data)).toEqual([]);
    expect(processesThatName(context.root)).toEqual([]);
    expect(await readdir(context.home.data)).toEqual([]);
    expect(await context.ledger.list()).toEqual([]);
  });
});

/** Asked in another way than the code under test does. */
function processesThatName(root: string): string[] {
  if (process.platform !== 'linux') return [];
  const { readdirSync } = process.getBuiltinModule('node:fs');
  return readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid))
    .flatMap((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(root) ? [pid] : [];
      } catch {
        return [];
      }
    });
}

test('Ctrl-C ends the program at once, and gc removes what it had made', async () => {
  await withContext(async (context) => {
    const child = start(context.root, '15', '1', 'hold');
    const ended = once(child, 'exit');
    while (child.exitCode === null && !(await cloneRuns(context))) await delay(5);
    child.kill('SIGINT');
    expect((await ended)[0]).toBe(130);
    // The step that was under way has cleaned up; what it had made before, a real run removes as it unwinds.
    await collectGarbage(context, { dryRun: false });
    expect(await readdir(context.home.data)).toEqual([]);
  });
});

test('what a running process made is left alone, and so is what another machine made', async () => {
  await withContext(async (context) => {
    const mine = await context.ledger.plan({ kind: 'folder', label: 'mine', facts: { folder: join(context.home.data, 'folder-mine') } });
    const far = await context.ledger.plan({ kind: 'folder', label: 'far', facts: { folder: join(context.home.data, 'folder-far') } });
    await rewrite(context, far, { owner: { ...far.owner, pid: 1, host: 'another-host' } });
    const report = await collectGarbage(context, { dryRun: false });
    expect(report.removed).toEqual([]);
    expect(report.stays.map(({ resource, state }) => [resource.label, state]).toSorted()).toEqual([
      ['far', 'elsewhere'],
      ['mine', 'in-use'],
    ]);
    for (const { id } of [mine, far]) await context.ledger.forget(id);
  });
});

/** Changes a ledger line as only another process could have written it. */
async function rewrite(context: Context, line: Resource, change: Partial<Resource>): Promise<void> {
  await writeFile(join(context.home.state, 'ledger', `${line.id}.json`), JSON.stringify({ ...line, ...change }));
}

async function orphan(context: Context, folder: string, facts: Resource['facts'] = {}, kind: ResourceKind = 'folder'): Promise<Resource> {
  const line = await context.ledger.plan({ kind, label: folder, facts: { ...facts, folder } });
  await rewrite(context, line, { owner: { ...line.owner, processStartedAt: 'long ago' } });
  return line;
}

test('nothing without our mark, and nothing outside our home, is ever removed', async () => {
  await withContext(async (context) => {
    const precious = join(context.root, 'precious');
    await mkdir(precious);
    await writeFile(join(precious, 'data'), 'x');
    const unmarked = join(context.home.data, 'folder-unmarked');
    await mkdir(unmarked);
    await writeFile(join(unmarked, 'data'), 'x');
    const linked = join(context.home.data, 'folder-linked');
    await symlink(precious, linked);
    const lines = [
      await orphan(context, precious),
      await orphan(context, join(context.home.data, '../precious')),
      await orphan(context, unmarked),
      await orphan(context, linked),
      await orphan(context, context.home.data),
    ];
    // Even a folder with the right mark stays, if it isn't where ours are.
    await writeFile(join(precious, 'pgrehearse-resource.json'), JSON.stringify({ id: lines[0]?.id }));
    const report = await collectGarbage(context, { dryRun: false });
    expect(report.removed).toEqual([]);
    expect(report.failures.map(({ code, object }) => [code, object]).toSorted()).toEqual(lines.map(({ id }) => ['cleanup-failed', id]).toSorted());
    expect(await readdir(precious)).toEqual(['data', 'pgrehearse-resource.json']);
    expect(await readdir(unmarked)).toEqual(['data']);
    expect(context.events.filter((event) => event.type === 'resource' && event.what === 'not-removed').length).toBe(lines.length);
    for (const { id } of lines) await context.ledger.forget(id);
  });
});

test('an image stays while a clone is made of it or reads from it, and binaries while a kept clone runs from them', async () => {
  await withContext(async (context) => {
    const past = { kept: true, expiresAt: '2020-01-01T00:00:00Z' };
    const at = (name: string) => join(context.home.data, name);
    const image = await context.ledger.plan({ kind: 'image', label: 'image', facts: { folder: at('image-a') }, ...past });
    const build = await context.ledger.plan({ kind: 'folder', label: 'build', facts: { folder: at('folder-a') }, ...past });
    const copying = await context.ledger.plan({ kind: 'clone', label: 'copying', facts: { folder: at('clone-a'), image: image.id } });
    const facts = { folder: at('clone-b'), image: image.id, binFolder: at('folder-a/native/bin'), method: 'copy' };
    const kept = await context.ledger.plan({ kind: 'clone', label: 'kept', facts, kept: true });
    const reading = await context.ledger.plan({
      kind: 'clone',
      label: 'reading',
      facts: { folder: at('clone-c'), image: image.id, method: 'overlay' },
      kept: true,
    });
    const first = await collectGarbage(context, { dryRun: false });
    expect(first.stays.map(({ resource, state }) => `${resource.label} ${state}`).toSorted()).toEqual([
      'build needed',
      'copying in-use',
      'image needed',
      'kept kept',
      'reading kept',
    ]);
    await context.ledger.forget(copying.id);
    expect((await collectGarbage(context, { dryRun: false })).removed).toEqual([]);
    await context.ledger.forget(reading.id);
    expect((await collectGarbage(context, { dryRun: false })).removed.map(({ id }) => id)).toEqual([image.id]);
    await context.ledger.forget(kept.id);
    expect((await collectGarbage(context, { dryRun: false })).removed.map(({ id }) => id)).toEqual([build.id]);
  });
});

test('an image that was loaded for a clone goes when the clone and its maker are gone, one that is kept for runs stays', async () => {
  await withContext(async (context) => {
    const kept = { kept: true, expiresAt: '2999-01-01T00:00:00Z' };
    const facts = (name: string, madeFor: string) => ({ folder: join(context.home.data, name), madeFor });
    const forClone = await context.ledger.plan({ kind: 'image', label: 'for a clone', facts: facts('image-a', 'clone'), ...kept });
    const forRuns = await context.ledger.plan({ kind: 'image', label: 'for runs', facts: facts('image-b', 'run'), ...kept });
    // Its maker is about to make the clone.
    expect((await collectGarbage(context, { dryRun: false })).removed).toEqual([]);
    await rewrite(context, forClone, { owner: { ...forClone.owner, processStartedAt: 'long ago' } });
    const clone = await context.ledger.plan({
      kind: 'clone',
      label: 'c',
      facts: { folder: join(context.home.data, 'clone-a'), image: forClone.id, method: 'copy' },
    });
    expect((await collectGarbage(context, { dryRun: false })).removed).toEqual([]);
    await context.ledger.forget(clone.id);
    expect((await collectGarbage(context, { dryRun: false })).removed.map(({ id }) => id)).toEqual([forClone.id]);
    await context.ledger.forget(forRuns.id);
  });
});

test('of a reset that was killed at its end, the clone that was replaced goes', async () => {
  await withContext(async (context) => {
    const kept = { kept: true, expiresAt: '2999-01-01T00:00:00Z' };
    const old = await context.ledger.plan({ kind: 'clone', label: 'shop', facts: { folder: join(context.home.data, 'clone-a') }, ...kept });
    const facts = { folder: join(context.home.data, 'clone-b'), replaces: old.id };
    const fresh = await context.ledger.plan({ kind: 'clone', label: 'shop', facts });
    // Until the new one is kept, the old one is the clone.
    expect((await collectGarbage(context, { dryRun: true })).removed).toEqual([]);
    await context.ledger.amend(fresh.id, kept);
    expect(await findClone(context, 'shop')).toMatchObject({ ok: true, value: { resource: { id: fresh.id } } });
    expect((await collectGarbage(context, { dryRun: false })).removed.map(({ id }) => id)).toEqual([old.id]);
    await context.ledger.forget(fresh.id);
  });
});

test('of dumps, only what is unfinished and bears the mark of its line is removed', async () => {
  await withContext(async (context) => {
    const at = (name: string) => join(context.root, 'dumps', name);
    const make = async (name: string, files: Readonly<Record<string, string>>) => {
      await mkdir(at(name), { recursive: true });
      for (const [file, text] of Object.entries(files)) await writeFile(join(at(name), file), text);
    };
    const mark = async (name: string, id: string) => make(name, { 'pgrehearse-resource.json': JSON.stringify({ id }) });
    const line = async (name: string, facts: Resource['facts'] = {}) => await orphan(context, at(name), facts, 'dump');

    await make('.half.partial', { 'dump.sql': 'x' });
    await mark('.half.partial', (await line('.half.partial')).id);
    await make('.begun.partial', {});
    await line('.begun.partial');
    await make('whole', { 'dump.sql': 'x' });
    await mark('whole', (await line('.whole.partial', { becomes: at('whole') })).id);

    await make('.unmarked.partial', { 'dump.sql': 'x' });
    await make('.foreign.partial', { 'dump.sql': 'x' });
    await mark('.foreign.partial', 'dump-of-another');
    await make('named', { 'dump.sql': 'x' });
    await symlink(at('named'), at('.linked.partial'));
    const stay = [await line('.unmarked.partial'), await line('.foreign.partial'), await line('.linked.partial'), await line('named')];
    await mark('named', stay[3]?.id ?? '');

    const report = await collectGarbage(context, { dryRun: false });
    expect(report.failures.map(({ object }) => object).toSorted()).toEqual(stay.map(({ id }) => id).toSorted());
    expect(report.removed.length).toBe(3);
    expect((await readdir(at(''))).toSorted()).toEqual(['.foreign.partial', '.linked.partial', '.unmarked.partial', 'named', 'whole']);
    expect(await readdir(at('whole'))).toEqual(['dump.sql']);
    expect(await readdir(at('named'))).toEqual(['dump.sql', 'pgrehearse-resource.json']);
    for (const { id } of stay) await context.ledger.forget(id);
  });
});

test('a backup that a rehearsal made goes as soon as the rehearsal is gone, although it would be kept for a while', async () => {
  await withContext(async (context) => {
    const expiresAt = '2999-01-01T00:00:00Z';
    const facts = { madeFor: 'run' };
    const [orphaned, atWork] = [
      await orphan(context, join(context.root, 'gone'), facts, 'dump'),
      await context.ledger.plan({ kind: 'dump', label: 'b', facts }),
    ];
    for (const { id } of [orphaned, atWork]) await context.ledger.amend(id, { kept: true, expiresAt });
    expect((await collectGarbage(context, { dryRun: false })).removed.map(({ id }) => id)).toEqual([orphaned.id]);
    await context.ledger.forget(atWork.id);
  });
});

test('a build from npm is offered until its last day, so that none is taken from a run that chose it', async () => {
  await withContext(async (context) => {
    const facts = { folder: join(context.home.data, 'folder-npm') };
    const line = await context.ledger.plan({ kind: 'folder', label: 'Postgres 16 from npm', facts });
    expect(await installedOnDemand(context)).toEqual([]);
    await context.ledger.amend(line.id, { kept: true, expiresAt: buildExpiry(context) });
    const on = (day: number) => ({ ...context, now: () => new Date(Date.now() + day * 24 * 3_600_000) });
    expect(await installedOnDemand(on(88))).toEqual([facts.folder]);
    expect(await installedOnDemand(on(89.5))).toEqual([]);
    expect((await collectGarbage(on(89.9), { dryRun: true })).removed).toEqual([]);
    expect((await collectGarbage(on(90.1), { dryRun: false })).removed.map(({ id }) => id)).toEqual([line.id]);
  });
});

test('a pid that now belongs to another process is not ended', async () => {
  await withContext(async (context) => {
    const bystander = spawn('sleep', ['60'], { stdio: 'ignore' });
    await once(bystander, 'spawn');
    await orphan(context, join(context.home.data, 'folder-gone'), { pid: bystander.pid ?? 0, processStartedAt: 'boot 0 tick 0' });
    const report = await collectGarbage(context, { dryRun: false });
    expect([report.removed.length, report.failures]).toEqual([1, []]);
    expect(bystander.exitCode).toBeNull();
    bystander.kill('SIGKILL');
    await once(bystander, 'exit');
  });
});

test('a line cut short is a failure that names the file, and keeps the rest from nothing', async () => {
  await withContext(async (context) => {
    const file = join(context.home.state, 'ledger/clone-cut.json');
    await writeFile(file, '{"id": "clone-cut"');
    await orphan(context, join(context.home.data, 'folder-gone'));
    const report = await collectGarbage(context, { dryRun: false });
    expect(report.removed.length).toBe(1);
    expect(report.failures).toMatchObject([{ code: 'ledger-damaged', object: file }]);
    await rm(file);
  });
});

test('two gc at once finish the same work, also when no pid had got into the ledger', async () => {
  await withContext(async (context) => {
    await killAt({ start: () => start(context.root, '18'), isNow: () => cloneRuns(context) });
    // As if the kill had come between starting the servers and writing their pids down.
    for (const line of await context.ledger.list()) await rewrite(context, line, { facts: { folder: line.facts.folder ?? '' } });
    const other = await openContext(context.root);
    const reports = await Promise.all([collectGarbage(context, { dryRun: false }), collectGarbage(other, { dryRun: false })]);
    expect(reports.flatMap(({ failures }) => failures)).toEqual([]);
    expect(processesThatName(context.root)).toEqual([]);
    expect(await readdir(context.home.data)).toEqual([]);
  });
});
