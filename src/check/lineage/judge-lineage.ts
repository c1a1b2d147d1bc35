import type { CheckOutcome } from '../../core/check-outcome.ts';
import type { Finding } from '../../core/finding.ts';
import { conclude } from '../conclude.ts';
import { showCount } from '../show-count.ts';
import { againstApproved } from './against-approved.ts';
import { ofHistory, ofRevision, showRevisions } from './lineage-finding.ts';
import type { LineageInput } from './lineage-input.ts';

/** Is production's history the repo's, and is pending what is expected? */
export function judgeLineage(input: LineageInput): CheckOutcome {
  const startedAt = performance.now();
  const { applied, pending, approved, expectedPending, from } = input;
  const known = from === 'ledger' || from === 'appliedThrough';
  const findings = [...ofLedger(input), ...(approved === undefined ? [] : againstApproved(input, approved)), ...againstExpected(input, known)];
  // What was told and not asked can't be otherwise; an empty ledger names nothing that the repo could lack.
  const recorded = from === 'ledger' ? applied.length + input.unknown.length + input.unfinished.length : 0;
  const couldFail = recorded > 0 || (known && (expectedPending !== undefined || approved !== undefined));
  const asked = expectedPending !== undefined || approved !== undefined;
  const strangers = approved === undefined ? 0 : applied.filter((revision) => !approved.migrations.some((was) => was.revision === revision)).length;
  const editsUnseen = recorded > 0 && !input.checksums && (approved === undefined || strangers > 0);
  return conclude({
    gate: 'lineage',
    phase: 'lineage',
    // A first deploy has nothing that could be held against the repo, and is none the worse for it.
    required: couldFail || asked,
    couldFail,
    notApplicable: !couldFail && !asked,
    proof: `${proofOf(input, recorded)}${strangers === 0 ? '' : `; ${showCount(strangers, 'applied revision')} came after ${approved?.label}, which says nothing of ${strangers === 1 ? 'it' : 'them'}`}${editsUnseen ? '; the ledger holds no checksums, so edits of applied files can’t be seen' : ''}`,
    summary:
      findings.find(({ severity }) => severity === 'blocker' || severity === 'doubt')?.title ??
      (known
        ? `${showCount(applied.length, 'revision')} applied and known to the repo; pending: ${showRevisions(pending)}.`
        : 'Only the migration tool itself knows what is pending.'),
    findings,
    startedAt,
  });
}

function proofOf({ ledger, checksums, approved, expectedPending }: LineageInput, recorded: number): string {
  const parts = [
    ...(recorded === 0
      ? []
      : [`${showCount(recorded, 'recorded revision')} of ${ledger ?? 'the ledger'} looked up in the repo${checksums ? ', with checksums' : ''}`]),
    ...(approved === undefined ? [] : [`${showCount(approved.migrations.length, 'file')} held against the hashes of ${approved.label}`]),
    ...(expectedPending === undefined ? [] : [`what is pending held against ${showCount(expectedPending.length, 'expected revision')}`]),
  ];
  return parts.length === 0 ? 'nothing names what production has applied' : parts.join('; ');
}

function ofLedger({ unknown, edited, unfinished, outOfOrder, skipped, migrations, ledger, repeated = [], seenOtherwise }: LineageInput): readonly Finding[] {
  const fileOf = (revision: string) => migrations.find((one) => one.revision === revision)?.file;
  const placeOf = (revision: string) => (fileOf(revision) === undefined ? {} : { place: { file: fileOf(revision) ?? '' } });
  return [
    ...unknown.map((revision) =>
      ofRevision(revision, 'unknown', 'history-edited', {
        severity: 'doubt',
        title: `${ledger ?? 'The ledger'} names ${revision}, which the repo doesn’t have.`,
        cure: 'Check out the commit that production runs, or restore the file.',
      }),
    ),
    ...edited.map((revision) =>
      ofRevision(revision, 'edited', 'history-edited', {
        severity: 'blocker',
        title: `${revision} was edited after it ran in production: its checksum isn’t the one in ${ledger ?? 'the ledger'}.`,
        cure: 'Restore the file as it was applied, and put the change into a new migration.',
        ...placeOf(revision),
      }),
    ),
    ...unfinished.map((revision) =>
      ofRevision(revision, 'unfinished', 'sql-error', {
        severity: 'blocker',
        title: `${ledger ?? 'The ledger'} says that ${revision} began and never ended.`,
        cure: 'Resolve it with the migration tool first; most tools refuse to go on.',
      }),
    ),
    ...repeated.map((revision) =>
      ofRevision(revision, 'repeated', 'history-edited', {
        severity: 'warning',
        title: `${ledger ?? 'The ledger'} names ${revision} more than once: it may have been applied twice in production.`,
        cure: 'Find out whether it was, and delete the rows that are too many.',
        ...placeOf(revision),
      }),
    ),
    ...(seenOtherwise === undefined
      ? []
      : [
          ofHistory('seen-otherwise', 'privileges', {
            severity: 'doubt',
            title: `What is pending for the migrator is not known: ${seenOtherwise}.`,
            cure: 'Grant select on the ledger to the migrator, and take row level security off it; or rehearse with the tool itself.',
          }),
        ]),
    ...outOfOrder.map((revision) =>
      ofRevision(revision, 'order', 'dependency-order', {
        severity: 'warning',
        title: `${revision} is pending, and older than a revision that is applied.`,
        detail: 'On a database that is built from nothing it runs at another place than in production.',
        cure: 'Give it a number behind the newest applied one, unless the order makes no difference.',
        ...placeOf(revision),
      }),
    ),
    ...skipped.map((revision) =>
      ofRevision(revision, 'skipped', 'dependency-order', {
        // A deploy that says it went well, and left a migration out.
        severity: 'blocker',
        title: `${revision} is not applied, and the tool will pass over it in silence.`,
        cure: 'Give it a place behind the newest applied one.',
        ...placeOf(revision),
      }),
    ),
  ];
}

function againstExpected({ expectedPending, pending, skipped, from }: LineageInput, known: boolean): readonly Finding[] {
  if (expectedPending === undefined) return [];
  if (!known) {
    return [
      ofHistory('pending', 'dependency-order', {
        severity: 'doubt',
        title: `lineage.expectedPending can’t be held against anything: ${from === 'unknown' ? 'no ledger is configured' : 'the ledger names a head only'}.`,
        cure: 'Set migrate.tool to the tool that is used, so that its history is understood.',
      }),
    ];
  }
  const runs = pending.filter((revision) => !skipped.includes(revision));
  if (same(runs, expectedPending)) return [];
  const more = runs.filter((revision) => !expectedPending.includes(revision));
  const less = expectedPending.filter((revision) => !runs.includes(revision));
  const parts = [
    ...(more.length === 0 ? [] : [`${showRevisions(more)} ${more.length === 1 ? 'is' : 'are'} pending and not expected`]),
    ...(less.length === 0 ? [] : [`${showRevisions(less)} ${less.length === 1 ? 'is' : 'are'} expected and not pending`]),
  ];
  return [
    ofHistory('pending', 'dependency-order', {
      severity: 'blocker',
      title: parts.length === 0 ? 'What is pending would run in another order than expected.' : `${parts.join('; ')}.`,
      expected: showRevisions(expectedPending),
      actual: showRevisions(runs),
      cure: 'Check out the commit that is to be deployed, or correct lineage.expectedPending.',
    }),
  ];
}

export function same(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((one, at) => one === right[at]);
}
