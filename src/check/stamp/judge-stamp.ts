import type { CheckOutcome } from '../../core/check-outcome.ts';
import { type Finding, findingId } from '../../core/finding.ts';
import type { StampReport } from '../../core/lineage.ts';
import { conclude } from '../conclude.ts';
import { showCount } from '../show-count.ts';
import { stampCheck } from './about.ts';

/** What the tool itself says of where the database is after the stamp. */
export interface ToolSays {
  /** False: it could not be asked. */
  readonly ok: boolean;
  readonly revisions: readonly string[];
  readonly text: string;
}

/** Did the stamp write the list of applied migrations and nothing else, and is the database at the anchor now? */
export function judgeStamp(report: StampReport, told: ToolSays | undefined): CheckOutcome {
  const startedAt = performance.now();
  const findings = [...ofSchema(report), ...ofRows(report), ...ofCurrent(report, told)];
  return conclude({
    gate: 'stamp',
    phase: 'lineage',
    required: true,
    couldFail: report.objects > 0 && report.tables > 0,
    proof:
      `all facts of ${showCount(report.objects, 'object')} hashed before and after; counters and files of ${showCount(report.tables, 'table')} compared; ` +
      `the ledger read back${told === undefined ? '' : ', and the tool asked'}`,
    summary: findings[0]?.title ?? `Stamped with ${report.revision}: only ${report.ledger.join(', ')} was written, and no schema changed.`,
    findings,
    startedAt,
  });
}

function ofSchema({ schemaBefore, schemaAfter, changed, revision }: StampReport): readonly Finding[] {
  if (schemaBefore === schemaAfter) return [];
  return [
    finding({ kind: 'schema', name: 'all' }, 'structural-parity', 'blocker', {
      title: `Stamping with ${revision} changed the schema: ${changed.length === 0 ? 'its fingerprint is another one' : changed.join(', ')}.`,
      expected: schemaBefore,
      actual: schemaAfter,
    }),
  ];
}

function ofRows({ written, countersProblem }: StampReport): readonly Finding[] {
  return [
    ...written.map((table) =>
      finding({ kind: 'table', name: table }, 'data-volume', 'blocker', { title: `Stamping wrote to ${table}, and may write to the ledger only.` }),
    ),
    ...(countersProblem === undefined
      ? []
      : [
          finding({ kind: 'schema', name: 'rows' }, 'environment', 'doubt', {
            title: `Whether stamping wrote rows of other tables is not known: ${countersProblem}.`,
          }),
        ]),
  ];
}

function ofCurrent({ revision, recorded, pending, applied, planned }: StampReport, told: ToolSays | undefined): readonly Finding[] {
  const object = { kind: 'revision', name: revision };
  const findings: Finding[] = [];
  if (!recorded.includes(revision)) {
    findings.push(
      finding(object, 'dependency-order', 'blocker', {
        title: `After the stamp the ledger names ${recorded.length === 0 ? 'nothing' : recorded.join(', ')}, and not ${revision}.`,
        expected: revision,
        actual: recorded.join(', '),
      }),
    );
  } else if (told !== undefined && !(told.ok && told.revisions.includes(revision))) {
    findings.push(
      finding(object, 'dependency-order', told.ok ? 'blocker' : 'doubt', {
        title: told.ok
          ? `After the stamp the tool says that the database is at ${told.revisions.length === 0 ? 'no revision' : told.revisions.join(', ')}, and not at ${revision}.`
          : `The tool could not say where the database is after the stamp.`,
        detail: told.text,
      }),
    );
  }
  // A row too many is a migration that no deploy will ever run.
  const more = planned === undefined ? [] : applied.filter((one) => !planned.includes(one));
  const less = planned === undefined || !recorded.includes(revision) ? [] : planned.filter((one) => !applied.includes(one));
  if (more.length + less.length > 0) {
    const parts = [
      ...(more.length === 0 ? [] : [`${more.join(', ')} ${more.length === 1 ? 'counts' : 'count'} as applied, and ${revision} doesn’t rest on it`]),
      ...(less.length === 0 ? [] : [`${less.join(', ')} ${less.length === 1 ? 'doesn’t' : 'don’t'} count as applied, and ${revision} rests on it`]),
    ];
    findings.push(
      finding({ kind: 'history', name: 'applied' }, 'dependency-order', 'blocker', {
        title: `After the stamp with ${revision}: ${parts.join('; ')}.`,
        expected: planned?.join(', ') ?? '',
        actual: applied.join(', '),
      }),
    );
  }
  if (pending.length === 0) {
    findings.push(
      finding({ kind: 'history', name: 'pending' }, 'dependency-order', 'doubt', { title: `Stamping with ${revision} leaves nothing to rehearse.` }),
    );
  }
  return findings;
}

function finding(
  object: Finding['object'],
  rootCause: Finding['rootCause'],
  severity: Finding['severity'],
  told: Pick<Finding, 'title'> & Partial<Pick<Finding, 'detail' | 'expected' | 'actual'>>,
): Finding {
  return {
    id: findingId(stampCheck.check, object),
    check: stampCheck.check,
    phase: stampCheck.phase,
    severity,
    rootCause,
    object,
    cure: stampCheck.cure,
    ...told,
  };
}
