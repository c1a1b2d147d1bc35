import type { Event } from '../core/event.ts';
import { unreachable } from '../core/result.ts';
import { visible } from '../core/visible-text.ts';
import { cutToWidth } from './display-width.ts';
import { showBytes, showCount, showDuration } from './measures.ts';

export type ProgressEvent = Extract<Event, { type: 'progress' }>;

/** How far a task is: from its first event to its newest. */
export interface TaskProgress {
  readonly first: { readonly done: number; readonly atMs: number };
  readonly last: { readonly event: ProgressEvent; readonly atMs: number };
}

export function takeProgress(before: TaskProgress | undefined, event: ProgressEvent, atMs: number): TaskProgress {
  const known = before !== undefined && before.last.event.task === event.task && before.last.event.done <= event.done;
  return { first: known ? before.first : { done: event.done, atMs }, last: { event, atMs } };
}

/** `copying rows ━━━━━━────── 50 %  171,244 of 342,488 rows  16 MB  51,200 rows/s  4.8 MB/s  3 s left`, as much of it as fits. */
export function progressLine({ first, last }: TaskProgress, columns: number): string {
  const { task, done, total, unit, bytes, bytesPerSecond } = last.event;
  const elapsedMs = last.atMs - first.atMs;
  // A rate over a moment is noise.
  const ownRate = elapsedMs >= 500 && done > first.done ? ((done - first.done) / elapsedMs) * 1000 : undefined;
  const perSecond = last.event.ratePerSecond ?? ownRate;
  const leftMs = last.event.etaSeconds === undefined ? timeLeft(done, total, perSecond) : last.event.etaSeconds * 1000;
  const parts = [
    total === undefined ? `${amount(done, unit)}` : `${amount(done, unit, false)} of ${amount(total, unit)}`,
    ...(bytes === undefined ? [] : [showBytes(bytes)]),
    ...(perSecond === undefined ? [] : [`${amount(Math.round(perSecond), unit)}/s`]),
    ...(bytesPerSecond === undefined ? [] : [`${showBytes(bytesPerSecond)}/s`]),
    ...(leftMs === undefined ? [] : [`${showDuration(leftMs)} left`]),
  ];
  const known = last.event.share ?? (total === undefined || total === 0 ? undefined : done / total);
  const share = known === undefined ? undefined : Math.max(0, Math.min(1, known));
  const gauge = share === undefined ? '' : ` ${drawGauge(share, 16)} ${String(Math.floor(share * 100)).padStart(3)} %`;
  return cutToWidth(`${visible(task)}${gauge}  ${parts.join('  ')}`, columns);
}

function timeLeft(done: number, total: number | undefined, perSecond: number | undefined): number | undefined {
  return perSecond === undefined || perSecond <= 0 || total === undefined || total <= done ? undefined : ((total - done) / perSecond) * 1000;
}

function drawGauge(share: number, width: number): string {
  const full = Math.round(share * width);
  return '━'.repeat(full) + '─'.repeat(width - full);
}

function amount(value: number, unit: ProgressEvent['unit'], named = true): string {
  switch (unit) {
    case 'bytes':
      return showBytes(value);
    case 'rows':
    case 'objects':
      return named ? `${showCount(value)} ${unit}` : showCount(value);
    default:
      return unreachable(unit);
  }
}
