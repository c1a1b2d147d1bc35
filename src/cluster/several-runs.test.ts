import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chown, cp, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { inFull } from '../../test/support/in-full.ts';
import { makeFolder } from '../../test/support/temporary-folder.ts';
import { openContext, withContext } from '../../test/support/with-context.ts';
import { makeEdge } from '../edge/make-edge.ts';
import { findProcesses } from './find-processes.ts';
import { listImages } from './image.ts';
import { dropClone, findClone } from './kept-clones.ts';
import { removeImage } from './remove-image.ts';

const project = join(import.meta.dirname, '../..');
const nobody = 65534;

function start(from: string, args: readonly string[], uid?: number) {
  return spawn(process.execPath, [join(from, 'test/support/cluster-program.ts'), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd: '/',
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
}

async function run(from: string, args: readonly string[], uid?: number) {
  const child = start(from, args, uid);
  const [said, complained] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  return {
    code: child.exitCode,
    pid: child.pid,
    said: said
      .trim()
      .split('\n')
      .map((line) => (line === '' ? undefined : JSON.parse(line))),
    complained,
  };
}

test('two runs at once on one home do not get in each other’s way', async () => {
  await withContext(async (context) => {
    const rounds = inFull ? 2 : 1;
    const runs = await Promise.all(['18', '15'].map((major) => run(project, [context.root, major, String(rounds)])));
    for (const { code, pid, said, complained } of runs) {
      expect([code, complained]).toEqual([0, '']);
      // Each saw its own rows in its own clones.
      expect(said).toEqual(Array.from({ length: 2 * rounds }, () => expect.objectContaining({ maker: pid, rows: '100000' })));
    }
    expect(await readdir(context.home.data)).toEqual([]);
  });
});

test('a kept clone outlives the run that made it', async () => {
  await withContext(async (context) => {
    expect(await run(project, [context.root, '18', '1', 'keep'])).toMatchObject({ code: 0, complained: '' });
    const later = await openContext(context.root);
    expect(await findClone(later, 'kept-one')).toMatchObject({ ok: true, value: { running: true, database: 'Renamed' } });
    expect(await dropClone(later, 'kept-one')).toMatchObject({ ok: true });
    for (const { image } of await listImages(later)) expect(await removeImage(later, image)).toEqual({ ok: true });
    expect(await readdir(context.home.data)).toEqual([]);
  });
});

test.runIf(process.getuid?.() === 0)('an ordinary user can do all that root can', async () => {
  const root = makeFolder('pgr-user-');
  try {
    await chown(root, nobody, nobody);
    const home = join(root, 'home');
    await mkdir(home);
    await chown(home, nobody, nobody);
    const from = await reachable(root);
    const { code, said, complained } = await run(from, [home, '18', '1'], nobody);
    expect([code, complained, said.length]).toEqual([0, '', 2]);
    expect(await readdir(join(home, 'data'))).toEqual([]);
    expect(await readdir(join(home, 'state/ledger'))).toEqual([]);
    if (process.platform !== 'linux') return;

    expect(said.map((row) => row.method)).toEqual(['overlay-rootless', 'overlay-rootless']);
    const killed = start(from, [home, '18', '1', 'hold'], nobody);
    await once(killed.stdout, 'data');
    killed.kill('SIGKILL');
    await once(killed, 'exit');
    expect((await readdir(join(home, 'data'))).filter((name) => name.startsWith('clone-')).length).toBe(2);
    // The kernel leaves folders in an overlay that not even their owner may enter.
    const collected = await run(from, [home, 'gc'], nobody);
    expect(collected.said).toMatchObject([{ failures: [], removed: { length: 3 } }]);
    expect(await readdir(join(home, 'data'))).toEqual([]);
  } finally {
    // The servers of the run that was killed, where the test ended before gc.
    for (const pid of await findProcesses(makeEdge().system, root)) process.kill(pid, 'SIGKILL');
    await rm(root, { recursive: true });
  }
});

/** The project where that user can read it: itself, or a copy when it is in a private folder. */
async function reachable(root: string): Promise<string> {
  const { system } = makeEdge();
  if (await system.canExecute(process.execPath, nobody, nobody)) {
    const tried = await system.run({
      command: '/bin/sh',
      args: ['-c', 'test -r "$1"', 'sh', join(project, 'package.json')],
      uid: nobody,
      gid: nobody,
      cwd: '/',
    });
    if (tried.ok && tried.value.exitCode === 0) return project;
  }
  const copy = join(root, 'project');
  for (const part of ['package.json', 'src', 'test/support', 'node_modules']) {
    await cp(join(project, part), join(copy, part), { recursive: true, verbatimSymlinks: true });
  }
  return copy;
}
