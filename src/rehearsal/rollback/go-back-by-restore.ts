import { rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { removeDump } from '../../cluster/remove-dump.ts';
import { copyDatabase } from '../../copy/copy-database.ts';
import { type WrittenDump, writeDump } from '../../copy/dump/write-dump.ts';
import { failure } from '../../core/failure.ts';
import type { Context } from '../../core/ports.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import type { WayBackStep } from '../../core/rollback.ts';
import type { Address } from '../../core/server.ts';
import { connectionUrl } from '../../migrate/command-environment.ts';
import { openDump } from '../../source/dump.ts';
import { openUrl } from '../../source/url.ts';
import type { Run } from '../run.ts';
import type { Besides } from '../spare-clone.ts';
import { goForward } from './go-forward.ts';
import { compareMoments, hasChanged, readMoment, written } from './moment.ts';
import { spareScene } from './spare-scene.ts';

const hourMs = 3_600_000;

/**
 * Rehearses the way back that needs no script: a backup of a clone is made before anything is migrated, and restored into an empty database afterwards,
 * which must then be what the clone was. Both are timed. What was written since the backup isn't in it; the migrations' own rows are counted.
 *
 * Fails where the backup or the restore fails, or something can't be compared. Throws SqlError and FailureError.
 */
export async function goBackByRestore(context: Context, run: Run, besides: Omit<Besides, 'noTransaction'>): Promise<Result<WayBackStep>> {
  const { provided } = besides;
  if (provided.image.inPlace === true) return fail(inTheCloud);
  const opened = await spareScene(context, run, besides);
  if (!opened.ok) return opened;
  await using scene = opened.value;
  const { clone, migrator, comparing, accepted } = scene;
  const before = await readMoment(context, clone.admin, migrator.role);
  if (!before.ok) return before;
  context.emit({ type: 'step', phase: 'rollback', text: 'Making a backup of a clone' });
  const backup = await makeBackup(context, clone.admin);
  if (!backup.ok) return backup;
  await using made = backup.value;
  const forward = await goForward(context, scene, besides);
  if (!forward.ok) return forward;
  const deployed = await hasChanged(context, clone.admin, before.value, comparing.ledger);
  if (!deployed.ok) return deployed;
  context.emit({ type: 'step', phase: 'rollback', text: 'Restoring the backup into an empty database' });
  const empty = await provided.image.startEmpty(context, `${provided.facts.database}, restored`);
  if (!empty.ok) return empty;
  await using restored = empty.value;
  run.removeAtEnd(() => restored.remove());
  const startedAt = performance.now();
  const dump = await openDump(context, { path: made.folder });
  if (!dump.ok) return dump;
  await using source = dump.value;
  // The roles are the server's, which wasn't lost.
  const copied = await copyDatabase(context, source, restored.admin, {
    ...(provided.shared === undefined ? { server: 'ours' } : {}),
    createRoles: async () => [],
  });
  if (!copied.ok) return copied;
  const backMs = performance.now() - startedAt;
  const compared = await compareMoments(context, comparing, restored.admin, before.value, accepted, copied.value.report.losses);
  if (!compared.ok) return compared;
  return ok({
    ...{ outcome: 'done', changed: deployed.value.changed, forwardMs: forward.value, backMs, backupMs: made.durationMs, drops: [] },
    ...compared.value,
    rowsSince: written(before.value.tables, deployed.value.places, comparing.ledger),
  });
}

const inTheCloud = failure('no-second-clone', 'In place no backup is restored: the data was too big for this machine, and a backup of ours would come here.', {
  cure: 'Rehearse the restore in the cloud, as your own runbook has it, or leave `target` out.',
});

/** A dump folder of a clone, which goes when the block is left. */
async function makeBackup(context: Context, clone: Address): Promise<Result<WrittenDump & AsyncDisposable & { readonly durationMs: number }>> {
  const startedAt = performance.now();
  const opened = await openUrl(context, { url: connectionUrl(clone), allowPrimary: true });
  if (!opened.ok) return opened;
  await using source = opened.value;
  // As private as the clones' own data, and gone with the next `gc` if we are killed.
  const folder = join(context.home.data, 'backups');
  const expiresAt = new Date(context.now().getTime() + hourMs).toISOString();
  const dump = await writeDump(context, source, folder, { expiresAt, statistics: 'analyze' });
  if (!dump.ok) return dump;
  const durationMs = performance.now() - startedAt;
  const lineOf = async () => (await context.ledger.list()).find(({ kind, facts }) => kind === 'dump' && facts.folder === dump.value.folder);
  const made = await lineOf();
  // Nobody wants it once this run is over, however it ends.
  if (made !== undefined) await context.ledger.amend(made.id, { facts: { ...made.facts, madeFor: 'run' } });
  return ok({
    ...dump.value,
    durationMs,
    async [Symbol.asyncDispose]() {
      const line = await lineOf();
      if (line !== undefined) await removeDump(context, line);
      // Others may have theirs in it.
      await rmdir(folder).catch(() => {});
    },
  });
}
