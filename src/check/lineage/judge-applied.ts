import type { CheckOutcome } from '../../core/check-outcome.ts';
import type { Failure } from '../../core/failure.ts';
import type { Finding } from '../../core/finding.ts';
import type { AppliedReport } from '../../core/lineage.ts';
import { conclude } from '../conclude.ts';
import { showCount } from '../show-count.ts';
import { same } from './judge-lineage.ts';
import { ofHistory, ofRevision, showRevisions } from './lineage-finding.ts';

export interface AppliedInput {
  readonly report: AppliedReport;
  readonly ledger: string;
  /** Why the ledger could not be read afterwards; absent where it could. */
  readonly unreadable?: string | undefined;
  /** We ran the statements ourselves: a row that is missing then is one that we could not write, and the tool might. */
  readonly ranByUs?: boolean;
  /** What is still pending, without what the tool is known to pass over. */
  readonly stillPending: readonly string[];
  /** What the ledger names now, and the repo doesn't have. */
  readonly unknown: readonly string[];
  /** Revisions whose files are other ones than when the run began. */
  readonly rewritten?: readonly string[];
  /** Revisions that the ledger names several times now, and didn’t before. */
  readonly twice?: readonly string[];
  /** What the migration tool would stop at now. */
  readonly refusals?: readonly Pick<Failure, 'message' | 'cure'>[];
  /** After an anchor: the first ones, which changed rows only. */
  readonly rowsOnly?: readonly string[];
  /** Nothing but the tool’s own tables was seen to be changed. False also where nobody looked. */
  readonly changedNothing?: boolean;
  readonly expectedHead?: string | undefined;
  readonly allowSeveralHeads?: string | undefined;
  /** What the migration tool itself says of where the database is now; absent where it wasn't asked. */
  readonly told?: { readonly ok: boolean; readonly revisions: readonly string[]; readonly text: string } | undefined;
}

/** Was applied what was to be applied, in that order, and is the history now at its one head? */
export function judgeApplied(input: AppliedInput): CheckOutcome {
  const startedAt = performance.now();
  const { report, ledger, unreadable } = input;
  const findings = unreadable === undefined ? [...ofRevisions(input), ...ofOrder(input), ...ofHeads(input), ...ofTool(input)] : [unread(ledger, unreadable)];
  const ordered = report.order === undefined ? 'the order in which they were written was not seen' : 'in the order in which they were written';
  return conclude({
    gate: 'lineage-applied',
    phase: 'migrate',
    required: true,
    couldFail: unreadable === undefined && report.expected.length > 0,
    proof: `${ledger} read before and after: ${showCount(report.recorded.length, 'revision')} more, held against ${showCount(report.expected.length, 'expected one')}; ${ordered}`,
    summary:
      findings.find(({ severity }) => severity === 'blocker' || severity === 'doubt')?.title ??
      `Applied as expected: ${showRevisions(report.order ?? report.recorded)}; now at ${showRevisions(report.current)}.`,
    findings,
    startedAt,
  });
}

function unread(ledger: string, why: string): Finding {
  return ofHistory('applied', 'dependency-order', {
    ...{ phase: 'migrate', severity: 'doubt' },
    title: `What was applied is not known: ${ledger} can’t be read after the migrations: ${why}`,
  });
}

function ofRevisions({ report: { expected, recorded }, ledger, unknown, stillPending, ranByUs }: AppliedInput): readonly Finding[] {
  const missing = new Set([...expected.filter((revision) => !recorded.includes(revision)), ...stillPending]);
  return [
    ...[...missing].map((revision) =>
      ofRevision(revision, 'not-applied', 'dependency-order', {
        ...{ phase: 'migrate', severity: ranByUs === true ? 'warning' : 'blocker' },
        title:
          ranByUs === true
            ? `${revision} was run, and could not be recorded in ${ledger}.`
            : `${revision} was to be applied, and ${ledger} doesn’t name it after the migrations.`,
        cure:
          ranByUs === true
            ? 'Rehearse with the tool itself (migrate.run: "tool"), or give the migrator the right to write there.'
            : 'Look at the migration command: it ended without an error and left this revision out.',
      }),
    ),
    ...recorded
      .filter((revision) => !expected.includes(revision))
      .map((revision) =>
        ofRevision(revision, 'not-expected', 'dependency-order', {
          ...{ phase: 'migrate', severity: 'blocker' },
          title: `${revision} was applied in this run, and nobody expected it.`,
          cure: 'Take it out of this deploy, or expect it.',
        }),
      ),
    ...unknown.map((revision) =>
      ofRevision(revision, 'unknown', 'history-edited', {
        ...{ phase: 'migrate', severity: 'blocker' },
        title: `After the migrations ${ledger} names ${revision}, which the repo doesn’t have.`,
        cure: 'Find out which files the migration command reads: they aren’t those of the repo.',
      }),
    ),
  ];
}

/** What no list of revisions shows: files that were written anew meanwhile, a second run of one, and what the next deploy would stop at. */
function ofTool({
  report: { recorded },
  ledger,
  rewritten = [],
  twice = [],
  refusals = [],
  rowsOnly = [],
  changedNothing = false,
}: AppliedInput): readonly Finding[] {
  const named = showRevisions(recorded);
  return [
    ...rewritten.map((revision) =>
      ofRevision(revision, 'rewritten', 'history-edited', {
        ...{ phase: 'migrate', severity: 'doubt' },
        title: `The file of ${revision} was written anew while the migrations ran: which of the two ran isn’t known.`,
        cure: 'Find out who writes migration files during a deploy: a build step, or somebody at work here. Then rehearse again.',
      }),
    ),
    ...twice.map((revision) =>
      ofRevision(revision, 'twice', 'dependency-order', {
        ...{ phase: 'migrate', severity: 'blocker' },
        title: `${ledger} names ${revision} more than once after the migrations: it was applied again.`,
        cure: 'Look at the migration command: two of its processes may run at once, or it is started twice.',
      }),
    ),
    ...refusals.map(({ message, cure }, at) =>
      ofHistory(at === 0 ? 'refused' : `refused ${at + 1}`, 'dependency-order', {
        ...{ phase: 'migrate', severity: 'blocker' },
        title: `After the migrations the next deploy would stop: ${message}`,
        cure,
      }),
    ),
    ...rowsOnly.map((revision) =>
      ofRevision(revision, 'rows-only', 'data-volume', {
        ...{ phase: 'migrate', severity: 'warning' },
        title: `${revision} follows the anchor and changed rows only: from its structure nobody can see whether production has had it already.`,
        cure: 'Ask whoever migrated production. Where it has had it, the anchor is too early, and the deploy would change the rows twice.',
      }),
    ),
    ...(changedNothing
      ? [
          ofHistory('nothing-changed', 'dependency-order', {
            ...{ phase: 'migrate', severity: 'doubt' },
            title: `${named} ${recorded.length === 1 ? 'was' : 'were'} recorded, and nothing but ${ledger} was changed on the clone.`,
            detail:
              'Either these migrations do nothing, and then nothing was rehearsed, or what they do went to another database than the one that was given to the tool.',
            cure: 'Have the migrations use the connection that the tool gives them, which it gets by DATABASE_URL and the PG* variables.',
          }),
        ]
      : []),
  ];
}

function ofOrder({ report: { expected, recorded, order } }: AppliedInput): readonly Finding[] {
  if (order === undefined || recorded.length !== expected.length || order.length !== expected.length || same(order, expected)) return [];
  return [
    ofHistory('applied', 'dependency-order', {
      ...{ phase: 'migrate', severity: 'blocker' },
      title: 'The migrations ran in another order than expected.',
      expected: showRevisions(expected),
      actual: showRevisions(order),
      cure: 'Say in each revision which one it follows, or correct lineage.expectedPending.',
    }),
  ];
}

function ofHeads({ report: { heads, current, expected, recorded }, expectedHead, allowSeveralHeads, told, ranByUs }: AppliedInput): readonly Finding[] {
  const findings: Finding[] = [];
  // Where rows could not be written, the ledger says nothing of where the clone is.
  const unwritten = ranByUs === true && expected.some((revision) => !recorded.includes(revision));
  if (heads.length > 1 && allowSeveralHeads === undefined) {
    findings.push(
      ofHistory('heads', 'multiple-heads', {
        ...{ phase: 'migrate', severity: 'blocker' },
        title: `After the migrations the history has ${heads.length} heads: ${showRevisions(heads)}.`,
        cure: 'Find out who writes files while migrations run.',
      }),
    );
  }
  const wanted = expectedHead === undefined ? heads : [expectedHead];
  if (unwritten) return findings;
  if (!same([...current].sort(), [...wanted].sort())) {
    findings.push(
      ofHistory('current', 'dependency-order', {
        ...{ phase: 'migrate', severity: 'blocker' },
        title: `The clone is at ${showRevisions(current)} after the migrations, and not at ${showRevisions(wanted)}.`,
        expected: showRevisions(wanted),
        actual: showRevisions(current),
        cure: 'Look at the migration command: it stopped before the head, or went elsewhere.',
      }),
    );
  } else if (told !== undefined && !(told.ok && same([...told.revisions].sort(), [...current].sort()))) {
    findings.push(
      ofHistory('current', 'dependency-order', {
        ...{ phase: 'migrate', severity: told.ok ? 'blocker' : 'doubt' },
        title: told.ok
          ? `The tool says that the clone is at ${showRevisions(told.revisions)}, and its ledger says ${showRevisions(current)}.`
          : 'The tool could not say where the clone is after the migrations.',
        detail: told.text,
        cure: 'Run the tool’s own command against a clone (`pgrehearse load`, `pgrehearse exec`) and read what it says.',
      }),
    );
  }
  return findings;
}
