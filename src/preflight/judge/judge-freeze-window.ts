import type { Settings } from '../../config/schema.ts';
import type { PreflightFinding } from '../../core/preflight.ts';
import { go, noGo, unknown } from '../finding.ts';

export type FreezeWindow = NonNullable<Settings['preflight']['freezeWindows']>[number];

/**
 * May anything be deployed now, and until the deploy is over? Pure.
 *
 * @param now by this machine's clock
 * @param lastsMs the most that the migrations are expected to take; undefined where that isn't known
 */
export function judgeFreezeWindow(windows: readonly FreezeWindow[] | undefined, now: Date, lastsMs: number | undefined): PreflightFinding {
  const check = 'freeze-window';
  if (windows === undefined) {
    return unknown(check, 'Nobody has said when nothing may be deployed.', { cure: 'Set preflight.freezeWindows; [] says that there is no such time.' });
  }
  if (windows.length === 0) return go(check, 'There is no time at which nothing may be deployed.');
  // Minute by minute, so that a window that begins while the migrations run is met wherever it lies.
  const moments = [now, ...steps(now, lastsMs ?? dayMs)];
  const met = windows.flatMap((window) => {
    const at = moments.find((moment) => isWithin(window, moment));
    return at === undefined ? [] : [`${tellWindow(window)}: ${window.reason}${at === now ? '' : ` (it begins before the migrations are over)`}`];
  });
  const [first] = met;
  if (first === undefined) return go(check, `No freeze window is near: ${windows.length} were looked at.`);
  if (lastsMs === undefined && !windows.some((window) => isWithin(window, now))) {
    return unknown(
      check,
      `How long the migrations take isn’t known, and within a day begins ${first.replace(' (it begins before the migrations are over)', '')}.`,
      {
        cure: 'Rehearse with the recorder on (record.enabled), or wait for the end of the window.',
      },
    );
  }
  return noGo(check, `Nothing may be deployed now: ${first}`, { reasons: met, cure: 'Wait for the end of the window.' });
}

/** So far is looked ahead where nobody knows how long the migrations take. */
const dayMs = 24 * 3_600_000;

function steps(now: Date, lastsMs: number): readonly Date[] {
  const minutes = Math.min(7 * 24 * 60, Math.ceil(lastsMs / 60_000));
  return Array.from({ length: minutes }, (_, index) => new Date(now.getTime() + (index + 1) * 60_000));
}

export function isWithin(window: FreezeWindow, moment: Date): boolean {
  if ('from' in window) return moment.getTime() >= Date.parse(window.from) && moment.getTime() < Date.parse(window.to);
  const [from, to, at] = [minuteOfWeek(window.weekly.from), minuteOfWeek(window.weekly.to), minuteAt(moment, window.timeZone)];
  // From a time to the same time is the whole week.
  return from < to ? at >= from && at < to : at >= from || at < to;
}

const days = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];

function minuteOfWeek(text: string): number {
  const [day = '', time = ''] = text.split(' ');
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return (days.indexOf(day) * 24 + hours) * 60 + minutes;
}

/** The minute of the week that clocks in a time zone show. */
function minuteAt(moment: Date, timeZone: string): number {
  const format = new Intl.DateTimeFormat('en-GB', { timeZone, weekday: 'long', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  const parts = new Map(format.formatToParts(moment).map(({ type, value }) => [type, value]));
  return minuteOfWeek(`${(parts.get('weekday') ?? '').toLowerCase()} ${parts.get('hour')}:${parts.get('minute')}`);
}

function tellWindow(window: FreezeWindow): string {
  return 'from' in window ? `from ${window.from} to ${window.to}` : `each week from ${window.weekly.from} to ${window.weekly.to} (${window.timeZone})`;
}
