import type { CopyReason, ObjectAmount, ObjectsPlanReport, ObjectsReport } from '../../core/objects-report.ts';
import type { RunSummary } from '../../core/run-summary.ts';
import { showBytes, showCountOf, showDuration } from '../measures.ts';
import { html, type Markup } from './markup.ts';
import { facts, folded, list, section } from './pieces.ts';

const reasons: Readonly<Record<CopyReason, string>> = {
  absent: 'staging lacked them',
  size: 'another size',
  content: 'another content',
  headers: 'other headers',
};
const ways: Readonly<Record<ObjectsReport['way'], string>> = {
  'server-side': 'within S3',
  streamed: 'through this machine',
  none: 'nothing had to be copied',
  'batch-job': 'by a job of S3 Batch Operations that somebody has to start: objects-batch-commands.sh',
};

/** What became of the objects of a sync, or would. */
export function objectsSection({ objects: { plan, synced, references } }: Pick<RunSummary, 'objects'>): Markup | undefined {
  if (plan === undefined) return undefined;
  const remark = synced === undefined ? 'nothing was changed' : `${showAmount(synced.copied)} copied in ${showDuration(synced.durationMs)}`;
  return section('objects', 'Objects', remark, [
    facts([
      ['Production', showAmount(plan.source)],
      ['Staging had', showAmount(plan.target)],
      [synced === undefined ? 'Would be copied' : 'To copy', list(copies(plan))],
      ['Only on staging', plan.surplus.objects === 0 ? undefined : `${showAmount(plan.surplus)}; ${fateOf(plan, synced)}`],
      ['Archived', plan.refused.objects === 0 ? undefined : showAmount(plan.refused)],
      ['Left out', plan.excluded.objects === 0 ? undefined : showAmount(plan.excluded)],
      ['Copied', synced === undefined ? undefined : ways[synced.way]],
      ['Not within S3', synced?.whyStreamed],
      ['Changed meanwhile', synced === undefined || synced.changed === 0 ? undefined : showCountOf(synced.changed, 'object')],
      ['Compared afterwards', synced?.verified === undefined ? undefined : compared(synced.verified)],
      ['Old versions', synced?.versioned === true ? 'the bucket keeps them: what was replaced or deleted still takes space' : undefined],
      ['Rows name', references === undefined ? undefined : `${showCountOf(references.named, 'key')}, ${references.missingCount} of them missing`],
    ]),
    ...(synced === undefined || synced.unsynced.length === 0
      ? []
      : [
          folded(
            `${showCountOf(synced.unsyncedCount, 'object')} not as in production`,
            html`<ul>${synced.unsynced.map(({ key, reason }) => html`<li><code>${key}</code>: ${reason}</li>`)}</ul>`,
            synced.unsynced.length <= 20,
          ),
        ]),
    ...(plan.examples.surplus.length === 0
      ? []
      : [folded('Some that only staging has', html`<ul>${plan.examples.surplus.map((key) => html`<li><code>${key}</code></li>`)}</ul>`)]),
  ]);
}

function copies({ copy }: ObjectsPlanReport): string[] {
  const all = Object.entries(copy) as [CopyReason, ObjectAmount][];
  return all.filter(([, { objects }]) => objects > 0).map(([reason, amount]) => `${showAmount(amount)}: ${reasons[reason]}`);
}

function fateOf({ surplus }: ObjectsPlanReport, synced: ObjectsReport | undefined): string {
  if (!surplus.asked) return 'they stay';
  if (synced === undefined) return 'they would be deleted';
  return synced.deleted.objects === 0 ? 'none was deleted, since not all others came' : `${showCountOf(synced.deleted.objects, 'object')} deleted`;
}

function compared({ objects, by }: NonNullable<ObjectsReport['verified']>): string {
  return `${showCountOf(objects, 'object')}: ${by.etag} by ETag, ${by.checksum} by checksum, ${by.time} by size and age`;
}

function showAmount({ objects, bytes }: ObjectAmount): string {
  return `${showCountOf(objects, 'object')}, ${showBytes(bytes)}`;
}
