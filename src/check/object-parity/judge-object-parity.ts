import type { CheckOutcome } from '../../core/check-outcome.ts';
import { type Finding, findingId } from '../../core/finding.ts';
import type { ObjectsReport, UnsyncedObject } from '../../core/objects-report.ts';
import type { RootCause } from '../../core/root-cause.ts';
import { conclude } from '../conclude.ts';
import { showCount } from '../show-count.ts';
import { objectParity } from './about.ts';

/** Objects that a finding names. */
const named = 5;

/**
 * Whether staging's bucket is production's, as the last listing of both found it. Pure.
 *
 * Objects that only size and age speak for pass, and the gate says so; a job that somebody still has to start leaves it open.
 */
export function judgeObjectParity(report: ObjectsReport, startedAt = performance.now()): CheckOutcome {
  const { verified, unsynced, unsyncedCount, plan, deleted } = report;
  const findings: Finding[] = [...byCode(unsynced)].map(([code, objects]) => toFinding(code, objects, unsyncedCount > unsynced.length));
  if (report.way === 'batch-job') findings.push(waiting(report));
  if (plan.surplus.objects > 0 && !plan.surplus.asked) findings.push(surplus(report));
  const compared = verified?.objects ?? 0;
  const by = verified?.by ?? { etag: 0, checksum: 0, time: 0 };
  const outcome = conclude({
    ...{ gate: 'object-parity', phase: objectParity.phase, required: true, startedAt, findings },
    couldFail: compared > 0,
    proof:
      compared === 0
        ? 'no object was compared'
        : `both buckets were listed again: ${showCount(compared, 'object')} compared, ${by.etag.toLocaleString('en')} by ETag, ${by.checksum.toLocaleString('en')} by checksum, ${by.time.toLocaleString('en')} by size and age`,
    summary:
      unsyncedCount > 0
        ? `${showCount(unsyncedCount, 'object')} of production’s bucket ${unsyncedCount === 1 ? 'isn’t' : 'aren’t'} on staging as in production.`
        : report.way === 'batch-job'
          ? 'The objects wait for a job of S3 Batch Operations.'
          : `Staging’s bucket has all of ${showCount(compared, 'object')}: ${report.copied.objects.toLocaleString('en')} copied, ${deleted.objects.toLocaleString('en')} deleted.`,
  });
  if (by.time === 0) return outcome;
  return { ...outcome, gate: { ...outcome.gate, weakenedBy: `of ${showCount(by.time, 'object')} only size and age could be compared` } };
}

function byCode(unsynced: readonly UnsyncedObject[]): ReadonlyMap<string, readonly UnsyncedObject[]> {
  return Map.groupBy(unsynced, ({ code }) => code);
}

const causes: Readonly<Record<string, RootCause>> = { AccessDenied: 'privileges', NoAnswer: 'connection' };

function toFinding(code: string, objects: readonly UnsyncedObject[], more: boolean): Finding {
  const object = { kind: 'objects', name: code };
  const [first] = objects;
  return {
    ...{ id: findingId('object-parity', object), check: 'object-parity', phase: objectParity.phase, severity: 'blocker', object },
    rootCause: code.startsWith('KMS.') ? 'kms' : (causes[code] ?? 'data-volume'),
    title: `${more ? 'At least ' : ''}${showCount(objects.length, 'object')} of production ${objects.length === 1 ? 'isn’t' : 'aren’t'} on staging: ${first?.reason ?? code}`,
    detail: objects
      .slice(0, named)
      .map(({ key, reason }) => `${JSON.stringify(key)}: ${reason}`)
      .concat(objects.length > named ? [`and ${objects.length - named} more in objects-manifest.jsonl`] : [])
      .join('\n'),
    cure: cures[code] ?? objectParity.cure,
    artifacts: ['objects-manifest.jsonl'],
  };
}

const cures: Readonly<Record<string, string>> = {
  AccessDenied: 'Grant s3:GetObject on them to production’s identity and s3:PutObject to staging’s, and the use of the KMS key where there is one.',
  archived: 'Restore them first (`aws s3api restore-object`), or leave them out with sync.objects.exclude.',
  changed: 'Run again when they are written less: what was copied isn’t copied again.',
  UnreadableMetadata: 'Let S3 copy them by itself (sync.objects.way: server-side), which carries all metadata.',
  'too-large': 'Copy them apart: raise sync.objects.batchAbove and leave the others out.',
};

function waiting({ plan }: ObjectsReport): Finding {
  const object = { kind: 'job', name: 'S3 Batch Operations' };
  const { absent, size, content, headers } = plan.copy;
  const count = absent.objects + size.objects + content.objects + headers.objects;
  return {
    ...{ id: findingId('object-parity', object), check: 'object-parity', phase: objectParity.phase, severity: 'doubt', rootCause: 'data-volume', object },
    title: `${showCount(count, 'object')} are more than sync.objects.batchAbove: a job for S3 Batch Operations was written, and nothing copied`,
    cure: 'Run objects-batch-commands.sh in the run’s folder, confirm the job, and sync again when it has ended: that compares everything.',
    artifacts: ['objects-batch-job.json', 'objects-batch-commands.sh'],
  };
}

function surplus({ plan }: ObjectsReport): Finding {
  const object = { kind: 'objects', name: 'only on staging' };
  return {
    ...{ id: findingId('object-parity', object), check: 'object-parity', phase: objectParity.phase, severity: 'note', rootCause: 'data-volume', object },
    title: `Staging has ${showCount(plan.surplus.objects, 'object')} that production lacks; they stay`,
    detail: plan.examples.surplus.slice(0, named).join('\n'),
    cure: 'Set sync.objects.delete where they are to go; `--dry-run` shows them first.',
  };
}
