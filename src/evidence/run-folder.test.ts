import { spawn } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Event, RunHeader } from '../core/event.ts';
import type { Result } from '../core/result.ts';
import { Secret } from '../core/secret.ts';
import { artifactName, isArtifactPath } from './artifact-path.ts';
import { listRuns } from './list-runs.ts';
import { readEvidence } from './read-evidence.ts';
import { openRunFolder, type RunFolder } from './run-folder.ts';
import { makeRunId } from './run-id.ts';
import { verifyEvidence } from './verify-evidence.ts';

let runs: string;
beforeEach(() => {
  runs = mkdtempSync(join(tmpdir(), 'pgr-evidence-'));
});
afterEach(() => rmSync(runs, { recursive: true, force: true }));

const at = new Date('2026-11-21T02:45:00.123Z');
function header(runId = makeRunId(at, Buffer.from([0x7f, 0x3a]))): RunHeader {
  return {
    ...{ runId, title: 'Books', source: 'reader@db.example.com:5432/books', projectFolder: '/srv/books', toolVersion: '0.1.0', nodeVersion: '24.21.0' },
    ...{ platform: 'linux x64', host: 'ci-7', user: 'ci', configSha256: 'a'.repeat(64) },
  };
}

const step = (text: string): Event => ({ type: 'step', phase: 'provision', text });
const finished: Event = {
  type: 'run-finished',
  verdict: { kind: 'PASS', gatesPassed: 3, summary: 'All 3 required gates passed.' },
  exitCode: 0,
  durationMs: 1234,
  peakMemoryBytes: 1,
};

async function openRun(secrets: Secret[] = []): Promise<RunFolder> {
  return value(await openRunFolder({ runsFolder: runs, header: header(), now: () => at, secrets }));
}

function value<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.failure.message);
  return result.value;
}

async function problems(folder: string): Promise<readonly string[]> {
  return value(await verifyEvidence(folder)).problems;
}

/** A small sealed run with one artifact. */
async function sealedRun(): Promise<string> {
  const run = await openRun();
  run.record({ type: 'run-started', header: header() });
  run.record(step('a line separator \u2028 inside, and a half \ud800 pair'));
  run.record({ type: 'artifact', artifact: value(await run.writeArtifact('schema/left.sql', 'The clone', 'create table t ();\n')) });
  run.record(finished);
  value(await run.seal());
  return run.path;
}

test('run ids sort by time', () => {
  expect(makeRunId(at, Buffer.from([0x7f, 0x3a]))).toBe('20261121-024500-7f3a');
  expect(makeRunId(new Date('2026-11-21T02:44:59Z')) < makeRunId(at)).toBe(true);
});

test('a sealed run reads back as it was recorded and verifies', async () => {
  const folder = await sealedRun();
  const evidence = value(await readEvidence(folder));
  expect(evidence.entries.map((entry) => [entry.seq, entry.event.type])).toEqual([
    [1, 'run-started'],
    [2, 'step'],
    [3, 'artifact'],
    [4, 'run-finished'],
  ]);
  expect(evidence.entries[1]?.event).toEqual(step('a line separator \u2028 inside, and a half \ud800 pair'));
  expect(evidence.torn).toBeUndefined();
  expect(evidence.manifest?.artifacts.map((artifact) => artifact.path)).toEqual(['schema/left.sql']);
  expect(value(await verifyEvidence(folder))).toMatchObject({ problems: [], remarks: [], entries: 4, files: 3 });
});

test('only its owner may read it', async () => {
  const folder = await sealedRun();
  const mode = (path: string) => statSync(join(folder, path)).mode & 0o777;
  expect([mode('.'), mode('schema')]).toEqual([0o700, 0o700]);
  expect([mode('journal.jsonl'), mode('manifest.json'), mode('schema/left.sql')]).toEqual([0o600, 0o600, 0o600]);
});

test('progress is for the eye only', async () => {
  const run = await openRun();
  run.record({ type: 'progress', phase: 'provision', task: 'copying', done: 1, unit: 'rows' });
  run.record(step('done'));
  expect(value(await readEvidence(run.path)).entries).toHaveLength(1);
});

const tamperings: readonly [string, (folder: string) => void, RegExp][] = [
  ['an altered artifact', (folder) => appendFileSync(join(folder, 'schema/left.sql'), '--'), /schema\/left\.sql was altered/],
  ['a missing artifact', (folder) => rmSync(join(folder, 'schema/left.sql')), /schema\/left\.sql is missing/],
  ['an added file', (folder) => writeFileSync(join(folder, 'extra.txt'), 'x'), /extra\.txt was added/],
  ['an added hidden file', (folder) => writeFileSync(join(folder, 'schema/.x'), 'x'), /schema\/\.x was added/],
  ['a link', (folder) => symlinkSync('/etc/hostname', join(folder, 'link')), /link is not a plain file/],
  [
    'a file turned into a link',
    (folder) => {
      rmSync(join(folder, 'schema/left.sql'));
      symlinkSync('/etc/hostname', join(folder, 'schema/left.sql'));
    },
    /not a plain/,
  ],
  ['an altered entry', (folder) => edit(folder, 'journal.jsonl', (text) => text.replace('separator', 'Separator')), /Line 2 of journal\.jsonl was altered/],
  ['a removed entry', (folder) => edit(folder, 'journal.jsonl', (text) => text.split('\n').toSpliced(1, 1).join('\n')), /Line 2 .* does not follow/],
  ['a removed last entry', (folder) => edit(folder, 'journal.jsonl', (text) => text.split('\n').toSpliced(3, 1).join('\n')), /3 entries; 4 were sealed/],
  ['swapped entries', (folder) => edit(folder, 'journal.jsonl', swapLines), /does not follow/],
  ['a missing manifest', (folder) => rmSync(join(folder, 'manifest.json')), /no manifest\.json/],
  ['a manifest that is no JSON', (folder) => writeFileSync(join(folder, 'manifest.json'), '{'), /manifest\.json cannot be read/],
  [
    'a manifest that leads elsewhere',
    (folder) => edit(folder, 'manifest.json', (text) => text.replace('schema/left.sql', '../../etc/passwd')),
    /outside of the run folder/,
  ],
];

test.each(tamperings)('%s is found', async (_, tamper, expected) => {
  const folder = await sealedRun();
  tamper(folder);
  expect((await problems(folder)).join('\n')).toMatch(expected);
});

test('a manifest made anew for an altered file is at odds with the journal', async () => {
  const folder = await sealedRun();
  writeFileSync(join(folder, 'schema/left.sql'), 'create table u ();\n');
  const { createHash } = await import('node:crypto');
  const forged = createHash('sha256').update('create table u ();\n').digest('hex');
  edit(folder, 'manifest.json', (text) => text.replace(/(left\.sql"[^}]*"sha256": ")[0-9a-f]{64}/, `$1${forged}`));
  expect(await problems(folder)).toEqual(['schema/left.sql is not sealed with the hash that the journal recorded.']);
});

test('a torn last line is left out and told', async () => {
  const run = await openRun();
  run.record(step('one'));
  run.record(step('two'));
  const journal = join(run.path, 'journal.jsonl');
  truncateSync(journal, statSync(journal).size - 20);
  const evidence = value(await readEvidence(run.path));
  expect(evidence).toMatchObject({ torn: true, entries: [{ event: step('one') }] });
  appendFileSync(journal, '\n{}\n');
  expect(await readEvidence(run.path)).toMatchObject({ ok: false, failure: { code: 'evidence-damaged' } });
});

test('after kill -9 every recorded event is there', async () => {
  const script = join(runs, 'victim.ts');
  writeFileSync(
    script,
    `import { openRunFolder } from ${JSON.stringify(pathToFileURL(join(import.meta.dirname, 'run-folder.ts')).href)};
     const opened = await openRunFolder({ runsFolder: ${JSON.stringify(runs)}, header: ${JSON.stringify(header())}, now: () => new Date() });
     for (let n = 1; n <= 1000; n++) opened.value.record({ type: 'step', phase: 'migrate', text: 'step ' + n });
     process.kill(process.pid, 'SIGKILL');`,
  );
  const child = spawn(process.execPath, [script], { stdio: 'inherit' });
  const signal = await new Promise((resolve) => child.once('exit', (_, by) => resolve(by)));
  expect(signal).toBe('SIGKILL');
  const evidence = value(await readEvidence(join(runs, header().runId)));
  expect(evidence.entries).toHaveLength(1000);
  expect(evidence.torn).toBeUndefined();
});

test('secrets reach neither journal nor files, also those put there by others', async () => {
  const canary = `c@nary-${'x'.repeat(6)} "7"`;
  const late = 'late-canary-4711';
  const run = await openRun([new Secret(canary)]);
  run.hide(new Secret(late));
  run.record({ type: 'output', phase: 'migrate', stream: 'stderr', line: `could not connect to postgres://u:${encodeURIComponent(canary)}@h with ${late}` });
  run.record({ type: 'finding', finding: JSON.parse(JSON.stringify({ id: 'x', title: `password "${canary}"` })) });
  value(await run.writeArtifact('notes.txt', `about ${canary}`, `${canary} and ${JSON.stringify(canary)} and ${late}`));
  writeFileSync(join(run.path, 'server.log'), `statement: alter role u password '${canary}'\n`);
  value(await run.seal());
  for (const file of ['journal.jsonl', 'notes.txt', 'server.log', 'manifest.json']) {
    const text = readFileSync(join(run.path, file), 'utf8');
    expect(text).not.toMatch(/nary|4711/);
  }
  expect(readFileSync(join(run.path, 'server.log'), 'utf8')).toBe("statement: alter role u password '***'\n");
  expect(await problems(run.path)).toEqual([]);
});

test('nothing can be recorded after sealing', async () => {
  const run = await openRun();
  value(await run.seal());
  expect(() => run.record(step('late'))).toThrow(/sealed/);
  await expect(run.writeArtifact('late.txt', 'late', '')).rejects.toThrow(/sealed/);
});

test.each(['journal.jsonl', 'report.html'])('what others did to %s while the run went on is told, and sealed as no whole', async (file) => {
  const run = await openRun();
  run.record(step('a step'));
  value(await run.writeArtifact('report.html', 'Report', 'all is well'));
  truncateSync(join(run.path, file), 5);
  run.record(finished);
  value(await run.seal());
  expect(run.trouble).toMatchObject({ code: 'evidence-not-written', object: join(run.path, file), message: expect.stringContaining('was altered meanwhile') });
  expect(await problems(run.path)).not.toEqual([]);
});

test('what others delete is told, too', async () => {
  const run = await openRun();
  run.record(finished);
  rmSync(join(run.path, 'journal.jsonl'));
  expect(await run.seal()).toMatchObject({ ok: false });
  expect(run.trouble).toMatchObject({ code: 'evidence-not-written' });
});

test('an artifact written twice counts once, as it is last', async () => {
  const run = await openRun();
  await run.writeArtifact('a.txt', 'A', 'one');
  await run.writeArtifact('a.txt', 'A', 'three');
  expect(value(await run.seal()).manifest.artifacts).toMatchObject([{ path: 'a.txt', sizeBytes: 5 }]);
  expect(await problems(run.path)).toEqual([]);
});

test.each(['../x', '/etc/passwd', 'a//b', 'a/../b', './a', '', 'a b', 'a\\b', 'journal.jsonl', 'manifest.json', '.hidden', 'a/-rf', 'a\0', 'x'.repeat(201)])(
  'the artifact path %j is refused',
  async (path) => {
    expect(isArtifactPath(path)).toBe(false);
    await expect((await openRun()).writeArtifact(path, 't', 'x')).rejects.toThrow(/safe artifact path/);
  },
);

test('any name can become a safe file name', () => {
  expect(artifactName('public."My Table"')).toBe('public._My_Table_');
  for (const text of ['', '../..', 'ü\n\0', '-rf', 'a'.repeat(500)]) expect(isArtifactPath(artifactName(text))).toBe(true);
});

test('a folder that cannot be made is a failure', async () => {
  writeFileSync(join(runs, 'file'), '');
  const opened = await openRunFolder({ runsFolder: join(runs, 'file', 'runs'), header: header(), now: () => at });
  expect(opened).toMatchObject({ ok: false, failure: { code: 'evidence-not-written' } });
  await openRun();
  expect(await openRunFolder({ runsFolder: runs, header: header(), now: () => at })).toMatchObject({
    ok: false,
    failure: { message: expect.stringContaining('exists already') },
  });
});

test('a full disk ends the recording and is remembered', async () => {
  const folder = join(runs, header().runId);
  const script = join(runs, 'full.ts');
  writeFileSync(
    script,
    `import { openRunFolder } from ${JSON.stringify(pathToFileURL(join(import.meta.dirname, 'run-folder.ts')).href)};
     const opened = await openRunFolder({ runsFolder: ${JSON.stringify(runs)}, header: ${JSON.stringify(header())}, now: () => new Date() });
     for (let n = 1; n <= 400; n++) opened.value.record({ type: 'step', phase: 'migrate', text: 'x'.repeat(100) });
     process.stdout.write(opened.value.trouble?.code + ' ' + opened.value.trouble?.message);`,
  );
  // A limit on the size of files acts as a full disk would: the kernel refuses the write.
  const child = spawn('bash', ['-c', `ulimit -f 8; trap '' XFSZ; exec "$0" "$1"`, process.execPath, script]);
  let text = '';
  child.stdout.on('data', (chunk) => {
    text += chunk;
  });
  await new Promise((resolve) => child.once('close', resolve));
  expect(text).toMatch(/^evidence-not-written The evidence could not be written to/);
  const evidence = value(await readEvidence(folder));
  expect(evidence.entries.length).toBeGreaterThan(10);
});

test('runs are listed, the newest first, unfinished ones too', async () => {
  await sealedRun();
  const later = value(await openRunFolder({ runsFolder: runs, header: header('20261122-000000-0000'), now: () => at }));
  later.record({ type: 'run-started', header: header('20261122-000000-0000') });
  writeFileSync(join(runs, 'notes.txt'), '');
  expect(value(await listRuns(runs))).toEqual([
    expect.objectContaining({ runId: '20261122-000000-0000', sealed: false, title: 'Books' }),
    expect.objectContaining({ runId: header().runId, sealed: true, verdict: 'PASS', exitCode: 0, durationMs: 1234 }),
  ]);
  expect(value(await listRuns(join(runs, 'nowhere')))).toEqual([]);
});

function edit(folder: string, file: string, change: (text: string) => string): void {
  const path = join(folder, file);
  const text = readFileSync(path, 'utf8');
  const changed = change(text);
  if (changed === text) throw new Error('the tampering changed nothing');
  writeFileSync(path, changed);
}

function swapLines(text: string): string {
  const [first = '', second = '', ...rest] = text.split('\n');
  return [second, first, ...rest].join('\n');
}
