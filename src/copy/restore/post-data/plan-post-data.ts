import { type PostStatement, readPostStatement } from './read-post-statement.ts';
import type { TableTrees } from './read-table-trees.ts';

/** A statement with its place in the dump's order. */
export interface Placed {
  readonly place: number;
  /** As the dump has it: what a failure names. */
  readonly statement: string;
  /** What is run. */
  readonly text: string;
}

export interface Build extends Placed {
  readonly table: string;
  readonly needsAllRows: boolean;
  /** Set: `text` builds the index only, and this makes it a constraint once all indexes of its table are there. */
  readonly constraint?: string;
  /** Takes the whole table for itself while it runs. */
  readonly alone: boolean;
}

export interface ForeignKey extends Placed {
  readonly table: string;
  readonly constraint: string;
}

/** The statements of a post-data section by when they may run. Inside of each list they stand in the dump's order. */
export interface PostDataPlan {
  /** True: a statement changes what those after it mean, so that none may be moved. */
  readonly inOrder: boolean;
  /** Quick, and needed before ANALYZE. */
  readonly statistics: readonly Placed[];
  readonly builds: readonly Build[];
  /** Quick: triggers, policies, rules, attached partitions, and foreign keys that are still to be validated. */
  readonly ordered: readonly Placed[];
  /** Foreign keys to validate: `text` does it. */
  readonly validations: readonly ForeignKey[];
  /** Foreign keys that can only be made and validated in one. */
  readonly wholeForeignKeys: readonly ForeignKey[];
  /** Comments on those, and what else needs every foreign key. */
  readonly late: readonly Placed[];
}

/**
 * Sorts the statements of a post-data section.
 *
 * @param serverVersionNum of the copy's server: 180004.
 */
export function planPostData(statements: readonly string[], { partitioned, children }: TableTrees, serverVersionNum: number): PostDataPlan {
  const statistics: Placed[] = [];
  const builds: Build[] = [];
  const ordered: Placed[] = [];
  const validations: ForeignKey[] = [];
  const wholeForeignKeys: ForeignKey[] = [];
  const late: Placed[] = [];
  const whole = new Set<string>();
  const read = statements.map(readPostStatement);
  const indexes = countBuilds(read);
  read.forEach((kind, place) => {
    const statement = statements[place] ?? '';
    const placed = { place, statement, text: statement };
    switch (kind.kind) {
      case 'statistics':
        statistics.push(placed);
        break;
      case 'index':
        builds.push({ ...placed, table: kind.table, needsAllRows: kind.needsAllRows, alone: false });
        break;
      case 'key': {
        const { table, needsAllRows, split } = kind;
        // Where it is the only index of its table, nothing is won. On a partitioned table an index can't become a constraint; on a child, PostgreSQL 18
        // would mark the NOT NULLs under a primary key as the child's own.
        const apart = split !== undefined && !partitioned.has(table) && !children.has(table) && (indexes.get(table) ?? 0) > 1;
        const base = { ...placed, table, needsAllRows };
        builds.push(apart ? { ...base, text: split.index, constraint: split.constraint, alone: false } : { ...base, alone: true });
        break;
      }
      case 'foreign-key': {
        const { table, constraint, references = '', notValid } = kind;
        if (notValid === undefined) ordered.push(placed);
        // Before PostgreSQL 18, a partitioned table can't have one that isn't valid, and validating one that leads to a partitioned table leaves
        // its parts, one for each partition, unmarked.
        else if ((partitioned.has(table) || partitioned.has(references)) && serverVersionNum < 180_000) {
          wholeForeignKeys.push({ ...placed, table, constraint });
          whole.add(`${constraint} on ${table}`);
        } else {
          ordered.push({ ...placed, text: notValid });
          validations.push({ ...placed, table, constraint, text: `alter table ${table} validate constraint ${constraint}` });
        }
        break;
      }
      case 'constraint-comment':
        (whole.has(`${kind.constraint} on ${kind.table}`) ? late : ordered).push(placed);
        break;
      case 'late':
        late.push(placed);
        break;
      default:
        ordered.push(placed);
    }
  });
  return { inOrder: read.some(({ kind }) => kind === 'session'), statistics, builds, ordered, validations, wholeForeignKeys, late };
}

function countBuilds(read: readonly PostStatement[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const kind of read) if (kind.kind === 'index' || kind.kind === 'key') counts.set(kind.table, (counts.get(kind.table) ?? 0) + 1);
  return counts;
}
