import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { untilTrue } from '../../../test/support/until-true.ts';
import type { Finished, RunRequest } from '../../core/ports.ts';
import { makeSystem } from './make-system.ts';

const system = makeSystem();
const asRoot = process.getuid?.() === 0;
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pgr-sys-'));
  chmodSync(folder, 0o755);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function sh(script: string, more: Partial<RunRequest> = {}): Promise<Finished> {
  const ran = await system.run({ command: '/bin/sh', args: ['-c', script], ...more });
  if (!ran.ok) throw new Error(ran.failure.message);
  return ran.value;
}

const isAlive = async (pid: number) => (await system.processStartedAt(pid)) !== undefined;

test('output, exit code, lines as they come', async () => {
  const lines: string[] = [];
  const done = await sh('echo one; printf "two\\r\\nthree"; echo bad >&2; exit 3', { onLine: (stream, line) => lines.push(`${stream} ${line}`) });
  expect(done).toMatchObject({ exitCode: 3, signal: null, stdout: 'one\ntwo\r\nthree', stderr: 'bad\n' });
  expect(lines.filter((line) => line.startsWith('stdout'))).toEqual(['stdout one', 'stdout two', 'stdout three']);
  expect(lines).toContain('stderr bad');
  expect(done.durationMs).toBeGreaterThan(0);
});

test('a program beside us: its lines as they come, its end, and all that it started', async () => {
  const lines = new Map<string, () => void>();
  const said = (line: string) => new Promise<void>((resolve) => lines.set(line, resolve));
  const ready = said('stdout ready');
  const started = await system.start({
    command: '/bin/sh',
    args: ['-c', 'sleep 3600 & echo $! >&2; echo ready; wait'],
    onLine: (stream, line) => lines.get(`${stream} ${line}`)?.(),
  });
  if (!started.ok) throw new Error(started.failure.message);
  await ready;
  expect(started.value.startedAt).toBe(await system.processStartedAt(started.value.pid));
  started.value.kill('SIGKILL');
  const { exitCode, signal, stdout, stderr } = await started.value.exited;
  expect([exitCode, signal, stdout]).toEqual([null, 'SIGKILL', 'ready\n']);
  // Its own child went with it.
  await untilTrue('the other one is gone', async () => !(await isAlive(Number(stderr))));
  expect(await system.start({ command: 'no-such-program' })).toMatchObject({ ok: false, failure: { code: 'command-not-found' } });
});

test('a character that comes in two pieces stays whole', async () => {
  const lines: string[] = [];
  const done = await sh("printf '\\303'; sleep 0.05; printf '\\251\\n'", { onLine: (_, line) => lines.push(line) });
  expect([done.stdout, lines]).toEqual(['é\n', ['é']]);
});

test('input, folder, and nothing of our environment but what a program needs', async () => {
  process.env.PGR_TEST_SECRET = 's3cret';
  try {
    expect((await sh('cat; pwd', { input: 'given\n', cwd: folder })).stdout).toBe(`given\n${folder}\n`);
    expect((await sh('env', { env: { MINE: 'x' } })).stdout).toMatch(/^MINE=x$/m);
    expect((await sh('env')).stdout).not.toContain('s3cret');
    expect((await sh('env')).stdout).toMatch(/^PATH=/m);
    expect((await sh('env', { inheritEnvironment: true })).stdout).toContain('PGR_TEST_SECRET=s3cret');
  } finally {
    delete process.env.PGR_TEST_SECRET;
  }
});

test('more than 16 MiB of output is cut, and says so', async () => {
  const done = await sh('head -c 20000000 /dev/zero | tr "\\0" x');
  expect(done.stdout.length).toBeLessThan(17 * 1024 * 1024);
  expect(done.stdout).toContain('cut: more than 16 MiB');
});

test('a command that can’t be started is a failure', async () => {
  expect(await system.run({ command: 'no-such-command' })).toMatchObject({ ok: false, failure: { code: 'command-not-found', object: 'no-such-command' } });
  const file = join(folder, 'plain');
  writeFileSync(file, 'text', { mode: 0o644 });
  expect(await system.run({ command: file })).toMatchObject({ ok: false, failure: { code: 'command-not-found' } });
});

test('abort and timeout end the program and all that it started', async () => {
  const pidFile = join(folder, 'pids');
  // The shell ignores SIGTERM's usual end by waiting; its child would live on alone.
  const script = `sleep 600 & echo $! > ${pidFile}; wait`;
  const controller = new AbortController();
  const aborted = sh(script, { signal: controller.signal });
  while (!existsSync(pidFile) || readFileSync(pidFile, 'utf8') === '') await sleep(10);
  controller.abort();
  expect((await aborted).signal).toBe('SIGTERM');
  await expect.poll(() => isAlive(Number(readFileSync(pidFile, 'utf8')))).toBe(false);
  expect((await sh('sleep 600', { timeoutMs: 50 })).signal).toBe('SIGTERM');
});

test('a daemon that keeps the pipe open doesn’t hold us up', async () => {
  const done = await sh('sleep 600 & echo $!');
  expect(done.exitCode).toBe(0);
  process.kill(Number(done.stdout), 'SIGKILL');
});

test('stdout as a stream', async () => {
  const started = await system.stream({ command: '/bin/sh', args: ['-c', 'seq 1 200000; echo done >&2; exit 2'] });
  if (!started.ok) throw new Error(started.failure.message);
  expect((await text(started.value.stdout)).length).toBe(1_288_895);
  expect(await started.value.finished).toMatchObject({ exitCode: 2, stderr: 'done\n' });
});

test('a detached program is named by pid and start time, and ended by them', async () => {
  const logFile = join(folder, 'log');
  const started = await system.startDetached({ command: '/bin/sh', args: ['-c', 'echo up; trap "" TERM; while :; do sleep 0.05; done'], logFile });
  if (!started.ok) throw new Error(started.failure.message);
  const { pid, startedAt, exited } = started.value;
  expect(await system.processStartedAt(pid)).toBe(startedAt);
  await expect.poll(() => readFileSync(logFile, 'utf8')).toBe('up\n');
  expect(statSync(logFile).mode & 0o777).toBe(0o600);
  // Another process's identity: nothing is touched.
  expect(await system.endProcess(pid, `${startedAt}0`, ['SIGKILL'])).toBe(true);
  expect(await isAlive(pid)).toBe(true);
  expect(await system.endProcess(pid, startedAt, ['SIGQUIT'])).toBe(true);
  expect(await isAlive(pid)).toBe(false);
  expect(await exited).toMatchObject({ signal: 'SIGQUIT' });
  expect(await system.processStartedAt(pid)).toBeUndefined();
  expect(await system.endProcess(pid, startedAt, ['SIGTERM'])).toBe(true);
});

test('a detached program that can’t be started', async () => {
  expect(await system.startDetached({ command: 'no-such-command', logFile: join(folder, 'log') })).toMatchObject({
    ok: false,
    failure: { code: 'command-not-found' },
  });
  expect(await system.startDetached({ command: 'true', logFile: join(folder, 'no/log') })).toMatchObject({
    ok: false,
    failure: { code: 'server-start-failed' },
  });
});

test('a port is free, and given out once', async () => {
  const ports = await Promise.all(Array.from({ length: 50 }, () => system.freePort()));
  expect(new Set(ports).size).toBe(50);
  const listening = await system.listen(() => {});
  if (!listening.ok) throw new Error(listening.failure.message);
  const { port } = listening.value;
  expect(await system.isPortFree(port)).toBe(false);
  await listening.value.close();
  expect(await system.isPortFree(port)).toBe(true);
});

test('disk space of a folder that isn’t there yet', async () => {
  const here = await system.freeDiskBytes(folder);
  expect(here).toBeGreaterThan(0);
  const later = await system.freeDiskBytes(join(folder, 'a/b/c'));
  expect(Math.abs(here - later)).toBeLessThan(1024 ** 3);
});

test('programs on the PATH', async () => {
  expect(await system.onPath('sh')).toMatch(/\/sh$/);
  expect(await system.onPath('no-such-command')).toBeUndefined();
  expect(await system.onPath('/bin/sh')).toBe('/bin/sh');
  expect(await system.onPath('/etc')).toBeUndefined();
});

test('blank variables count as unset', () => {
  process.env.PGR_TEST_BLANK = ' ';
  expect(system.environment('PGR_TEST_BLANK')).toBeUndefined();
  process.env.PGR_TEST_BLANK = 'x';
  expect(system.environment('PGR_TEST_BLANK')).toBe('x');
  delete process.env.PGR_TEST_BLANK;
});

test('whether a user can execute a file depends on every folder above it', async () => {
  const inner = join(folder, 'inner');
  const program = join(inner, 'program');
  mkdirSync(inner);
  chmodSync(inner, 0o755);
  writeFileSync(program, '#!/bin/sh\n');
  chmodSync(program, 0o755);
  const uid = asRoot ? 65534 : system.uid;
  const gid = asRoot ? 65534 : (process.getgid?.() ?? 0);
  expect(await system.canExecute(program, uid, gid)).toBe(true);
  expect(await system.canExecute(inner, uid, gid)).toBe(false);
  chmodSync(inner, asRoot ? 0o700 : 0o600);
  expect(await system.canExecute(program, uid, gid)).toBe(false);
  chmodSync(inner, 0o755);
  chmodSync(program, 0o644);
  expect(await system.canExecute(program, uid, gid)).toBe(false);
  expect(await system.canExecute(join(folder, 'missing'), uid, gid)).toBe(false);
});

test('who runs servers for us', async () => {
  const found = await system.unprivilegedUser();
  if (!asRoot) return expect(found).toEqual({ ok: true, value: undefined });
  if (!found.ok || found.value === undefined) throw new Error('no user');
  expect(found.value.uid).toBeGreaterThan(0);
  const { uid, gid } = found.value;
  expect((await sh('id -u; echo "home:$HOME"; pwd', { uid, gid })).stdout).toBe(`${uid}\nhome:\n/\n`);
});

test('a program on our own terminal gives its exit code, or the signal’s', async () => {
  const attached = (script: string) => system.runAttached({ command: '/bin/sh', args: ['-c', script], env: { GIVEN: '5' } });
  expect(await attached('exit $GIVEN')).toEqual({ ok: true, value: 5 });
  expect(await attached('kill -TERM $$')).toEqual({ ok: true, value: 143 });
  expect(await system.runAttached({ command: 'no-such-command' })).toMatchObject({ ok: false, failure: { code: 'command-not-found' } });
});
