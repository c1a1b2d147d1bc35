import type { Settings } from '../../config/schema.ts';
import type { Migration } from '../../core/migration.ts';
import type { Address } from '../../core/server.ts';
import type { TrafficReport } from '../../core/traffic.ts';
import type { TrafficOptions } from '../../traffic/start-traffic.ts';
import { noTraffic, type SourceTraffic } from './source-traffic.ts';

/**
 * The traffic of a run, the same on each clone.
 *
 * @param admin superuser access to the clone
 * @param migrations those that may run: tables that they name come first
 * @param ledger the table in which migrations are recorded, quoted as needed, where it is known: no application uses it
 */
export function trafficForRun(
  admin: Address,
  { traffic }: Pick<Settings, 'traffic'>,
  migrations: readonly Migration[],
  ledger: string | undefined,
  { activity, replay }: SourceTraffic = noTraffic,
): Omit<TrafficOptions, 'elapsedMs'> {
  const { role } = traffic;
  // By SET ROLE and not by a log-in: the role need not be able to, and what it may read is the same.
  const application = role === undefined ? undefined : { ...admin, options: `${admin.options ?? ''} -c role=${role.replaceAll(/[\\ ]/g, '\\$&')}`.trim() };
  const except = ledger === undefined ? [] : [ledger];
  return { admin, application, settings: traffic, except, scripts: migrations.map(({ up }) => up), activity, replay };
}

/** A report with where the replayed statements came from, and what isn't among them. */
export function withReplayTold(report: TrafficReport, { replay, told }: SourceTraffic = noTraffic): TrafficReport {
  return told === undefined ? report : { ...report, replay: { ...told, statements: replay.length } };
}
