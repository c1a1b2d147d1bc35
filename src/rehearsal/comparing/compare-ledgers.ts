import type { Settings } from '../../config/schema.ts';
import type { CheckOutcome } from '../../core/check-outcome.ts';
import { type Finding, findingId } from '../../core/finding.ts';
import type { Migration } from '../../core/migration.ts';
import type { Context } from '../../core/ports.ts';
import type { Address } from '../../core/server.ts';
import { readLineage } from '../../migrate/lineage.ts';
import type { Baseline } from '../baseline-for-run.ts';
import { withSession } from '../with-session.ts';

/** What is needed of a baseline: where it is, and whether its list of applied migrations was written. */
interface LedgerOfBaseline {
  readonly clone: Pick<Baseline['clone'], 'admin'>;
  readonly outcome: Pick<Baseline['outcome'], 'ledger'>;
}

/**
 * Do both lists of applied migrations name the same ones? The table is compared as schema; of its rows only which migrations they record, in whatever
 * order: when and by whom they ran differs with every run. Undefined where there is nothing to compare: no list, or one that the baseline doesn't have.
 */
export async function compareLedgers(
  context: Context,
  settings: Settings['migrate'],
  migrations: readonly Migration[],
  { clone, baseline }: { readonly clone: Address; readonly baseline: LedgerOfBaseline },
): Promise<CheckOutcome | undefined> {
  const { ledger } = settings;
  if (ledger === undefined || baseline.outcome.ledger !== 'marked') return undefined;
  const startedAt = performance.now();
  const [left, right] = [await recorded(context, settings, migrations, clone), await recorded(context, settings, migrations, baseline.clone.admin)];
  if (left === undefined || right === undefined) return undefined;
  const object = { kind: 'table', name: ledger.table };
  const finding = (revision: string, expected: string, actual: string, title: string): Finding => ({
    id: findingId('ledger-rows', object, revision),
    check: 'ledger-rows',
    phase: 'schema-gate',
    severity: 'blocker',
    rootCause: 'structural-parity',
    object,
    title,
    expected,
    actual,
    cure: 'Make the migrations record what they apply, or correct what the baseline counts as applied.',
  });
  const findings = [
    ...right
      .filter((one) => !left.includes(one))
      .map((one) => finding(one, 'recorded', 'not recorded', `${one} is not recorded in ${ledger.table} of the clone.`)),
    ...left
      .filter((one) => !right.includes(one))
      .map((one) => finding(one, 'not recorded', 'recorded', `${one} is recorded in ${ledger.table} of the clone only.`)),
  ];
  const compared = new Set([...left, ...right]).size;
  return {
    findings,
    gate: {
      gate: 'ledger-rows',
      phase: 'schema-gate',
      required: true,
      outcome: findings.length > 0 ? 'failed' : compared > 0 ? 'passed' : 'inconclusive',
      couldFail: compared > 0,
      proof: `${compared} recorded migrations compared, in whatever order`,
      summary:
        findings.length === 0
          ? `${ledger.table} records the same ${compared} migrations on both sides.`
          : `${ledger.table} records other migrations than the baseline’s.`,
      findingIds: findings.map(({ id }) => id),
      durationMs: Math.round(performance.now() - startedAt),
    },
  };
}

/** Revisions; undefined where the list can't be read as one. */
async function recorded(
  context: Context,
  settings: Settings['migrate'],
  migrations: readonly Migration[],
  address: Address,
): Promise<readonly string[] | undefined> {
  const read = await withSession(context, address, (session) => readLineage(session, settings, migrations));
  if (!read.ok || read.value.from === 'unknown') return undefined;
  return [...read.value.applied, ...read.value.unknown].sort();
}
