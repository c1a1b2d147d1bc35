import type { Settings } from '../../config/schema.ts';
import type { Migration } from '../../core/migration.ts';
import type { Context } from '../../core/ports.ts';
import type { Result } from '../../core/result.ts';
import type { Lineage } from '../../migrate/lineage.ts';
import { guardCluster, scriptsOf } from '../guard-cluster.ts';
import type { Provided } from '../phases/provision.ts';
import { type Scene, type Seen, underRecorder } from '../recording/under-recorder.ts';
import type { RehearseRequest } from '../request.ts';
import { type Applied, applyPending } from './apply-pending.ts';
import type { Attempt } from './attempt.ts';

/** What became of a try, and what was seen of it. */
export interface Tried {
  readonly applied: Result<Applied>;
  readonly scene: Scene;
  /** Undefined where the recorder is off or did not start. */
  readonly seen: Seen | undefined;
}

/**
 * Makes one try: what is pending, as the migrator, through the flight recorder and under traffic unless these are switched off.
 *
 * @param settings those of this try, which may have less traffic than the request's
 */
export async function runAttempt(
  context: Context,
  request: RehearseRequest,
  settings: Settings,
  provided: Provided,
  line: Lineage,
  migrations: readonly Migration[],
  attempt: Attempt,
): Promise<Tried> {
  const { address } = attempt.migrator;
  const scene: Scene = {
    admin: attempt.clone.admin,
    migrator: address,
    settings,
    migrations,
    statements: attempt.statements,
    ledger: line.ledger?.sqlName,
    production: provided.traffic,
    watch: settings.migrate.tool === 'command' ? attempt.rows?.ofTool : undefined,
  };
  let seen: Seen | undefined;
  const applied = await guardCluster(context, provided.shared, { phase: 'migrate', scripts: scriptsOf(migrations) }, async () => {
    if (!settings.record.enabled) return await applyPending(context, request, line, attempt, address);
    const watched = await underRecorder(context, scene, (through) => applyPending(context, request, line, attempt, through));
    if (!watched.ok) return watched;
    seen = watched.value.seen;
    return watched.value.result;
  });
  return { applied, scene, seen };
}
