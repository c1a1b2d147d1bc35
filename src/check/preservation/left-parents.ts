import { type Finding, findingId } from '../../core/finding.ts';
import { namesTable } from '../names-table.ts';
import { showCount } from '../show-count.ts';
import { preservation as about } from './about.ts';
import type { Content } from './content.ts';
import type { DeclaredContentChange } from './declared-change.ts';

/** Tables with rows that another one showed besides its own, and shows no longer: whoever reads that one misses them, though all are there. Pure. */
export function leftParents(before: Content, after: Content, declared: readonly DeclaredContentChange[]): readonly Finding[] {
  return [...before.tables.values()].flatMap((heir) =>
    heir.inherits.flatMap((oid): readonly Finding[] => {
      const [now, was, parent] = [after.tables.get(heir.oid), before.tables.get(oid), after.tables.get(oid)];
      // What became of the rows of a table that is gone is told as their loss.
      if (heir.rows === 0 || now === undefined || was === undefined || parent === undefined || now.inherits.includes(oid)) return [];
      if (declared.some(({ table }) => [heir, now, was, parent].some((one) => namesTable(table, one)))) return [];
      const object = { kind: 'table', name: parent.name };
      return [
        {
          id: findingId(about.check, object, heir.name),
          check: about.check,
          phase: about.phase,
          severity: 'blocker',
          rootCause: 'data-loss',
          object,
          title: `${parent.name} no longer shows ${showCount(heir.rows, 'row')} of ${now.name}, which inherited from it`,
          cure: 'Let it inherit again, or declare in data.contentChanges that its rows may go from there.',
        },
      ];
    }),
  );
}
