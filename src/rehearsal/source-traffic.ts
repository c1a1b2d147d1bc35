import { join } from 'node:path';
import type { Settings } from '../config/schema.ts';
import { SqlError } from '../core/failure.ts';
import type { OpenSource } from '../core/open-source.ts';
import type { Context, Session } from '../core/ports.ts';
import { ok, type Result } from '../core/result.ts';
import type { TrafficReport } from '../core/traffic.ts';
import { readActivity } from '../traffic/read-activity.ts';
import { readReplayFile } from '../traffic/replay/read-replay-file.ts';
import { readStatements } from '../traffic/replay/read-statements.ts';
import type { ReplayStatement } from '../traffic/replay/replay-statement.ts';
import type { TableActivity } from '../traffic/traffic-table.ts';

/** What is known of production's own traffic. */
export interface SourceTraffic {
  /** How busy its tables are; empty where that isn't known. */
  readonly activity: readonly TableActivity[];
  /** The application's own statements. */
  readonly replay: readonly ReplayStatement[];
  /** Where the statements came from and what isn't among them; absent where none were asked for. */
  readonly told?: Pick<NonNullable<TrafficReport['replay']>, 'from' | 'leftOut'>;
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
  { traffic, record }: Pick<Settings, 'traffic' | 'record'>,
  source: OpenSource | undefined,
  ofFile: readonly ReplayStatement[],
): Promise<SourceTraffic> {
  if (!traffic.enabled || !record.enabled) return noTraffic;
  const { replay } = traffic;
  const read = await ofSource(context, source, replay?.source === true ? replay.maxStatements : 0);
  if (replay === undefined) return { activity: read.activity, replay: [] };
  const from = [...(replay.file === undefined ? [] : [replay.file]), ...(replay.source ? ['pg_stat_statements of the source'] : [])];
  const chosen = ofFile.toSorted((a, b) => b.perSecond - a.perSecond).slice(0, replay.maxStatements);
  const more = ofFile.length - chosen.length;
  const leftOut = [...read.leftOut, ...(more === 0 ? [] : [`${more} less frequent ones of ${replay.file}`])];
  return { activity: read.activity, replay: [...chosen, ...read.statements], told: { from, leftOut } };
}

interface OfSource {
  readonly activity: readonly TableActivity[];
  readonly statements: readonly ReplayStatement[];
  readonly leftOut: readonly string[];
}

/** @param maxStatements 0: statements aren't asked for */
async function ofSource(context: Context, source: OpenSource | undefined, maxStatements: number): Promise<OfSource> {
  const nothing = (why: string): OfSource => ({ activity: [], statements: [], leftOut: maxStatements === 0 ? [] : [why] });
  if (source === undefined) return nothing('nothing was read from the source, and a copy doesn’t hold its pg_stat_statements');
  if (source.kind !== 'live') return nothing('the source is a dump, which holds no pg_stat_statements');
  // A session of its own: what fails here must not end the transaction that holds the copy's snapshot.
  const connected = await context.edge.postgres.connect(source.address, {
    applicationName: 'pgrehearse traffic',
    signal: context.signal,
    readOnly: { statementTimeoutMs: 30_000, lockTimeoutMs: 1_000 },
  });
  if (!connected.ok) return nothing(connected.failure.message);
  await using session = connected.value;
  const activity = (await attempt(() => readActivity(session))).value ?? [];
  if (maxStatements === 0) return { activity, statements: [], leftOut: [] };
  return { activity, ...(await statementsOf(session, maxStatements)) };
}

async function statementsOf(session: Session, maxStatements: number): Promise<Omit<OfSource, 'activity'>> {
  const { value, why } = await attempt(() => readStatements(session, maxStatements));
  return value ?? { statements: [], leftOut: [`pg_stat_statements of the source could not be read: ${why}`] };
}

async function attempt<T>(read: () => Promise<T>): Promise<{ readonly value?: T; readonly why?: string }> {
  try {
    return { value: await read() };
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    return { why: error.fields.message };
  }
}
