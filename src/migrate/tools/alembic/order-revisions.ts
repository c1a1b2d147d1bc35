import { type Failure, failure } from '../../../core/failure.ts';
import type { AlembicRevision } from './read-revision.ts';

/** A revision with everything that must be applied before it. */
export interface OrderedRevision extends AlembicRevision {
  /** `depends_on` as revisions: branch labels are looked up. */
  readonly dependsOn: readonly string[];
}

export interface RevisionOrder {
  readonly revisions: readonly OrderedRevision[];
  readonly problems: readonly Failure[];
}

/**
 * Puts revisions into the order in which `alembic upgrade heads` applies them: a branch at a time as far as merges and dependencies allow, and where several are
 * possible by the order in which the files were read. What Alembic would stop at, and what it only warns of, is a problem here: an id that is there twice, a parent
 * that isn't there, revisions that follow each other in a ring.
 *
 * @param files in the order in which Alembic reads them
 */
export function orderRevisions(files: readonly AlembicRevision[]): RevisionOrder {
  const problems: Failure[] = [];
  const byId = new Map<string, AlembicRevision>();
  const labels = new Map<string, string>();
  for (const file of files) {
    const other = byId.get(file.revision);
    if (other === undefined) byId.set(file.revision, file);
    else problems.push(problem(file, `${file.file} is revision ${file.revision}, and so is ${other.file}`, 'Give one of the two another revision id.'));
  }
  for (const { branchLabels, revision, ...file } of byId.values()) {
    for (const label of branchLabels) {
      const taken = byId.has(label) ? label : labels.get(label);
      if (taken === undefined) labels.set(label, revision);
      else problems.push(problem(file, `${file.file} labels its branch ${label}, which is already the name of ${taken}`, 'Choose another label.'));
    }
  }
  const revisions = new Map<string, OrderedRevision>();
  for (const file of byId.values()) {
    for (const parent of file.downRevisions) {
      if (!byId.has(parent)) problems.push(missing(file, 'down_revision', parent));
    }
    const dependsOn: string[] = [];
    for (const name of file.dependencies) {
      const found = byId.has(name) ? name : labels.get(name);
      if (found === undefined) problems.push(missing(file, 'depends_on', name));
      else dependsOn.push(found);
    }
    revisions.set(file.revision, { ...file, dependsOn });
  }
  if (problems.length > 0) return { revisions: [], problems };
  const ring = findRing(revisions);
  if (ring !== undefined) {
    const [first] = ring;
    const file = first === undefined ? undefined : revisions.get(first);
    const told = `${ring.join(' → ')} → ${first}: these revisions of Alembic wait for each other`;
    return { revisions: [], problems: file === undefined ? [] : [problem(file, told, 'Correct down_revision or depends_on of one of them.')] };
  }
  return { revisions: new Walk(revisions).order(), problems: [] };
}

function missing({ file, revision }: AlembicRevision, what: string, name: string): Failure {
  const message = `${file}: ${what} of revision ${revision} names ${name}, which no file has`;
  return problem({ file }, message, 'Restore the file of that revision, or name the right one.');
}

function problem({ file }: Pick<AlembicRevision, 'file'>, message: string, cure: string): Failure {
  return failure('migration-format', message, { object: file, place: { file }, cure });
}

const parentsOf = ({ downRevisions, dependsOn }: OrderedRevision) => [...downRevisions, ...dependsOn];

/** Some revisions of which each rests on the next, and the last on the first; undefined where there are none. Without recursion: histories are long. */
function findRing(revisions: ReadonlyMap<string, OrderedRevision>): readonly string[] | undefined {
  const done = new Set<string>();
  for (const start of revisions.keys()) {
    const path: { readonly id: string; readonly rest: string[] }[] = [];
    const onPath = new Set<string>();
    const enter = (id: string) => {
      const revision = revisions.get(id);
      path.push({ id, rest: revision === undefined ? [] : parentsOf(revision) });
      onPath.add(id);
    };
    if (!done.has(start)) enter(start);
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const next = top.rest.pop();
      if (next === undefined) {
        path.pop();
        onPath.delete(top.id);
        done.add(top.id);
      } else if (onPath.has(next)) {
        const ids = path.map(({ id }) => id);
        return ids.slice(ids.indexOf(next));
      } else if (!done.has(next)) enter(next);
    }
  }
  return undefined;
}

/**
 * Alembic's own walk (`RevisionMap._topological_sort`), from the heads down and then turned around. Which head is next is decided by whether another one still rests
 * on it. Alembic asks the set of all ancestors of each head for that; here it is the number of revisions above that weren't told yet, which says the same.
 */
class Walk {
  readonly #revisions: ReadonlyMap<string, OrderedRevision>;
  readonly #parents = new Map<string, readonly string[]>();
  /** How many revisions that haven't been told rest on this one directly. */
  readonly #waiting = new Map<string, number>();

  constructor(revisions: ReadonlyMap<string, OrderedRevision>) {
    this.#revisions = revisions;
    for (const revision of revisions.values()) {
      const parents = [...new Set([...revision.downRevisions, ...this.#ownDependencies(revision)])];
      this.#parents.set(revision.revision, parents);
      for (const parent of parents) this.#waiting.set(parent, (this.#waiting.get(parent) ?? 0) + 1);
    }
  }

  /** Those dependencies that no ancestor has already. */
  #ownDependencies(revision: OrderedRevision): readonly string[] {
    if (revision.dependsOn.length === 0) return [];
    const own = new Set(revision.dependsOn);
    const seen = new Set<string>();
    const open = [...revision.downRevisions];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (seen.has(next)) continue;
      seen.add(next);
      const ancestor = this.#revisions.get(next);
      for (const dependency of ancestor?.dependsOn ?? []) own.delete(dependency);
      open.push(...(ancestor?.downRevisions ?? []));
    }
    return [...own];
  }

  order(): readonly OrderedRevision[] {
    const followed = new Set([...this.#revisions.values()].flatMap(parentsOf));
    const heads = [...this.#revisions.keys()].filter((id) => !followed.has(id));
    const told: OrderedRevision[] = [];
    const done = new Set<string>();
    let at = 0;
    while (heads.length > 0) {
      const candidate = heads[at] ?? '';
      const blocker = (this.#waiting.get(candidate) ?? 0) > 0 ? heads.findIndex((head, place) => place !== at && this.#restsOn(head, candidate, done)) : -1;
      if (blocker !== -1) {
        at = blocker;
        continue;
      }
      const revision = this.#revisions.get(candidate);
      const parents = this.#parents.get(candidate) ?? [];
      if (revision !== undefined && !done.has(candidate)) {
        done.add(candidate);
        told.push(revision);
        for (const parent of parents) this.#waiting.set(parent, (this.#waiting.get(parent) ?? 0) - 1);
      }
      const next = parents.filter((id) => !done.has(id) && !heads.includes(id));
      const [first, ...others] = next;
      if (first === undefined) {
        heads.splice(at, 1);
        at = Math.max(at - 1, 0);
      } else {
        heads[at] = first;
        heads.push(...others);
      }
    }
    return told.reverse();
  }

  /** Whether a head still rests on a candidate, by revisions that weren't told yet. */
  #restsOn(head: string, candidate: string, done: ReadonlySet<string>): boolean {
    const seen = new Set<string>();
    const open = [head];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (next === candidate) return true;
      if (seen.has(next)) continue;
      seen.add(next);
      for (const parent of this.#parents.get(next) ?? []) if (!done.has(parent)) open.push(parent);
    }
    return false;
  }
}
