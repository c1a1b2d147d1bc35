import { splitStatements } from '../../sql/split-statements.ts';

const name = String.raw`((?:"(?:[^"]|"")+"|[^\s".]+)(?:\.(?:"(?:[^"]|"")+"|[^\s".]+))?)`;
const attachForm = new RegExp(`^ALTER TABLE ONLY ${name} ATTACH PARTITION ${name} `);

interface Attach {
  readonly parent: string;
  readonly child: string;
  readonly start: number;
  readonly end: number;
}

/**
 * Attaches partitions from the top down, each statement with pg_dump's heading. pg_dump goes by name, and PostgreSQL 17 and later make a column an identity
 * only in the partition that is attached: one that hangs on it already would not get it, and an INSERT straight into that one would fail.
 */
export function attachTopDown(script: string): string {
  if (!script.includes(' ATTACH PARTITION ')) return script;
  const attaches: Attach[] = [];
  let end = 0;
  for (const statement of splitStatements(script)) {
    const start = end;
    end = statement.start + statement.text.length;
    if (script[end] === ';') end++;
    const [, parent, child] = attachForm.exec(statement.text) ?? [];
    if (parent !== undefined && child !== undefined) attaches.push({ parent, child, start, end });
  }
  const parents = new Map(attaches.map(({ parent, child }) => [child, parent]));
  const depth = (table: string): number => {
    const parent = parents.get(table);
    return parent === undefined ? 0 : 1 + depth(parent);
  };
  const sorted = attaches.toSorted((a, b) => depth(a.child) - depth(b.child));
  if (sorted.every((one, at) => one === attaches[at])) return script;
  let text = script;
  for (const [at, { start, end: until }] of [...attaches.entries()].toReversed()) {
    const other = sorted[at];
    if (other !== undefined) text = text.slice(0, start) + script.slice(other.start, other.end) + text.slice(until);
  }
  return text;
}
