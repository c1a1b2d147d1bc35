import type { Finding } from '../../core/finding.ts';
import { ofHistory, ofRevision } from './lineage-finding.ts';
import type { ApprovedHistory, LineageInput } from './lineage-input.ts';

/**
 * What production has applied must be the very files that were approved, in the same order. A pending file that is another one than in the approved run is
 * told and fails nothing: what is deployed is approved by the evidence of this run.
 */
export function againstApproved({ migrations, applied }: LineageInput, approved: ApprovedHistory): readonly Finding[] {
  const today = new Map(migrations.map((one) => [one.revision, one]));
  const isApplied = new Set(applied);
  if (!approved.migrations.some(({ revision }) => today.has(revision))) return [strange(approved)];
  const findings: Finding[] = [];
  for (const was of approved.migrations) {
    const is = today.get(was.revision);
    if (is === undefined) {
      findings.push(
        ofRevision(was.revision, 'missing', 'history-edited', {
          severity: 'blocker',
          title: `${was.revision} was in the history of ${approved.label}, and is in the repo no more.`,
          expected: `${was.file}, SHA-256 ${was.sha256}`,
          actual: 'no such revision',
          cure: 'Restore the file: what was applied or approved is never taken out of a history.',
          place: { file: was.file },
        }),
      );
    } else if (is.sha256 !== was.sha256) {
      const edited = isApplied.has(was.revision);
      findings.push(
        ofRevision(was.revision, 'edited', 'history-edited', {
          severity: edited ? 'blocker' : 'warning',
          title: edited
            ? `${was.revision} was edited after it was applied: it isn’t the file of ${approved.label}.`
            : `${was.revision} is pending, and not the file that ${approved.label} rehearsed.`,
          expected: `SHA-256 ${was.sha256}`,
          actual: `SHA-256 ${is.sha256}`,
          cure: edited ? 'Restore the file as it was applied, and put the change into a new migration.' : 'Have this run’s evidence approved instead.',
          place: { file: is.file },
        }),
      );
    }
  }
  return [...findings, ...reordered(migrations, isApplied, approved)];
}

/** Of another project, or of another folder of it: nothing that is applied here was approved there. */
function strange({ label, migrations }: ApprovedHistory): Finding {
  return ofHistory('approved', 'history-edited', {
    severity: 'blocker',
    title: `The history of ${label} is another one: none of its ${migrations.length} revisions is in the repo.`,
    cure: 'Name a run of this project in lineage.approvedEvidence.',
  });
}

/** The first applied revision that comes at another place among those which both histories have. */
function reordered(migrations: LineageInput['migrations'], applied: ReadonlySet<string>, approved: ApprovedHistory): readonly Finding[] {
  const both = new Set(approved.migrations.map(({ revision }) => revision));
  const isCommon = (revision: string) => both.has(revision) && applied.has(revision);
  const now = migrations.map(({ revision }) => revision).filter(isCommon);
  const here = new Set(now);
  const then = approved.migrations.map(({ revision }) => revision).filter((revision) => here.has(revision));
  const at = now.findIndex((revision, place) => revision !== then[place]);
  const [moved, expected] = [now[at], then[at]];
  if (moved === undefined || expected === undefined) return [];
  return [
    ofRevision(moved, 'order', 'history-edited', {
      severity: 'blocker',
      title: `${moved} has another place in the history than in ${approved.label}: there it was ${expected}’s.`,
      expected: then.join(', '),
      actual: now.join(', '),
      cure: 'Give the files their old names, or what they follow their old values.',
    }),
  ];
}
