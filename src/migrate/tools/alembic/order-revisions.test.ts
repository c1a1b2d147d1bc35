import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { inFull } from '../../../../test/support/in-full.ts';
import { withFolder } from '../../../../test/support/temporary-folder.ts';
import { askPython, pythonHas } from '../../../../test/tools/ask-python.ts';
import type { Migration } from '../../../core/migration.ts';
import { headsOf, withAncestors } from '../../heads.ts';
import { orderRevisions } from './order-revisions.ts';
import { type AlembicRevision, readRevision } from './read-revision.ts';

/** A revision of a random history: who its parents are, among those before it. */
interface Drawn {
  readonly parents: readonly number[];
  readonly dependencies: readonly number[];
  readonly label: boolean;
  /** Where its file stands among the others, by its name. */
  readonly rank: number;
}

/** Branches, merges, several bases, dependencies between branches. Most follow the one before them, as histories do. */
const history = fc
  .array(
    fc.record({
      parents: fc.oneof({ weight: 5, arbitrary: fc.constant<number[]>([1]) }, { weight: 4, arbitrary: fc.array(fc.nat(9), { maxLength: 3 }) }),
      dependencies: fc.oneof({ weight: 4, arbitrary: fc.constant<number[]>([]) }, { weight: 1, arbitrary: fc.array(fc.nat(9), { maxLength: 2 }) }),
      label: fc.integer({ min: 0, max: 9 }).map((one) => one === 0),
      rank: fc.nat(99),
    }),
    { minLength: 1, maxLength: 14 },
  )
  .map((drawn) =>
    drawn.map(({ parents, dependencies, label, rank }, at) => ({
      parents: [...new Set(parents.map((back) => at - back).filter((place) => place >= 0 && place < at))],
      dependencies: [...new Set(dependencies.map((back) => at - back).filter((place) => place >= 0 && place < at))],
      label,
      rank,
    })),
  );

const id = (at: number) => `r${at}`;

function fileText({ parents, dependencies, label }: Drawn, at: number): string {
  const list = (ids: readonly number[]) =>
    ids.length === 0 ? 'None' : ids.length === 1 ? `"${id(ids[0] ?? 0)}"` : `(${ids.map((one) => `'${id(one)}'`).join(', ')})`;
  return `revision = "${id(at)}"\ndown_revision = ${list(parents)}\ndepends_on = ${list(dependencies)}\nbranch_labels = ${label ? `("l${at}",)` : 'None'}\n`;
}

/** Alembic's own answers: in which order it reads the files, its heads, the order of `upgrade heads`, and what some rows of its ledger stand for. */
const askAlembic = `
import json, sys, os, warnings
warnings.simplefilter("error")
from alembic.script import ScriptDirectory
out = []
for folder, rows in json.load(sys.stdin):
    listed = [f for f in os.listdir(folder + "/versions") if f.endswith(".py")]
    try:
        script = ScriptDirectory(folder)
        order = [r.revision for r in reversed(list(script.iterate_revisions("heads", "base")))]
        below = sorted({r.revision for r in script.revision_map._get_ancestor_nodes(script.get_revisions(rows))}) if rows else []
        unsure = [r.revision for r in script.walk_revisions() if len(r._normalized_resolved_dependencies) > 1]
        out.append({"listed": listed, "heads": sorted(script.get_heads()), "order": order, "below": below, "unsure": unsure})
    except Exception as e:
        out.append({"listed": listed, "error": repr(e)[:200]})
json.dump(out, sys.stdout)
`;

interface Answer {
  readonly listed: readonly string[];
  readonly error?: string;
  readonly heads: readonly string[];
  readonly order: string[];
  readonly below: readonly string[];
  readonly unsure: readonly string[];
}

function write(folder: string, files: Readonly<Record<string, string>>): string {
  mkdirSync(join(folder, 'versions'), { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, 'versions', name), text);
  return folder;
}

function read(files: Readonly<Record<string, string>>, listed: readonly string[]): AlembicRevision[] {
  return listed.map((name) => {
    const reading = readRevision({ path: name, file: name, text: files[name] ?? '', sha256: '' });
    if ('problem' in reading) throw new Error(reading.problem.message);
    return reading.revision;
  });
}

const line = (revision: string, down: string, more = '') => `revision = ${revision}\ndown_revision = ${down}\n${more}`;

const broken: readonly (readonly [string, Readonly<Record<string, string>>, string])[] = [
  ['a parent that is not there', { 'a.py': line('"1"', 'None'), 'b.py': line('"2"', '"0"') }, 'b.py: down_revision of revision 2 names 0'],
  ['a dependency that is not there', { 'a.py': line('"1"', 'None', 'depends_on = "x"') }, 'a.py: depends_on of revision 1 names x'],
  ['an id that is there twice', { 'a.py': line('"1"', 'None'), 'b.py': line('"1"', 'None') }, 'is revision 1, and so is'],
  ['a ring', { 'a.py': line('"1"', '"3"'), 'b.py': line('"2"', '"1"'), 'c.py': line('"3"', '"2"') }, 'wait for each other'],
  ['a ring beside a sound branch', { 'a.py': line('"1"', 'None'), 'b.py': line('"2"', '"3"'), 'c.py': line('"3"', '"2"') }, 'wait for each other'],
  ['one that follows itself', { 'a.py': line('"1"', '"1"') }, '1 → 1: these revisions'],
  ['a ring of dependencies', { 'a.py': line('"1"', 'None', 'depends_on = "2"'), 'b.py': line('"2"', '"1"') }, 'wait for each other'],
  ['a label twice', { 'a.py': line('"1"', 'None', 'branch_labels = "x"'), 'b.py': line('"2"', 'None', 'branch_labels = "x"') }, 'already the name of'],
  ['a label that is an id', { 'a.py': line('"1"', 'None', 'branch_labels = "2"'), 'b.py': line('"2"', 'None') }, 'labels its branch 2'],
];

const histories = fc.sample(history, { numRuns: inFull ? 400 : 60, seed: 11 });
const filesOf = histories.map((drawn) => Object.fromEntries(drawn.map((one, at) => [`${String(one.rank).padStart(2, '0')}_${at}.py`, fileText(one, at)])));
/** Of a ledger: any revision will do, as long as none rests on another. */
const rows = histories.map((drawn) => [id(Math.floor(drawn.length / 2))]);

/** Alembic is asked once for all of them, since it takes a second to start. */
let answers: Answer[];
const hasAlembic = pythonHas('alembic');
beforeAll(async () => {
  if (!hasAlembic) return;
  answers = await withFolder({}, async (folder) => {
    const drawn = filesOf.map((files, at) => [write(join(folder, String(at)), files), rows[at]]);
    const wrong = broken.map(([, files], at) => [write(join(folder, `broken${at}`), files), []]);
    return askPython<Answer[]>(askAlembic, [...drawn, ...wrong]);
  });
}, 300_000);

test.skipIf(!hasAlembic)('random histories: heads, order and what is applied are what Alembic says', () => {
  let exact = 0;
  for (const [at, files] of filesOf.entries()) {
    const answer = answers[at] ?? expect.unreachable();
    const { revisions, problems } = orderRevisions(read(files, answer.listed));
    const told = JSON.stringify(files, undefined, 1);
    expect(answer.error, told).toBeUndefined();
    expect(problems, told).toEqual([]);
    const migrations = revisions.map(({ revision, downRevisions, dependsOn }) => ({ revision, parents: downRevisions, dependsOn }) as unknown as Migration);
    expect(headsOf(migrations).toSorted(), told).toEqual(answer.heads);
    expect([...withAncestors(migrations, rows[at] ?? [])].toSorted(), told).toEqual(answer.below);
    const order = revisions.map(({ revision }) => revision);
    // Alembic keeps several dependencies in a set, whose order changes from one process to the next.
    if (answer.unsure.length === 0) {
      expect(order, told).toEqual(answer.order);
      exact++;
    } else expect(order.toSorted(), told).toEqual(answer.order.toSorted());
    for (const [place, { downRevisions, dependsOn }] of revisions.entries()) {
      for (const before of [...downRevisions, ...dependsOn]) expect(order.indexOf(before), told).toBeLessThan(place);
    }
  }
  expect(exact).toBeGreaterThan(histories.length * 0.8);
});

test.skipIf(!hasAlembic).each(broken.map((one, at) => [...one, at] as const))('%s: Alembic stops or warns, and we tell it', (_, files, message, at) => {
  const answer = answers[histories.length + at];
  expect(answer?.error).toBeDefined();
  expect(
    orderRevisions(read(files, answer?.listed ?? []))
      .problems.map((problem) => problem.message)
      .join(),
  ).toContain(message);
});

test('a dependency by its branch’s label', () => {
  const files = { 'a.py': line('"1"', 'None', 'branch_labels = "x"'), 'b.py': line('"2"', 'None', 'depends_on = "x"') };
  expect(orderRevisions(read(files, Object.keys(files))).revisions.map(({ revision, dependsOn }) => [revision, dependsOn])).toEqual([
    ['1', []],
    ['2', ['1']],
  ]);
});

test('five thousand revisions with a merge at every tenth take no more steps than there are revisions', () => {
  const revisions: AlembicRevision[] = [];
  const add = (revision: string, downRevisions: readonly string[]) =>
    revisions.push({ revision, downRevisions, dependencies: [], branchLabels: [], file: `${revision}.py`, sha256: '', text: '' });
  add('m0', []);
  for (let merge = 1; merge <= 500; merge++) {
    const branches = Array.from({ length: 9 }, (_, branch) => `b${merge}_${branch}`);
    for (const branch of branches) add(branch, [`m${merge - 1}`]);
    add(`m${merge}`, branches);
  }
  expect(orderRevisions(revisions).revisions.map(({ revision }) => revision)).toHaveLength(5_001);
});
