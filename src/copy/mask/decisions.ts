import type { ColumnMask, MaskingSettings } from '../../config/schema.ts';
import { type ColumnPath, parseColumnPath, showColumnPath } from './column-path.ts';

/** What was decided about a column. */
export interface Decision {
  readonly path: ColumnPath;
  /** As it is shown: `public.users.email`. */
  readonly name: string;
  readonly mask: ColumnMask;
}

/** Reads masking.columns. Says of each entry that can't be read what is wrong. */
export function readDecisions(columns: MaskingSettings['columns']): { readonly decisions: readonly Decision[]; readonly problems: readonly string[] } {
  const decisions = new Map<string, Decision>();
  const problems: string[] = [];
  for (const [key, mask] of Object.entries(columns)) {
    const path = parseColumnPath(key);
    if (path === undefined) {
      problems.push(`masking.columns: ${JSON.stringify(key)} is not schema.table.column`);
      continue;
    }
    const name = showColumnPath(path);
    if (decisions.has(name)) problems.push(`masking.columns decides twice about ${name}`);
    decisions.set(name, { path, name, mask });
  }
  return { decisions: [...decisions.values()], problems };
}

export function isKept(mask: ColumnMask): boolean {
  return mask === 'keep' || (typeof mask === 'object' && 'keep' in mask);
}

/** As reports and evidence name it: the kind of mask, never what is in it. */
export function showMask(mask: ColumnMask): string {
  if (typeof mask === 'string') return mask;
  return 'keep' in mask ? 'keep' : 'constant' in mask ? 'constant' : 'sql';
}
