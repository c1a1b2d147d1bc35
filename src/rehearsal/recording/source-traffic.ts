import { join } from 'node:path';
import type { Settings } from '../../config/schema.ts';
import { SqlError } from '../../core/failure.ts';
import type { OpenSource } from '../../core/open-source.ts';
import type { Context, Session } from '../../core/ports.ts';
import type { SourceStatements } from '../../core/queries.ts';
import { ok, type Result } from '../../core/result.ts';
import type { TrafficReport } from '../../core/traffic.ts';
import { readStatements } from '../../queries/read-statements.ts';
import { readActivity } from '../../traffic/read-activity.ts';
import { chooseReplay } from '../../traffic/replay/choose-replay.ts';
import { readReplayFile } from '../../traffic/replay/read-replay-file.ts';
import type { ReplayStatement } from '../../traffic/replay/replay-statement.ts';
import type { TableActivity } from '../../traffic/traffic-table.ts';

/** What is known of production's own traffic. */
export interface SourceTraffic {
  /** How busy its tables are; empty where that isn't known. */
  readonly activity: readonly TableActivity[];
  /** The application's own statements. */
  readonly replay: readonly ReplayStatement[];
  /** Where the statements came from and what isn't among them; absent where none were asked for. */
  readonly told?: Pick<NonNullable<TrafficReport['replay']>, 'from' | 'leftOut'>;
  /** All that its pg_stat_statements knows; absent where nobody asked. */
  readonly statements?: SourceStatements;
}

export const noTraffic: SourceTraffic = { activity: [], replay: [] };

/** The team's own file of statements; none where none is configured. Fails with `replay-invalid`, which lists every problem. */
export async function replayOfFile({ traffic, record }: Pick<Settings, 'traffic' | 'record'>, folder: string): Promise<Result<readonly ReplayStatement[]>> {
  const file = traffic.replay?.file;
  return file === undefined || !traffic.enabled || !record.enabled ? ok([]) : await readReplayFile(join(folder, file));
}

/**
 * Asks production which of its tables are busy, and, where the team wants it, which statements run how often. What can't be had is told and stops nothing: a copy
 * without it is as true.
 *
 * @param source absent where nothing is read from it
 * @param ofFile the statements of the team's own file
 */
export async function readSourceTraffic(
  context: Context,
  { traffic, record, compatibility }: Pick<Settings, 'traffic' | 'record' | 'compatibility'>,
  source: OpenSource | undefined,
  ofFile: readonly ReplayStatement[],
): Promise<SourceTraffic> {
  const { replay } = traffic;
  const accompanied = traffic.enabled && record.enabled;
  const compared = compatibility.queries.statements !== 'off';
  const replayed = accompanied && replay?.source === true;
  if (!accompanied && !compared) return noTraffic;
  const { activity, statements } = await ofSource(context, source, { activity: accompanied, statements: compared || replayed });
  const more = compared ? { statements } : {};
  if (!accompanied) return { ...noTraffic, ...more };
  if (replay === undefined) return { activity, replay: [], ...more };
  const from = [...(replay.file === undefined ? [] : [replay.file]), ...(replayed ? ['pg_stat_statements of the source'] : [])];
  const chosen = ofFile.toSorted((a, b) => b.perSecond - a.perSecond).slice(0, replay.maxStatements);
  const own = replayed ? chooseReplay(statements, replay.maxStatements) : { statements: [], leftOut: [] };
  const rarer = ofFile.length - chosen.length;
  const leftOut = [...own.leftOut, ...(rarer === 0 ? [] : [`${rarer} less frequent ones of ${replay.file}`])];
  return { activity, replay: [...chosen, ...own.statements], told: { from, leftOut }, ...more };
}

interface OfSource {
  readonly activity: readonly TableActivity[];
  readonly statements: SourceStatements;
}

async function ofSource(context: Context, source: OpenSource | undefined, wanted: Readonly<Record<'activity' | 'statements', boolean>>): Promise<OfSource> {
  const nothing = (kind: 'absent' | 'unreadable', why: string): OfSource => ({ activity: [], statements: { kind, why } });
  if (source === undefined) return nothing('absent', 'nothing was read from the source, and a copy doesn’t hold its pg_stat_statements');
  if (source.kind !== 'live') return nothing('absent', 'the source is a dump, which holds no pg_stat_statements');
  if (source.facts.kind !== 'url') return nothing('absent', 'the source is a copy of production, whose statistics are not those of production');
  // A session of its own: what fails here must not end the transaction that holds the copy's snapshot.
  const connected = await context.edge.postgres.connect(source.address, {
    applicationName: 'pgrehearse traffic',
    signal: context.signal,
    readOnly: { statementTimeoutMs: 30_000, lockTimeoutMs: 1_000 },
  });
  if (!connected.ok) return nothing('unreadable', connected.failure.message);
  await using session = connected.value;
  const activity = wanted.activity ? ((await attempt(() => readActivity(session))).value ?? []) : [];
  return { activity, statements: wanted.statements ? await statementsOf(session) : { kind: 'absent', why: 'nobody asked for statements' } };
}

async function statementsOf(session: Session): Promise<SourceStatements> {
  const { value, error } = await attempt(() => readStatements(session));
  if (value !== undefined) return value;
  // The extension is there and its library isn't loaded: it counts nothing, so that there is nothing to be read.
  if (error?.sqlstate === '55000') return { kind: 'absent', why: `pg_stat_statements of the source counts nothing: ${error.message}` };
  return { kind: 'unreadable', why: error?.message ?? 'nobody knows why' };
}

async function attempt<T>(read: () => Promise<T>): Promise<{ readonly value?: T; readonly error?: SqlError['fields'] }> {
  try {
    return { value: await read() };
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    return { error: error.fields };
  }
}
