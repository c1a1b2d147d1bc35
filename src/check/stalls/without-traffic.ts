import { type Finding, findingId } from '../../core/finding.ts';
import { lockModes } from '../../core/recording.ts';
import { showDuration } from '../show-duration.ts';
import { stall as about } from './about.ts';
import type { StallsInput } from './stalls-input.ts';

/** From this mode on, a lock stops writers. */
const strong: readonly string[] = lockModes.slice(lockModes.indexOf('ShareLock'));

/** Tables on which nobody could be seen waiting, because nobody was there. */
export function withoutTraffic({ report, recording, settings, ledger }: StallsInput): readonly Finding[] {
  if (settings.record.checks.stall === 'off') return [];
  const used = new Set(report.sessions.flatMap(({ kind, table }) => (table === undefined || kind === 'prepared' ? [] : [table])));
  return [...unusable(used), ...lockedUnseen(new Set([...used, ...(report.partitions ?? []), ...(ledger === undefined ? [] : [ledger])]))];

  /** What was wanted and couldn't be used. A table that the team named itself and that has no traffic at all is a doubt. */
  function unusable(known: ReadonlySet<string>): readonly Finding[] {
    return [...Map.groupBy(report.without, ({ table }) => table)].map(([name, reasons]) => {
      const wanted = settings.traffic.tables !== undefined && !known.has(name) && !name.startsWith('long reader');
      const object = { kind: name.startsWith('replay ') || name.startsWith('long reader') ? 'session' : 'table', name };
      return {
        ...common,
        id: findingId(about.check, object, 'unusable'),
        severity: wanted ? 'doubt' : 'note',
        object,
        title: known.has(name) ? `Some of the traffic on ${name} could not be used` : `${name} had no traffic`,
        detail: reasons.map(({ why }) => why).join('\n'),
        cure: 'Correct what is named: the name in traffic.tables, the rights of traffic.role, or what its sessions need in traffic.settings.',
      };
    });
  }

  function lockedUnseen(known: ReadonlySet<string>): readonly Finding[] {
    const longest = new Map<string, number>();
    for (const { relation, mode, grantedMs, releasedMs } of recording.locks) {
      const table = recording.relations.find(({ oid }) => oid === relation);
      if (table === undefined || !table.existedBefore || !['table', 'partitioned table', 'materialized view'].includes(table.kind)) continue;
      if (!strong.includes(mode) || grantedMs === undefined || known.has(table.name)) continue;
      longest.set(table.name, Math.max(longest.get(table.name) ?? 0, releasedMs - grantedMs));
    }
    const long = [...longest].filter(([, heldMs]) => heldMs >= settings.record.limits.stallMs);
    return long.map(([name, heldMs]) => {
      const object = { kind: 'table', name };
      return {
        ...common,
        id: findingId(about.check, object, 'unseen'),
        severity: 'warning',
        object,
        title: `${name} was locked for ${showDuration(heldMs)}, and had no traffic that would have shown what that does`,
        cure: 'Name it in traffic.tables, or raise traffic.maxTables.',
      };
    });
  }
}

const common = { check: about.check, phase: about.phase, rootCause: 'lock' } as const;
