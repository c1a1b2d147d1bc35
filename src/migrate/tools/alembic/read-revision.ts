import { type Failure, failure } from '../../../core/failure.ts';
import type { MigrationFile } from '../../migration-file.ts';
import type { Literal } from '../python/literal.ts';
import { type Binding, readBindings } from '../python/read-bindings.ts';
import { scanPython } from '../python/scan-python.ts';

/** What one revision file says of its place in the history. */
export interface AlembicRevision {
  readonly revision: string;
  /** None: a base. Several: a merge. */
  readonly downRevisions: readonly string[];
  /** `depends_on`, as written: revisions or branch labels. */
  readonly dependencies: readonly string[];
  readonly branchLabels: readonly string[];
  readonly file: string;
  readonly sha256: string;
  readonly text: string;
}

export type RevisionReading = { readonly revision: AlembicRevision } | { readonly problem: Failure };

const names = ['revision', 'down_revision', 'depends_on', 'branch_labels'] as const;
type Name = (typeof names)[number];
const wanted: ReadonlySet<string> = new Set(names);
/** What Alembic doesn't allow in an id, since they mean something in a target such as `head-1` or `label@head`. */
const forbidden = /[@+-]/;

/**
 * Reads `revision`, `down_revision`, `depends_on` and `branch_labels` without running the file. What is not written down literally (a call, a sum, a value that an `if`
 * decides) is a problem with its line: Alembic would run the file to know, and a guess could put it at a wrong place.
 */
export function readRevision({ path, file, text, sha256 }: MigrationFile): RevisionReading {
  const lines = scanPython(text);
  if ('problem' in lines) return { problem: refuse(file, `is no Python: ${lines.problem}`, 'Correct the file; `alembic history` tells more.', lines.line) };
  const bindings = readBindings(lines, wanted);
  const problems: Failure[] = [];
  const read = (name: Name): readonly string[] | undefined => {
    const binding = bindings.get(name);
    if (binding === undefined) return undefined;
    const values = namesOf(binding);
    if (values !== undefined) return values;
    const message = `gives ${name} a value that isn’t written down literally, so its place in the history isn’t known`;
    problems.push(refuse(file, message, `Write it as text, None or a tuple of texts: ${name} = "…".`, binding.line));
    return [];
  };
  const given = read('revision');
  const downRevisions = read('down_revision');
  const dependencies = read('depends_on') ?? [];
  const branchLabels = read('branch_labels') ?? [];
  const [unread] = problems;
  if (unread !== undefined) return { problem: problems.length === 1 ? unread : { ...unread, problems } };
  // The oldest Alembic kept the id in the file's name only.
  const revision = given === undefined ? /^([a-f0-9]+)\.py$/.exec(baseName(path))?.[1] : given.length === 1 ? given[0] : undefined;
  if (revision === undefined) {
    return {
      problem: refuse(file, 'says no revision id, so Alembic would stop at it', 'Write revision = "…", or move the file out of the folder of revisions.'),
    };
  }
  const line = bindings.get('revision')?.line;
  const symbol = forbidden.exec(revision)?.[0];
  if (symbol !== undefined) return { problem: refuse(file, `has the id ${revision}, and Alembic allows no ${symbol} there`, 'Choose another id.', line) };
  if (downRevisions === undefined) return { problem: refuse(file, 'says no down_revision', 'Write down_revision = None where it is the first.') };
  return { revision: { revision, downRevisions, dependencies, branchLabels, file, sha256, text } };
}

/** Texts of None, a text, or a collection of texts. Empty text counts as None, as in Alembic. */
function namesOf({ literal }: Binding): readonly string[] | undefined {
  if (literal === null || literal === '') return [];
  if (typeof literal === 'string') return [literal];
  if (typeof literal !== 'object' || !('items' in literal)) return undefined;
  const texts = literal.items.filter((item: Literal): item is string => typeof item === 'string' && item !== '');
  return texts.length === literal.items.length ? [...new Set(texts)] : undefined;
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function refuse(file: string, what: string, cure: string, line?: number): Failure {
  return failure('migration-format', `${file} ${what}`, { object: file, place: { file, ...(line === undefined ? {} : { line }) }, cure });
}
