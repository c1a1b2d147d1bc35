import { countOf } from '../../core/count-of.ts';
import { type Finding, findingId } from '../../core/finding.ts';
import { nameSome } from '../../core/name-some.ts';
import { queryCompatibility as about } from './about.ts';
import type { ComparedQuery } from './queries-input.ts';

/** So many are told by name. */
const named = 5;

/**
 * Triggers that fire on what the queries write and that are new, or whose function is another: planning a write fires none, so that one which refuses or swallows rows
 * goes unseen. One finding for all. Pure.
 */
export function untriedTriggers(queries: readonly ComparedQuery[]): readonly Finding[] {
  const all = new Set<string>();
  for (const { known, other } of queries) {
    if (known.kind !== 'planned' || other?.kind !== 'planned') continue;
    for (const { oid, operation, table, triggers } of other.plan.writes ?? []) {
      const was = known.plan.writes?.find((one) => one.oid === oid && one.operation === operation);
      for (const { name, body } of triggers) {
        if (was !== undefined && !was.triggers.some((one) => one.name === name && one.body === body)) all.add(`${name} on ${table}`);
      }
    }
  }
  if (all.size === 0) return [];
  const names = [...all].sort();
  const object = { kind: 'triggers', name: 'on what the application writes' };
  return [
    {
      id: findingId(about.check, object),
      check: about.check,
      phase: about.phase,
      severity: 'warning',
      rootCause: 'compatibility',
      object,
      title: `What ${countOf(names.length, 'trigger')} ${names.length === 1 ? 'does that is' : 'do that are'} new or altered was not tried: ${nameSome(names, named)}`,
      detail: 'They fire on what the application’s queries write, and may refuse or alter it. Queries are planned here, not run.',
      cure: 'Name the tables in data.requiredTables, or let the application’s own checks (smoke) write there.',
    },
  ];
}
