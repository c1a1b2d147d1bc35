import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { withFolder } from '../../../test/support/temporary-folder.ts';
import { unwrap } from '../../../test/support/unwrap.ts';
import { settingsSchema } from '../../config/schema.ts';
import type { RunHeader } from '../../core/event.ts';
import type { Verdict } from '../../core/verdict.ts';
import { openRunFolder } from '../../evidence/run-folder.ts';
import { captureFormat } from '../../schema/captured-catalog.ts';
import { openApprovedRun } from './approved-run.ts';
import { structureFile, writeStructure } from './structure.ts';

const header: RunHeader = {
  ...{ runId: '20261121-024500-7f3a', title: 'Books', source: 'reader@db.example.com:5432/books', projectFolder: '/srv/books', toolVersion: '0.1.0' },
  ...{ nodeVersion: '24.21.0', platform: 'linux x64', host: 'ci-7', user: 'ci', configSha256: 'a'.repeat(64) },
};
const pass: Verdict = { kind: 'PASS', gatesPassed: 3, summary: 'All passed.' };
const settings = settingsSchema.parse({
  source: { dump: 'dump' },
  migrate: { tool: 'sql-files', folder: 'db', layout: 'flat', appliedThrough: 'none' },
  baseline: { mode: 'init-then-migrations' },
});

interface Sealed {
  readonly path: string;
  readonly rootHash: string;
  readonly open: (approved: Parameters<typeof openApprovedRun>[1]) => ReturnType<typeof openApprovedRun>;
}

/** A sealed run of a project, to be approved. */
async function withRun(
  verdict: Verdict,
  use: (sealed: Sealed) => Promise<void>,
  { scope, revisions = ['0001'] }: { readonly scope?: RunHeader['scope']; readonly revisions?: readonly string[] } = {},
): Promise<void> {
  await withFolder({}, async (folder) => {
    const run = unwrap(await openRunFolder({ runsFolder: join(folder, '.pgrehearse/runs'), header, now: () => new Date('2026-11-21T02:45:00Z') }));
    run.record({ type: 'run-started', header: { ...header, ...(scope && { scope }) } });
    const migrations = revisions.map((revision) => ({ revision, file: `versions/${revision}.py`, sha256: 'b'.repeat(64) }));
    run.record({ type: 'migrations-read', tool: 'alembic', migrations });
    const catalog = { format: captureFormat, unread: [], objects: [['table', 'public.t', null, { owner: 'a' }]] } as const;
    const structure = writeStructure({ format: 'pgrehearse-structure/1', readFrom: 'production', serverVersion: '15.18', catalog });
    run.record({ type: 'artifact', artifact: unwrap(await run.writeArtifact(structureFile, structureFile, structure)) });
    run.record({ type: 'run-finished', verdict, exitCode: 0, durationMs: 12, peakMemoryBytes: 1 });
    const { rootSha256 } = unwrap(await run.seal());
    const request = { settings, folder, toolVersion: '0.1.0' };
    await use({ path: run.path, rootHash: rootSha256, open: (approved) => openApprovedRun(request, approved) });
  });
}

test('an approved run is found by its folder, by its root hash, and by both', async () => {
  await withRun(pass, async ({ path, rootHash, open }) => {
    for (const [approved, vouched] of [
      [path, false],
      [rootHash, true],
      [{ run: `.pgrehearse/runs/${header.runId}`, rootHash }, true],
    ] as const) {
      const opened = unwrap(await open(approved));
      expect(opened).toMatchObject({
        runId: header.runId,
        rootHash,
        vouched,
        history: { label: `approved run ${header.runId}`, migrations: [{ revision: '0001' }] },
      });
      expect(opened.structure.catalog.objects).toHaveLength(1);
    }
  });
});

test('nothing else is believed', async () => {
  await withRun(pass, async ({ path, rootHash, open }) => {
    const why = async (approved: Parameters<typeof open>[0]) => {
      const opened = await open(approved);
      return opened.ok ? 'believed' : `${opened.failure.code}: ${opened.failure.message}`;
    };
    expect(await why('f'.repeat(64))).toContain('approved-evidence-unusable: ');
    expect(await why('no/such/run')).toContain('approved-evidence-unusable: ');
    expect(await why({ run: path, rootHash: 'f'.repeat(64) })).toContain('its seal is broken');
    appendFileSync(join(path, structureFile), ' ');
    expect(await why(rootHash)).toContain('its seal is broken');
    writeFileSync(join(path, 'manifest.json'), '{}');
    expect(await why(path)).toContain('its seal is broken');
  });
  await withRun({ kind: 'INCONCLUSIVE', rootCause: 'lock', reasons: ['x'], summary: 'x' }, async ({ path, open }) => {
    expect(await open(path)).toMatchObject({ ok: false, failure: { code: 'approved-evidence-unusable', message: expect.stringContaining('only a PASS') } });
  });
});

test('a PASS on something else than a deploy approves no history, nor does one without files', async () => {
  for (const [more, why] of [
    [{ scope: 'way-back' }, 'it judged the way back only'],
    [{ scope: 'preflight' }, 'it judged whether an earlier run still applies only'],
    [{ revisions: [] }, 'it doesn’t tell which migration files it had'],
  ] as const) {
    await withRun(
      pass,
      async ({ rootHash, open }) => {
        expect(await open(rootHash)).toMatchObject({ ok: false, failure: { code: 'approved-evidence-unusable', message: expect.stringContaining(why) } });
      },
      more,
    );
  }
});
