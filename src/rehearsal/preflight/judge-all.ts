import type { Settings } from '../../config/schema.ts';
import type { RunHeader } from '../../core/event.ts';
import { type PreflightCheckName, type PreflightFinding, preflightCheckNames } from '../../core/preflight.ts';
import { isKnown, type Known } from '../../core/production.ts';
import { unknown } from '../../preflight/finding.ts';
import { judgeDiskRoom } from '../../preflight/judge/judge-disk-room.ts';
import { judgeAge, judgeCommit, judgeConfiguration, judgeEvidence } from '../../preflight/judge/judge-evidence.ts';
import { judgeFreezeWindow } from '../../preflight/judge/judge-freeze-window.ts';
import { judgeExtensions, judgeIdentity, judgeLedger, judgeVersion } from '../../preflight/judge/judge-known-parts.ts';
import { judgeLongTransactions } from '../../preflight/judge/judge-long-transactions.ts';
import { judgeConnections, judgeMigrator } from '../../preflight/judge/judge-migrator.ts';
import { judgeMigrationFiles, judgeTranscript, type MigrationFile } from '../../preflight/judge/judge-project.ts';
import { judgeRecovery } from '../../preflight/judge/judge-recovery.ts';
import { judgeArchiving, judgeReplication } from '../../preflight/judge/judge-replication.ts';
import { judgeRoles } from '../../preflight/judge/judge-roles.ts';
import { judgeSchema } from '../../preflight/judge/judge-schema.ts';
import { judgeSettings } from '../../preflight/judge/judge-settings.ts';
import type { Rehearsed } from '../../preflight/rehearsed.ts';
import type { ProductionNow } from './look-at-production.ts';
import type { RehearsedRun } from './rehearsed-run.ts';
import { schemaChanges } from './schema-changes.ts';

/** All that a preflight knows before it judges. */
export interface PreflightCase {
  readonly settings: Settings;
  readonly now: Date;
  readonly run: RehearsedRun;
  readonly rehearsed: Rehearsed;
  readonly configSha256: string;
  readonly git: RunHeader['git'];
  readonly migrations: Known<readonly MigrationFile[]>;
  readonly root: string | undefined;
  readonly transcript: string | undefined;
  /** Unknown where production could not be reached. */
  readonly production: Known<ProductionNow>;
  readonly free: Known<number> | undefined;
  readonly restorable: Known<string> | undefined;
}

/** The clocks of this machine and of production may be so far apart. */
const maxSkewMs = 5 * 60_000;

/** What each check found; pure. */
export function judgeAll(the: PreflightCase): readonly PreflightFinding[] {
  const findings = [...ofProject(the), ...(isKnown(the.production) ? ofProduction(the, the.production.value) : unreached(the, the.production.unknown))];
  const skew = skewOf(the);
  if (skew === undefined) return findings;
  // Whatever hangs on the time of day hangs on a clock that is wrong.
  const byClock: readonly PreflightCheckName[] = ['evidence-age', 'freeze-window', 'point-in-time-recovery'];
  return findings.map((found) =>
    byClock.includes(found.check) && found.outcome === 'go' ? unknown(found.check, skew, { cure: 'Correct the clock.' }) : found,
  );
}

function ofProject({ settings, now, run, rehearsed, configSha256, git, migrations, root, transcript }: PreflightCase): readonly PreflightFinding[] {
  const { preflight } = settings;
  const { summary } = run.evidence;
  return [
    judgeEvidence(run.evidence, root),
    judgeAge(summary, now, preflight.maxEvidenceHours),
    judgeConfiguration(summary.header?.configSha256, configSha256),
    judgeCommit(summary.header?.git, git),
    judgeMigrationFiles(summary.repo?.migrations, migrations),
    judgeTranscript(transcript ?? preflight.transcript, run.transcriptSha256),
    judgeFreezeWindow(preflight.freezeWindows, now, rehearsed.windowMs),
  ];
}

function ofProduction({ settings, now, run, rehearsed, free, restorable }: PreflightCase, found: ProductionNow): readonly PreflightFinding[] {
  const { preflight } = settings;
  const { exclude } = preflight;
  const { server, archiver } = found;
  const isStandby = isKnown(found.production.server) && found.production.server.value.isStandby;
  const always = [
    judgeLongTransactions(found.activity, rehearsed, preflight.maxTransactionSeconds, isStandby),
    judgeReplication(found.replication, preflight),
    judgeArchiving(server, archiver, preflight.maxSlotBytes),
    judgeDiskRoom({ rehearsed, sizes: found.sizes, server, free }),
    judgeRecovery({ settings: preflight.pointInTimeRecovery, now, server, archiver, printed: restorable }),
    judgeConnections(server, preflight.maxConnectionsPercent),
  ];
  if (!isKnown(run.production)) {
    const why = run.production.unknown;
    return [
      ...always,
      ...comparisons.map((check) => unknown(check, `What production was isn’t known: ${why}.`, { cure: 'Rehearse again with this version.' })),
    ];
  }
  const [then, is] = [run.production.value, found.production];
  const changes = schemaChanges(run.catalog, found.catalog);
  return [
    ...always,
    judgeIdentity(then, is, preflight.source === undefined),
    judgeVersion(then.server, is.server),
    judgeSchema(then.schema, is.schema, changes.schema, exclude),
    judgeLedger(then.ledger, is.ledger),
    judgeExtensions(then.extensions, is.extensions, exclude),
    judgeRoles(then.roles, is.roles, exclude, changes.roles),
    judgeSettings(then.settings, is.settings, exclude, changes.database),
    judgeMigrator({ role: settings.migrate.role, state: found.migrator, was: then.tables, is: is.tables, rehearsed }),
  ];
}

const comparisons = [
  'identity',
  'server-version',
  'schema',
  'ledger',
  'extensions',
  'roles',
  'settings',
  'migrator',
] as const satisfies readonly PreflightCheckName[];

/** What can be said without production is said by `ofProject`, and of a person's or a command's word on restoring. */
function unreached({ settings: { preflight }, now, restorable }: PreflightCase, why: string): readonly PreflightFinding[] {
  const nothing = { unknown: why };
  const recovery = judgeRecovery({ settings: preflight.pointInTimeRecovery, now, server: nothing, archiver: nothing, printed: restorable });
  const told: readonly PreflightCheckName[] = [
    'evidence',
    'evidence-age',
    'configuration',
    'commit',
    'migration-files',
    'transcript',
    'freeze-window',
    'point-in-time-recovery',
  ];
  const others = preflightCheckNames.filter((check) => !told.includes(check));
  return [recovery, ...others.map((check) => unknown(check, `Production could not be reached: ${why}`, { cure: 'Look again once it can be.' }))];
}

function skewOf({ production, now }: PreflightCase): string | undefined {
  if (!isKnown(production) || !isKnown(production.value.server)) return undefined;
  const apartMs = Math.abs(Date.parse(production.value.server.value.now) - now.getTime());
  return apartMs > maxSkewMs ? `The clocks of this machine and of production are ${Math.round(apartMs / 60_000)} min apart.` : undefined;
}
