import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  cpSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inFull } from '../../test/support/in-full.ts';
import { seeded } from '../../test/support/seeded.ts';
import type { RunHeader } from '../core/event.ts';
import type { Result } from '../core/result.ts';
import { makeSystem } from '../edge/system/make-system.ts';
import { openRunFolder } from './run-folder.ts';
import { prepareSigning, type SigningSettings } from './signing/prepare-signing.ts';
import { signatureChecker } from './signing/verify-signature.ts';
import { type VerifyOptions, verifyEvidence } from './verify-evidence.ts';

const at = new Date('2026-11-21T02:45:00.123Z');
const header: RunHeader = {
  ...{ runId: '20261121-024500-7f3a', title: 'Books', source: 'reader@db.example.com:5432/books', projectFolder: '/srv/books', toolVersion: '0.1.0' },
  ...{ nodeVersion: '24.21.0', platform: 'linux x64', host: 'ci-7', user: 'ci', configSha256: 'a'.repeat(64) },
};
const system = makeSystem();

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pgr-verify-'));
  spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', join(folder, 'key')]);
  spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', join(folder, 'other')]);
  spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', 'locked', '-C', '', '-f', join(folder, 'locked')]);
  spawnSync('minisign', ['-G', '-W', '-p', join(folder, 'mini.pub'), '-s', join(folder, 'mini.key')]);
  writeFileSync(join(folder, 'signers'), `ci@books ${readFileSync(join(folder, 'key.pub'), 'utf8')}`);
  writeFileSync(join(folder, 'strangers'), `eve@books ${readFileSync(join(folder, 'other.pub'), 'utf8')}`);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function value<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.failure.message);
  return result.value;
}

let runs = 0;
interface SealedRun {
  readonly path: string;
  readonly root: string;
}

/** A sealed run with files of several kinds. */
async function sealedRun(signing?: SigningSettings): Promise<SealedRun> {
  const run = value(await openRunFolder({ runsFolder: join(folder, `runs-${runs++}`), header, now: () => at }));
  run.record({ type: 'run-started', header });
  run.record({ type: 'migrations-read', tool: 'SQL files (flat)', migrations: [{ revision: '0001', file: 'migrations/0001.sql', sha256: 'b'.repeat(64) }] });
  for (const n of [1, 2, 3]) run.record({ type: 'step', phase: 'provision', text: `step ${n}, with a half \ud800 pair and a separator \u2028` });
  for (const [path, content] of [
    ['schema/left.sql', 'create table t ();\n'],
    ['schema/right.sql', 'create table u ();\n'],
    ['shot.png', Buffer.from([0x89, 0x50, 0, 0xff, 0xfe, 10])],
    ['empty.log', ''],
  ] as const)
    run.record({ type: 'artifact', artifact: value(await run.writeArtifact(path, path, content)) });
  run.record({ type: 'run-finished', verdict: { kind: 'PASS', gatesPassed: 3, summary: 'All passed.' }, exitCode: 0, durationMs: 12, peakMemoryBytes: 1 });
  const prepared = signing === undefined ? undefined : value(await prepareSigning(system, signing, { runFolder: run.path, projectFolder: folder }));
  const { rootSha256 } = value(await run.seal(prepared?.signature));
  if (prepared !== undefined) value(await prepared.sign(run.path));
  return { path: run.path, root: rootSha256 };
}

async function verify(path: string, options?: VerifyOptions) {
  return value(await verifyEvidence(path, options));
}

function filesOf(path: string): readonly string[] {
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((file) => lstatSync(join(path, file)).isFile())
    .sort();
}

/** Alters one byte of all files taken together, or of one of them, asks, and puts it back. */
async function withAlteredByte<T>(path: string, random: () => number, use: (where: string) => Promise<T>, only?: string): Promise<T> {
  const chosen = only === undefined ? filesOf(path) : [only];
  const files = chosen.map((file) => ({ file, bytes: readFileSync(join(path, file)) }));
  let position = Math.floor(random() * files.reduce((sum, { bytes }) => sum + bytes.length, 0));
  const hit = files.find(({ bytes }) => {
    if (position < bytes.length) return true;
    position -= bytes.length;
    return false;
  });
  if (hit === undefined) throw new Error('no byte was chosen');
  const altered = Buffer.from(hit.bytes);
  altered[position] = (altered[position] ?? 0) ^ (1 + Math.floor(random() * 255));
  writeFileSync(join(path, hit.file), altered);
  try {
    return await use(`byte ${position} of ${hit.file}`);
  } finally {
    writeFileSync(join(path, hit.file), hit.bytes);
  }
}

test('with its root hash, any one altered byte of a sealed run is found', async () => {
  const { path, root } = await sealedRun();
  const random = seeded(20261121);
  const unseen: string[] = [];
  const look = async (where: string) => {
    const { problems } = await verify(path, { root });
    if (problems.length === 0) unseen.push(where);
  };
  for (let n = 0; n < (inFull ? 1000 : 200); n++) await withAlteredByte(path, random, look);
  for (const file of filesOf(path)) if (file !== 'empty.log') await withAlteredByte(path, random, look, file);
  expect(unseen).toEqual([]);
  // Of all that is in it the time of the sealing alone stands nowhere else.
  const file = join(path, 'manifest.json');
  const manifest = readFileSync(file, 'utf8');
  writeFileSync(file, manifest.replace('02:45:00.123Z",\n  "run"', '02:45:00.124Z",\n  "run"'));
  expect((await verify(path)).problems).toEqual([]);
  expect((await verify(path, { root })).problems).toMatchObject([expect.stringContaining('is not the one with the root hash')]);
  writeFileSync(file, manifest);
  expect(await verify(path, { root })).toMatchObject({ problems: [], notShown: [], remarks: [], rootSha256: root });
});

describe('what is done to a sealed run is found without any hash', () => {
  const swap = (path: string, a: string, b: string) => {
    renameSync(join(path, a), join(path, 'aside'));
    renameSync(join(path, b), join(path, a));
    renameSync(join(path, 'aside'), join(path, b));
  };
  const journal = (path: string, change: (lines: string[]) => string[]) => {
    const file = join(path, 'journal.jsonl');
    writeFileSync(file, change(readFileSync(file, 'utf8').trimEnd().split('\n')).join('\n').concat('\n'));
  };
  const doings: readonly [string, (path: string) => void, RegExp][] = [
    ['a file cut off', (path) => truncateSync(join(path, 'schema/left.sql'), 5), /schema\/left\.sql was altered/],
    ['two files swapped', (path) => swap(path, 'schema/left.sql', 'schema/right.sql'), /schema\/left\.sql was altered[\s\S]*schema\/right\.sql was altered/],
    ['a file added', (path) => writeFileSync(join(path, 'x'), ''), /x was added/],
    ['a folder added', (path) => mkdirSync(join(path, 'x/y'), { recursive: true }), /x was added[\s\S]*x\/y was added/],
    ['a line taken out of the journal', (path) => journal(path, (lines) => lines.toSpliced(2, 1)), /Line 3 .* does not follow/],
    ['a line doubled', (path) => journal(path, (lines) => lines.toSpliced(2, 0, lines[2] ?? '')), /does not follow/],
    ['a file renamed', (path) => renameSync(join(path, 'shot.png'), join(path, 'shot2.png')), /shot2\.png was added|shot\.png is missing/],
    ['a link in place of a file', (path) => linkInstead(path, 'empty.log'), /empty\.log is not a plain file/],
    ['an empty file filled', (path) => appendFileSync(join(path, 'empty.log'), ' '), /empty\.log was altered/],
    ['a manifest spelled otherwise', (path) => respell(path), /manifest\.json is not spelled as it was written/],
    ['a verdict changed in the manifest', (path) => edit(path, '"kind": "PASS"', '"kind": "BLOCKER"'), /is not what journal\.jsonl says/],
    ['a migration’s hash changed in the manifest', (path) => edit(path, 'b'.repeat(64), 'c'.repeat(64)), /is not what journal\.jsonl says/],
    ['the manifest cut off', (path) => truncateSync(join(path, 'manifest.json'), 300), /manifest\.json cannot be read/],
    ['the manifest made null', (path) => writeFileSync(join(path, 'manifest.json'), 'null'), /manifest\.json cannot be read/],
  ];
  const linkInstead = (path: string, file: string) => {
    rmSync(join(path, file));
    symlinkSync('/dev/null', join(path, file));
  };
  const edit = (path: string, from: string, to: string) => {
    const file = join(path, 'manifest.json');
    const text = readFileSync(file, 'utf8');
    if (!text.includes(from)) throw new Error('the tampering changed nothing');
    writeFileSync(file, text.replace(from, to));
  };
  const respell = (path: string) =>
    writeFileSync(join(path, 'manifest.json'), `${JSON.stringify(JSON.parse(readFileSync(join(path, 'manifest.json'), 'utf8')))}\n`);

  test('all of them', async () => {
    const { path } = await sealedRun();
    for (const [what, tamper, expected] of doings) {
      const copy = join(folder, 'copy');
      cpSync(path, copy, { recursive: true });
      tamper(copy);
      expect((await verify(copy)).problems.join('\n'), what).toMatch(expected);
      rmSync(copy, { recursive: true });
    }
  });
});

test('rights that were opened are told and are no fault', async () => {
  const { path } = await sealedRun();
  chmodSync(join(path, 'shot.png'), 0o644);
  const { problems, remarks } = await verify(path);
  expect([problems, remarks]).toEqual([[], ['shot.png may be read or written by others than its owner.']]);
});

test('what only a root hash or a signature can show is named, and a record made anew is found by its root hash alone', async () => {
  const { path, root } = await sealedRun();
  expect((await verify(path)).notShown).toMatchObject([expect.stringContaining('made anew')]);
  // Somebody makes all of it again, with another step.
  const forged = await sealedRun();
  expect(forged.root).toBe(root);
  const run = value(await openRunFolder({ runsFolder: join(folder, 'forged'), header, now: () => at }));
  run.record({ type: 'run-started', header });
  value(await run.seal());
  expect((await verify(run.path)).problems).toEqual([]);
  expect((await verify(run.path, { root })).problems).toMatchObject([expect.stringContaining('is not the one with the root hash')]);
  expect((await verify(path, { root: root.toUpperCase() })).problems).toEqual([]);
});

test('the root hash is what sha256sum says', async () => {
  const { path, root } = await sealedRun();
  expect(spawnSync('sha256sum', [join(path, 'manifest.json')], { encoding: 'utf8' }).stdout.split(' ')[0]).toBe(root);
});

test('a run that was sealed before there was a root hash still verifies', async () => {
  const { path } = await sealedRun();
  const file = join(path, 'manifest.json');
  const { run: _run, ...manifest } = JSON.parse(readFileSync(file, 'utf8'));
  writeFileSync(file, `${JSON.stringify({ ...manifest, format: 'pgrehearse-evidence/1' }, null, 2)}\n`);
  expect((await verify(path)).problems).toEqual([]);
  appendFileSync(join(path, 'shot.png'), 'x');
  expect((await verify(path)).problems).toEqual(['shot.png was altered.']);
});

describe('a signature', () => {
  const signings: readonly [string, () => SigningSettings, string, string][] = [
    ['of ssh-keygen', () => ({ ssh: { key: 'key' } }), 'signers', 'ci@books'],
    ['of minisign', () => ({ minisign: { key: 'mini.key' } }), 'mini.pub', 'mini.pub'],
  ];

  test.each(signings)('%s is made, verified, and stands for its signer alone', async (_, settings, list, who) => {
    const { path } = await sealedRun(settings());
    const by = (...lists: string[]) => ({
      checkSignature: signatureChecker(
        system,
        lists.map((one) => join(folder, one)),
      ),
    });
    expect((await verify(path, by('strangers', list))).problems).toEqual([]);
    expect((await verify(path, by(list))).signedBy).toContain(who);
    expect((await verify(path, by(list))).notShown).toEqual([]);
    // Nobody is named: that the signature is good is shown, and not whose it is.
    expect(await verify(path, by())).toMatchObject({ problems: [], notShown: [expect.stringContaining('made anew'), expect.stringContaining('Whose key')] });
    expect((await verify(path, by('strangers'))).problems).toMatchObject([expect.stringContaining('none of the signers')]);
  });

  test.each(signings)('%s: any altered byte, a missing signature and another’s are found', async (_, settings, list) => {
    const { path, root } = await sealedRun(settings());
    const checkSignature = signatureChecker(system, []);
    const random = seeded(7);
    const [file = ''] = filesOf(path).filter((one) => /sig$/.test(one));
    const good = readFileSync(join(path, file));
    for (let n = 0; n < (inFull ? 200 : 15); n++) {
      const altered = Buffer.from(good);
      const position = Math.floor(random() * good.length);
      altered[position] = (altered[position] ?? 0) ^ (1 + Math.floor(random() * 255));
      writeFileSync(join(path, file), altered);
      expect((await verify(path, { root, checkSignature })).problems, `byte ${position}`).not.toEqual([]);
    }
    rmSync(join(path, file));
    expect((await verify(path, { root, checkSignature })).problems).toEqual([`${file} is missing: this run was signed when it was sealed.`]);
    // A good signature of the same bytes by another key.
    const other = await sealedRun(list === 'signers' ? { ssh: { key: 'other' } } : { minisign: { key: 'mini.key' } });
    cpSync(join(other.path, file), join(path, file));
    if (list === 'signers') {
      spawnSync('ssh-keygen', ['-Y', 'sign', '-q', '-f', join(folder, 'other'), '-n', 'pgrehearse', join(path, 'manifest.json')]);
      expect((await verify(path, { root, checkSignature })).problems, 'another key').not.toEqual([]);
    }
  });

  const impossible: readonly [string, SigningSettings, RegExp][] = [
    ['a key that is not there', { ssh: { key: 'nowhere' } }, /could not be signed/],
    ['a key with a passphrase', { ssh: { key: 'locked' } }, /could not be signed/],
    ['a key that is none', { ssh: { key: 'signers' } }, /could not be signed/],
    ['a variable that is not set', { minisign: { key: 'mini.key', passwordVariable: 'PGREHEARSE_NOT_SET' } }, /PGREHEARSE_NOT_SET is not set/],
  ];
  test.each(impossible)('can’t be made with %s, which is a failure with a cure', async (_, settings, message) => {
    const run = await sealedRun();
    const prepared = await prepareSigning(system, settings, { runFolder: run.path, projectFolder: folder });
    expect(prepared).toMatchObject({ ok: false, failure: { code: 'signature-not-made', message: expect.stringMatching(message) } });
    expect((await verify(run.path)).problems, 'nothing is left of the trial').toEqual([]);
  });
});

test('a whole record in another run’s place is found; a copy may have any name', async () => {
  const run = await sealedRun();
  const [other, copy] = [join(folder, '20261120-010203-beef'), join(folder, 'downloaded')];
  cpSync(run.path, other, { recursive: true });
  cpSync(run.path, copy, { recursive: true });
  expect((await verify(other)).problems).toEqual([`The folder 20261120-010203-beef holds the record of another run, ${header.runId}.`]);
  expect((await verify(copy)).problems).toEqual([]);
});

test('where somebody has to have signed it, a record that was made anew without is not clean', async () => {
  const checkSignature = signatureChecker(system, [join(folder, 'signers')]);
  const unsigned = await sealedRun();
  expect((await verify(unsigned.path, { checkSignature, mustBeSigned: true })).problems).toEqual(['None of those who may sign has signed it.']);
  const signed = await sealedRun({ ssh: { key: 'key' } });
  expect((await verify(signed.path, { checkSignature, mustBeSigned: true })).problems).toEqual([]);
});

test('what was written into the manifest besides is found without any hash', async () => {
  for (const alter of [
    (text: string) => text.replace('"runId"', '"approvedBy": "eve",\n  "runId"'),
    (text: string) => text.replace('"title": "schema/left.sql"', '"title": "approved"'),
  ]) {
    const { path } = await sealedRun();
    const file = join(path, 'manifest.json');
    writeFileSync(file, alter(readFileSync(file, 'utf8')));
    expect((await verify(path)).problems).toHaveLength(1);
  }
});

test.each(['journal.jsonl', 'manifest.json', 'empty.log'])('%s as a pipe keeps nobody waiting', async (name) => {
  const { path } = await sealedRun();
  rmSync(join(path, name));
  spawnSync('mkfifo', [join(path, name)]);
  expect((await verify(path)).problems).toContain(`${name} is not a plain file.`);
});

test.each(['journal.jsonl', 'manifest.json'])('%s as a link to something without an end is not read', async (name) => {
  const { path } = await sealedRun();
  rmSync(join(path, name));
  symlinkSync('/dev/zero', join(path, name));
  expect((await verifyEvidence(path)).ok).toBe(false);
});
