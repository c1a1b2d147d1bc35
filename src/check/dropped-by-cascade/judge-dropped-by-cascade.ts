import type { RecordedRun } from '../recording/recorded-run.ts';
import type { RecordingCheck, Sighting } from '../recording/recording-check.ts';
import { showStatement } from '../recording/show-statement.ts';
import { showCount } from '../show-count.ts';
import { droppedByCascade } from './about.ts';

export const droppedByCascadeCheck: RecordingCheck = { about: droppedByCascade, rootCause: 'structural-parity', judge: judgeDroppedByCascade };

/** How many of them a title names. */
const NAMED = 3;

/** One sighting for each statement, with all that went along; what the migrations themselves had made isn't production's. */
function judgeDroppedByCascade({ recording }: RecordedRun): readonly Sighting[] {
  const made = new Set<string>();
  return recording.statements.flatMap((statement): readonly Sighting[] => {
    const { dropped = [] } = statement;
    const tables = dropped.filter(({ kind }) => kind === 'table').map(({ name }) => ` on ${name}`);
    // A table's own constraints go with it, and the server doesn't say so of checks.
    const isOwn = (kind: string, name: string) => kind === 'table constraint' && tables.some((table) => name.endsWith(table));
    const along = dropped.filter(({ cascaded, kind, name }) => cascaded === true && !made.has(`${kind} ${name}`) && !isOwn(kind, name));
    for (const { kind, name } of statement.created ?? []) made.add(`${kind} ${name}`);
    const [first] = along;
    if (first === undefined) return [];
    const all = along.map(({ kind, name }) => `${kind} ${name}`);
    const named = all.slice(0, NAMED).join(', ');
    const more = all.length > NAMED ? ` and ${showCount(all.length - NAMED, 'more object')}` : '';
    return [
      {
        weight: 'full',
        object: { kind: first.kind, name: first.name },
        title: `CASCADE also dropped ${named}${more}`,
        detail: `${showStatement(statement)} doesn’t name ${all.length === 1 ? 'it' : 'them'}.${all.length > NAMED ? `\n${all.join('\n')}` : ''}`,
        statement,
      },
    ];
  });
}
