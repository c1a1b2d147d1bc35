import { reportCost } from '../../check/cost/report-cost.ts';
import { judgeRecording } from '../../check/recording/judge-recording.ts';
import { readRecordingFacts } from '../../check/recording/read-recording-facts.ts';
import type { RecordingFacts } from '../../check/recording/recording-facts.ts';
import { switchedOff } from '../../check/recording/switched-off.ts';
import type { SquawkAnswer } from '../../check/squawk/ask-squawk.ts';
import { mergeSquawk } from '../../check/squawk/merge-squawk.ts';
import { judgeStalls } from '../../check/stalls/judge-stalls.ts';
import type { Settings } from '../../config/schema.ts';
import type { Finding } from '../../core/finding.ts';
import type { Migration, StatementRecord } from '../../core/migration.ts';
import type { Context } from '../../core/ports.ts';
import type { Recording } from '../../core/recording.ts';
import { ok, type Result } from '../../core/result.ts';
import type { Address } from '../../core/server.ts';
import type { TrafficReport } from '../../core/traffic.ts';
import { attribute } from '../../record/attribute.ts';
import type { ReadyWatch } from '../../record/recorder-hooks.ts';
import { startRecording } from '../../record/start-recording.ts';
import { startTraffic, type Traffic } from '../../traffic/start-traffic.ts';
import { worstStalls } from '../../traffic/worst-stalls.ts';
import { report } from '../run.ts';
import { withSession } from '../with-session.ts';
import type { SourceTraffic } from './source-traffic.ts';
import { trafficForRun, withReplayTold } from './traffic-for-run.ts';

/** Where the migrations run, and what is known of them. */
export interface Scene {
  /** Superuser access to the clone. */
  readonly admin: Address;
  readonly migrator: Address;
  readonly settings: Pick<Settings, 'record' | 'traffic' | 'migrate'>;
  /** Those that may run. */
  readonly migrations: readonly Migration[];
  /** The table in which the migrations are recorded, quoted as needed, where it is known: no application uses it. */
  readonly ledger: string | undefined;
  /** What is known of production's own traffic; nothing unless given. */
  readonly production?: SourceTraffic;
  /** Asks each session of the team's own tool after its statements, and may end them all. */
  readonly watch?: ReadyWatch | undefined;
  /** What the runner says of each statement as it goes; read when all is over. */
  readonly statements: readonly StatementRecord[];
}

/** What was seen of one try. */
export interface Seen {
  readonly recording: Recording;
  readonly traffic: TrafficReport | undefined;
  readonly before: RecordingFacts;
  /** Absent where the clone can't be asked any more. */
  readonly after: RecordingFacts | undefined;
}

/**
 * Has the migrations run through the flight recorder, while the clone's tables are read and written. What the migrations did is in `result`, whatever became of
 * them; what was seen is in `seen`. When this returns, nothing of recorder and traffic is left on the clone.
 *
 * Fails with `recorder-failed` or `traffic-failed` before anything ran.
 *
 * @param migrate runs the migrations at the address that it is given
 */
export async function underRecorder<T>(
  context: Context,
  scene: Scene,
  migrate: (address: Address) => Promise<Result<T>>,
): Promise<Result<{ readonly result: Result<T>; readonly seen: Seen }>> {
  const before = await facts(context, scene.admin);
  if (!before.ok) return before;
  const recorder = await startRecording(context, {
    admin: scene.admin,
    target: scene.migrator,
    ...(scene.watch === undefined ? {} : { watch: scene.watch }),
  });
  if (!recorder.ok) return recorder;
  await using recording = recorder.value;
  const started = await trafficFor(context, scene, recording.elapsedMs);
  if (!started.ok) return started;
  await using traffic = started.value;
  const result = await migrate(recording.address);
  const stopped = await recording.stop();
  // A server that is gone can't tell what was seen, but what became of the migrations is known.
  if (!stopped.ok) return result.ok ? stopped : result;
  const recorded = attribute(stopped.value, scene.statements, scene.migrations);
  const [met, after] = await Promise.all([traffic?.stop(recorded.statements), facts(context, scene.admin)]);
  const seen: Seen = {
    recording: recorded,
    traffic: met === undefined ? undefined : withReplayTold({ ...met, stalls: worstStalls(met, recorded) }, scene.production),
    before: before.value,
    after: after.ok ? after.value : undefined,
  };
  return ok({ result, seen });
}

async function facts(context: Context, admin: Address): Promise<Result<RecordingFacts>> {
  return await withSession(context, admin, async (session) => ok(await readRecordingFacts(session)));
}

async function trafficFor(context: Context, scene: Scene, elapsedMs: () => number): Promise<Result<Traffic | undefined>> {
  const { admin, settings, migrations, ledger, production } = scene;
  if (!settings.traffic.enabled) return ok(undefined);
  return await startTraffic(context, { ...trafficForRun(admin, settings, migrations, ledger, production), elapsedMs });
}

/**
 * Tells what was seen, and what it means.
 *
 * @param earlier what was met in tries that were made again
 * @param squawk what a linter says of the same migrations
 */
export function tellSeen(
  context: Context,
  { settings, ledger }: Pick<Scene, 'settings' | 'ledger'>,
  { recording, traffic, before, after }: Seen,
  earlier: readonly Finding[] = [],
  squawk: SquawkAnswer = { kind: 'not-installed' },
): void {
  context.emit({ type: 'recorded', recording });
  context.emit({ type: 'costed', report: reportCost(recording) });
  if (traffic !== undefined) context.emit({ type: 'traffic', report: traffic });
  const known = ledger === undefined ? {} : { ledger };
  const facts = { before, ...(after === undefined ? {} : { after }) };
  report(context, mergeSquawk(judgeRecording({ recording, facts, settings: settings.record, ...known }), squawk, settings.record.checks));
  report(
    context,
    traffic === undefined
      ? switchedOff('traffic')
      : judgeStalls({ report: traffic, recording, settings: { record: settings.record, traffic: settings.traffic }, earlier, ...known }),
  );
}

/** Says that nobody looked. */
export function tellUnseen(context: Context): void {
  report(context, switchedOff('locks'));
  report(context, switchedOff('traffic', 'Switched off with the flight recorder (record.enabled): nobody read or wrote while the migrations ran.'));
}
