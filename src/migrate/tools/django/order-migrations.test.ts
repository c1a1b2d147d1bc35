import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { inFull } from '../../../../test/support/in-full.ts';
import { askPython, pythonHas } from '../../../../test/tools/ask-python.ts';
import type { Migration } from '../../../core/migration.ts';
import { headsOf } from '../../heads.ts';
import { orderMigrations, revisionOf } from './order-migrations.ts';
import { type DjangoMigration, readMigration } from './read-migration.ts';

/** A file of a random project: app, name, text. */
type Drawn = readonly [app: string, name: string, text: string];

const history = fc
  .array(
    fc.record({
      app: fc.constantFrom('b', 'a', 'c'),
      branch: fc.nat(9).map((one) => one === 0),
      other: fc.array(fc.nat(6), { maxLength: 2 }),
      outside: fc.constantFrom(
        '',
        '("auth", "0001_initial")',
        'migrations.swappable_dependency(settings.AUTH_USER_MODEL)',
        '("b", "__first__")',
        '("a", "__latest__")',
      ),
      before: fc.nat(12),
    }),
    { minLength: 1, maxLength: 12 },
  )
  .chain((drawn) => fc.record({ drawn: fc.constant(drawn), squash: fc.nat(3) }))
  .map(({ drawn, squash }): Drawn[] => {
    const names = drawn.map(({ app }, at) => [app, `${String(at).padStart(4, '0')}_x`] as const);
    const files = drawn.map(({ app, branch, other, outside, before }, at): Drawn => {
      const own = names.slice(0, at).filter(([one]) => one === app);
      const parent = own.at(branch ? -2 : -1);
      const keys = [parent, ...other.map((place) => names[place < at ? place : -1])].filter((key) => key !== undefined);
      const list = [...new Set(keys.map(([one, name]) => `("${one}", '${name}')`)), ...(outside.includes(`"${app}"`) ? [] : [outside])].filter(
        (text) => text !== '',
      );
      const runBefore =
        before < at || before >= names.length || names[before]?.[0] === app
          ? ''
          : `\n    run_before = [${names[before] === undefined ? '' : `("${names[before].join('", "')}")`}]`;
      return [
        app,
        names[at]?.[1] ?? '',
        `from django.db import migrations\nfrom django.conf import settings\n\nclass Migration(migrations.Migration):\n    dependencies = [\n        ${list.join(',\n        ')}${list.length > 0 ? ',' : ''}\n    ]${runBefore}\n    operations = []\n`,
      ];
    });
    const squashed = names.filter(([app]) => app === 'a').slice(0, 2);
    if (squash !== 0 || squashed.length < 2) return files;
    const text = `from django.db import migrations\nclass Migration(migrations.Migration):\n    replaces = [${squashed.map(([app, name]) => `("${app}", "${name}")`).join(', ')}]\n    dependencies = []\n`;
    return [...files, ['a', '0001_squashed', text]];
  });

/** Django's own graph of the same files: its order on an empty database, and the apps with more than one leaf. */
const askDjango = `
import json, sys
from django.conf import settings
settings.configure(INSTALLED_APPS=[], AUTH_USER_MODEL="auth.User")
import django; django.setup()
from django.db.migrations.loader import MigrationLoader
from django.db.migrations import Migration
class Loader(MigrationLoader):
    def load_disk(self):
        self.disk_migrations = {}
        self.migrated_apps = {"auth"} | {app for app, _, _ in self.files}
        self.unmigrated_apps = {"a", "b", "c"} - self.migrated_apps
        self.disk_migrations["auth", "0001_initial"] = Migration("0001_initial", "auth")
        for app, name, text in self.files:
            scope = {}
            exec(text, scope)
            self.disk_migrations[app, name] = scope["Migration"](name, app)
out = []
for files in json.load(sys.stdin):
    try:
        loader = Loader(None, load=False)
        loader.files = files
        loader.build_graph()
        seen = []
        for leaf in loader.graph.leaf_nodes():
            for key in loader.graph.forwards_plan(leaf):
                if key not in seen: seen.append(key)
        out.append({"order": [".".join(k) for k in seen if k[0] != "auth"], "torn": sorted(loader.detect_conflicts())})
    except Exception as e:
        out.append({"error": repr(e)[:300]})
json.dump(out, sys.stdout)
`;

interface Answer {
  readonly order: readonly string[];
  readonly torn: readonly string[];
  readonly error?: string;
}

const header = 'class Migration(migrations.Migration):\n    dependencies = ';
const wrong: readonly Drawn[][] = [
  [['a', '0001_x', `${header}[("a", "0000_gone")]`]],
  [
    ['a', '0001_x', `${header}[("b", "0001_x")]`],
    ['b', '0001_x', `${header}[("a", "0001_x")]`],
  ],
  [
    ['a', '0001_x', `${header}[]\n    run_before = [("b", "0009_gone")]`],
    ['b', '0001_x', `${header}[]`],
  ],
  [['a', '0001_x', `${header}[("a", "0001_x")]`]],
].map((files) => files.map(([app, name, text]): Drawn => [app ?? '', name ?? '', `from django.db import migrations\n${text}`]));

const histories = [...fc.sample(history, { numRuns: inFull ? 1_000 : 80, seed: 3 }), ...wrong];
let answers: readonly Answer[];
const hasDjango = pythonHas('django');
beforeAll(() => {
  if (hasDjango) answers = askPython<Answer[]>(askDjango, histories);
}, 120_000);

function read(files: readonly Drawn[]): DjangoMigration[] {
  return files.map(([app, name, text]) => {
    const reading = readMigration({ path: `${name}.py`, file: `${app}/migrations/${name}.py`, text, sha256: '' }, app, 'auth');
    if ('problem' in reading) throw new Error(reading.problem.message);
    return reading.migration;
  });
}

test.skipIf(!hasDjango)('random projects: order and conflicts are what Django says', () => {
  let orders = 0;
  let torn = 0;
  for (const [at, files] of histories.entries()) {
    const { migrations, problems } = orderMigrations(read(files));
    const answer = answers[at] ?? expect.unreachable();
    const told = `${files.map(([app, name, text]) => `${app}.${name}: ${text}`).join('\n')}\n${answer.error}`;
    if (answer.error !== undefined) {
      expect(problems, told).not.toEqual([]);
      continue;
    }
    orders++;
    expect(problems, told).toEqual([]);
    const plain = migrations.map(
      ({ app, name, parents, dependsOn }) => ({ revision: revisionOf([app, name]), app, parents, dependsOn }) as unknown as Migration,
    );
    expect(
      plain.map(({ revision }) => revision),
      told,
    ).toEqual(answer.order);
    const heads = headsOf(plain);
    const apps = [...new Set(heads.map((revision) => revision.slice(0, 1)))].toSorted();
    if (heads.length > 1) torn++;
    expect(heads.length > 1 ? apps : [], told).toEqual(answer.torn);
  }
  expect(orders).toBeGreaterThan(histories.length / 2);
  expect(torn).toBeGreaterThan(5);
});

test('many migrations', () => {
  const count = inFull ? 5_000 : 300;
  const files = Array.from({ length: count }, (_, at): Drawn => {
    const before = at < 10 ? '' : `("app${at % 10}", "${String(at - 10).padStart(4, '0')}")`;
    return [`app${at % 10}`, String(at).padStart(4, '0'), `from django.db import migrations\n${header}[${before}]`];
  });
  expect(orderMigrations(read(files)).migrations).toHaveLength(count);
});
