import { judgeApplied } from '../../check/lineage/judge-applied.ts';
import type { HostedClone } from '../../core/clone-host.ts';
import type { StatementRecord } from '../../core/migration.ts';
import type { Context } from '../../core/ports.ts';
import type { Recording } from '../../core/recording.ts';
import { appliedEnds } from '../../migrate/applied-ends.ts';
import { headsOf } from '../../migrate/heads.ts';
import { type Lineage, readLineage } from '../../migrate/lineage.ts';
import { ledgerMatch, matchRevisions } from '../../migrate/match-revisions.ts';
import type { Migrator } from '../../migrate/migrator.ts';
import { isPossibleOrder } from '../../migrate/possible-order.ts';
import { readMigrations } from '../../migrate/read-migrations.ts';
import { adapterOf } from '../../migrate/tools/adapters.ts';
import type { Provided } from '../phases/provision.ts';
import type { RehearseRequest } from '../request.ts';
import { report } from '../run.ts';
import { withSession } from '../with-session.ts';
import { askWhere, isGoverned } from './ask-where.ts';
import { changedSomething } from './changed-something.ts';
import { ledgerOrder } from './ledger-order.ts';
import { firstOfRowsOnly } from './rows-only.ts';

/** The clone on which the migrations have just run, and what was seen of it. */
export interface JustApplied {
  readonly clone: HostedClone;
  readonly migrator: Migrator;
  /** What our own runner said; empty where the team's tool ran. */
  readonly statements: readonly StatementRecord[];
  readonly recording: Recording | undefined;
  /** Our own runner has run each of them, whatever became of the ledger's rows. */
  readonly ranByUs: boolean;
}

/**
 * Holds what was applied against what was to be applied: by the ledger before and after, by the order in which it was written, by the files as they are
 * now, and where the team asks for it by the tool's own word. Tells nothing where there is no ledger whose rows say what is applied.
 *
 * @returns how many revisions were applied, where that is known
 */
export async function tellApplied(
  context: Context,
  request: RehearseRequest,
  { migrations }: Provided,
  line: Lineage,
  just: JustApplied,
): Promise<number | undefined> {
  if (line.from !== 'ledger' || line.ledger === undefined) return undefined;
  const { settings, folder } = request;
  const { ledger } = line;
  const planned = settings.lineage.expectedPending ?? line.pending.map(({ revision }) => revision).filter((revision) => !line.skipped.includes(revision));
  const now = await readMigrations(settings.migrate, folder);
  const files = now.ok ? now.value : migrations;
  const after = await withSession(context, just.clone.admin, (session) => readLineage(session, settings.migrate, files));
  const was = new Set(line.applied);
  const applied = after.ok ? after.value.applied : [];
  const recorded = applied.filter((revision) => !was.has(revision));
  const match = settings.migrate.ledger !== undefined && 'match' in settings.migrate.ledger ? settings.migrate.ledger.match : 'any';
  const find = matchRevisions(files, ledgerMatch(ledger, match));
  const writes = { table: ledger.name, find: (value: string) => find(value)?.revision };
  const order = orderOfRunner(just.statements, recorded) ?? ledgerOrder(just.recording, writes, recorded);
  // Where nobody has named an order, each in which a tool may take branches is as good.
  const isFree = settings.lineage.expectedPending === undefined && order?.length === planned.length && isPossibleOrder(files, order);
  const expected = isFree && planned.every((revision) => order.includes(revision)) ? order : planned;
  const applyReport = { expected, recorded, ...(order === undefined ? {} : { order }), heads: headsOf(files), current: appliedEnds(files, applied) };
  const ask = (about: 'current' | 'heads') => askWhere(context, request, files, just.migrator.address, { about, moment: 'after-migrate', phase: 'migrate' });
  const governed = isGoverned(settings);
  const told = governed ? await ask('current') : undefined;
  if (governed) await ask('heads');
  context.emit({ type: 'history-applied', report: applyReport });
  const hashes = new Map(files.map(({ revision, sha256 }) => [revision, sha256]));
  // Of some tools, what has no file any more stands in one that is written anew; what has no way up changes nothing.
  const rewritten = migrations.filter(({ revision, sha256, up }) => up !== '' && hashes.has(revision) && hashes.get(revision) !== sha256);
  const own = new Set([
    ledger.name,
    `${ledger.name}_lock`,
    ...(adapterOf(settings.migrate)?.sideTables ?? []).map((name) => name.slice(name.lastIndexOf('.') + 1)),
  ]);
  const seen = just.ranByUs ? undefined : just.recording;
  const unreadable = after.ok ? (now.ok ? undefined : now.failure.message) : after.failure.message;
  report(
    context,
    judgeApplied({
      report: applyReport,
      ledger: ledger.sqlName,
      unreadable,
      ranByUs: just.ranByUs,
      rewritten: rewritten.map(({ revision }) => revision),
      twice: after.ok ? after.value.repeated.filter((revision) => !line.repeated.includes(revision)) : [],
      refusals: after.ok ? after.value.refusals : [],
      rowsOnly: settings.anchor === undefined ? [] : firstOfRowsOnly(just.recording, writes, order ?? recorded),
      changedNothing: seen !== undefined && recorded.length > 0 && !changedSomething(seen, own),
      stillPending: after.ok ? after.value.pending.map(({ revision }) => revision).filter((revision) => !line.skipped.includes(revision)) : [],
      unknown: after.ok ? after.value.unknown : [],
      expectedHead: settings.lineage.expectedHead,
      allowSeveralHeads: settings.lineage.allowSeveralHeads,
      // Only of a ledger of heads is known that `current` names these and nothing else.
      told: ledger.shape === 'head' ? told : undefined,
    }),
  );
  return after.ok ? recorded.length : undefined;
}

/** Our own runner says of each statement whose it is. */
function orderOfRunner(statements: readonly StatementRecord[], recorded: readonly string[]): readonly string[] | undefined {
  const ran = [...new Set(statements.map(({ migration }) => migration))].filter((revision) => recorded.includes(revision));
  return recorded.length > 0 && ran.length === recorded.length ? ran : undefined;
}
