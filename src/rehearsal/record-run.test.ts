import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { withFolder } from '../../test/support/temporary-folder.ts';
import { testContext } from '../../test/support/test-context.ts';
import { settingsSchema } from '../config/schema.ts';
import type { Failure } from '../core/failure.ts';
import { verifyEvidence } from '../evidence/verify-evidence.ts';
import { openRecorder, type RunEnd } from './record-run.ts';

const pass: RunEnd = { verdict: { kind: 'PASS', gatesPassed: 1, summary: 'All passed.' }, exitCode: 0 };
const withTrouble = ({ message, rootCause }: Failure): RunEnd => ({
  verdict: { kind: 'INCONCLUSIVE', rootCause, reasons: [message], summary: message },
  exitCode: 4,
});

async function record(folder: string, evidence: object, during: (folder: string) => void = () => {}) {
  const context = testContext();
  const migrate = { tool: 'sql-files', folder: 'migrations', layout: 'flat', role: 'shop_migrator', appliedThrough: 'none' };
  const settings = settingsSchema.parse({ source: { dump: 'dump.sql' }, migrate, baseline: { mode: 'init-then-migrations' }, evidence });
  const opened = await openRecorder(context, { settings, folder, toolVersion: '0.1.0' });
  if (!opened.ok) throw new Error(opened.failure.message);
  const recorder = opened.value;
  const tried = await recorder.trySigning();
  during(folder);
  const closed = await recorder.close(pass, withTrouble);
  return { context, tried, ...closed };
}

test('a key that goes away between the trial and the seal takes the PASS away, for whoever listens too', async () => {
  await withFolder({}, async (folder) => {
    await testContext().edge.system.run({ command: 'ssh-keygen', args: ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, 'key')] });
    const { context, tried, end, runFolder, rootSha256 } = await record(folder, { signing: { ssh: { key: 'key' } } }, () => rmSync(join(folder, 'key')));
    expect(tried).toBe(undefined);
    expect(end).toMatchObject({ verdict: { kind: 'INCONCLUSIVE', rootCause: 'environment' }, exitCode: 4 });
    const ends = context.events.filter((event) => event.type === 'run-finished');
    expect(ends.at(-1)).toMatchObject({ verdict: { kind: 'INCONCLUSIVE' } });
    // What was sealed said PASS: without the signature that it announces it isn't whole.
    const verified = await verifyEvidence(runFolder, rootSha256 === undefined ? {} : { root: rootSha256 });
    expect(verified).toMatchObject({ ok: true, value: { problems: ['manifest.json.sig is missing: this run was signed when it was sealed.'] } });
  });
});

test('a key that can’t sign is told before there is a verdict', async () => {
  await withFolder({}, async (folder) => {
    const { tried } = await record(folder, { signing: { ssh: { key: 'nowhere' } } });
    expect(tried).toMatchObject({ code: 'signature-not-made' });
  });
});

test('the end of a run tells its root hash, which the sealed folder has', async () => {
  await withFolder({}, async (folder) => {
    writeFileSync(join(folder, 'x'), '');
    const { context, runFolder, rootSha256, end } = await record(folder, {});
    expect(end).toEqual(pass);
    expect(context.events.at(-1)).toEqual({ type: 'sealed', rootSha256 });
    expect(await verifyEvidence(runFolder, { root: rootSha256 ?? '' })).toMatchObject({ ok: true, value: { problems: [], notShown: [] } });
    const manifest = JSON.parse(readFileSync(join(runFolder, 'manifest.json'), 'utf8'));
    expect(manifest).toMatchObject({ format: 'pgrehearse-evidence/2', run: { verdict: { kind: 'PASS', exitCode: 0 }, migrations: [] } });
    expect(manifest.artifacts.map(({ path }: { path: string }) => path)).toEqual(
      expect.arrayContaining(['memo.html', 'memo.md', 'report.html', 'transcript.jsonl', 'transcript.txt']),
    );
  });
});
