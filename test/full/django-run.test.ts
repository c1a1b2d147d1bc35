import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { settingsSchema } from '../../src/config/schema.ts';
import type { Address } from '../../src/core/server.ts';
import { makeEdge } from '../../src/edge/make-edge.ts';
import { commandEnvironment } from '../../src/migrate/command-environment.ts';
import { headsOf } from '../../src/migrate/heads.ts';
import { readLineage } from '../../src/migrate/lineage.ts';
import { django } from '../../src/migrate/tools/django/django.ts';
import { withDatabase } from '../support/databases.ts';
import { withFolder } from '../support/temporary-folder.ts';
import { unwrap } from '../support/unwrap.ts';
import { python } from '../tools/ask-python.ts';

const migration = (dependencies: string, operations = '', more = '') =>
  `from django.conf import settings\nfrom django.db import migrations, models\n\n\nclass Migration(migrations.Migration):\n    initial = True\n${more}    dependencies = [${dependencies}]\n    operations = [${operations}]\n`;
const model = (name: string) => `migrations.CreateModel("${name}", [("id", models.AutoField(primary_key=True))])`;

const files = {
  'manage.py':
    'import os, sys\nos.environ["DJANGO_SETTINGS_MODULE"] = "site1.settings"\nfrom django.core.management import execute_from_command_line\nexecute_from_command_line(sys.argv)\n',
  'site1/__init__.py': '',
  'site1/settings.py':
    'import os\nSECRET_KEY = "x"\nINSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes", "shop", "lib.billing", "people"]\nAUTH_USER_MODEL = "people.User"\nDEFAULT_AUTO_FIELD = "django.db.models.AutoField"\n' +
    'DATABASES = {"default": {"ENGINE": "django.db.backends.postgresql", **{k: os.environ.get("PG" + v, "") for k, v in [("NAME", "DATABASE"), ("USER", "USER"), ("HOST", "HOST"), ("PORT", "PORT"), ("PASSWORD", "PASSWORD")]}}}\n',
  'people/__init__.py': '',
  'people/models.py':
    'from django.contrib.auth.models import AbstractBaseUser\nfrom django.db import models\n\n\nclass User(AbstractBaseUser):\n    USERNAME_FIELD = "name"\n    name = models.CharField(max_length=9, unique=True)\n',
  'people/migrations/__init__.py': '',
  'people/migrations/0001_initial.py': migration('', model('User')),
  'shop/__init__.py': '',
  'shop/migrations/__init__.py': '',
  'shop/migrations/0001_initial.py': migration('migrations.swappable_dependency(settings.AUTH_USER_MODEL)', model('Item')),
  'shop/migrations/0002_note.py': migration('("shop", "0001_initial"), ("money", "0001_initial")', 'migrations.RunPython(lambda apps, schema: None)'),
  'lib/__init__.py': '',
  'lib/billing/__init__.py': '',
  'lib/billing/apps.py': 'from django.apps import AppConfig\n\n\nclass Billing(AppConfig):\n    name = "lib.billing"\n    label = "money"\n',
  'lib/billing/migrations/__init__.py': '',
  'lib/billing/migrations/0001_initial.py': migration('("auth", "0001_initial")', model('Bill')),
};

const settings = settingsSchema.parse({
  source: { url: 'postgres://h/d' },
  baseline: { mode: 'init-then-migrations' },
  migrate: { tool: 'django', program: [python, 'manage.py'], env: { PYTHONDONTWRITEBYTECODE: '1' } },
}).migrate;

function run(folder: string, address: Address, command: readonly string[] | undefined): string {
  const [program = '', ...args] = command ?? [];
  const env = { ...process.env, ...commandEnvironment(address, { env: { PYTHONDONTWRITEBYTECODE: '1' } }) };
  const ran = spawnSync(program, args, { cwd: folder, env, encoding: 'utf8', timeout: 60_000 });
  if (ran.status !== 0) throw new Error(`${command?.join(' ')}: ${ran.stderr}${ran.stdout}`);
  return ran.stdout;
}

async function lineageOf(folder: string, address: Address) {
  const migrations = unwrap(await django.readHistory(folder, settings));
  const session = unwrap(await makeEdge().postgres.connect(address));
  await using _ = session;
  const { applied, pending, unknown, refusals } = unwrap(await readLineage(session, settings, migrations));
  return { applied, pending: pending.map(({ revision }) => revision), unknown, refusals: refusals.map(({ message }) => message) };
}

test('a project of Django: its revisions, its commands and its ledger, with the real one', { timeout: 180_000 }, async () => {
  await withFolder(files, async (folder) => {
    const commands = django.commands(settings);
    const all = ['people.0001_initial', 'money.0001_initial', 'shop.0001_initial', 'shop.0002_note'];
    const migrations = unwrap(await django.readHistory(folder, settings));
    expect(migrations.map(({ revision }) => revision).toSorted()).toEqual(all.toSorted());
    expect(headsOf(migrations)).toEqual(['shop.0002_note']);
    await withDatabase(15, '', async (address, sql) => {
      run(folder, address, commands.upTo?.('people.0001_initial'));
      expect(await lineageOf(folder, address)).toMatchObject({ applied: ['people.0001_initial'], unknown: [], refusals: [] });

      // What Django itself would do next, in its order; apps of others left out.
      const plan = run(folder, address, [python, 'manage.py', 'showmigrations', '--plan']);
      const pending = [...plan.matchAll(/\[ \] {2}(\S+)/g)].map(([, revision = '']) => revision).filter((revision) => all.includes(revision));
      expect((await lineageOf(folder, address)).pending).toEqual(pending);

      run(folder, address, commands.stamp?.('shop.0001_initial'));
      expect(await lineageOf(folder, address)).toMatchObject({ applied: ['people.0001_initial', 'shop.0001_initial'] });
      expect((await sql("select to_regclass('public.shop_item') as made")).rows).toEqual([{ made: null }]);

      run(folder, address, commands.up);
      expect((await lineageOf(folder, address)).pending).toEqual([]);

      // Squashed: applied once both are that it replaces; Django says so too.
      const squash = join(folder, 'shop/migrations/0001_squashed.py');
      writeFileSync(
        squash,
        migration('("money", "0001_initial"), ("people", "0001_initial")', '', '    replaces = [("shop", "0001_initial"), ("shop", "0002_note")]\n'),
      );
      expect(await lineageOf(folder, address)).toMatchObject({
        applied: expect.arrayContaining(['shop.0001_squashed']),
        pending: [],
        unknown: [],
        refusals: [],
      });
      await sql("delete from django_migrations where app = 'shop' and name = '0002_note'");
      expect((await lineageOf(folder, address)).refusals).toEqual([expect.stringContaining('only some are applied')]);
      rmSync(squash);

      // A file that production ran and the repo lost.
      await sql("insert into django_migrations (app, name, applied) values ('shop', '0009_lost', now())");
      expect(await lineageOf(folder, address)).toMatchObject({ unknown: ['shop.0009_lost'], pending: ['shop.0002_note'] });

      // Applied before what it rests on: Django stops at that.
      await sql(
        "delete from django_migrations where app = 'shop' and name = '0009_lost'; insert into django_migrations (app, name, applied) values ('shop', '0002_note', now()); delete from django_migrations where app = 'money'",
      );
      expect((await lineageOf(folder, address)).refusals).toEqual([expect.stringContaining('money.0001_initial, on which it rests')]);
      expect(() => run(folder, address, commands.up)).toThrow('InconsistentMigrationHistory');
      await sql("insert into django_migrations (app, name, applied) values ('money', '0001_initial', now())");

      // Two leaves of one app: Django refuses, and these two are told.
      writeFileSync(join(folder, 'shop/migrations/0002_other.py'), migration('("shop", "0001_initial")'));
      expect(headsOf(unwrap(await django.readHistory(folder, settings))).toSorted()).toEqual(['shop.0002_note', 'shop.0002_other']);
      expect(() => run(folder, address, commands.up)).toThrow('Conflicting migrations');
    });
  });
});

test.each<[string, Record<string, string>, string]>([
  [
    'a computed dependency',
    { 'shop/migrations/0001_initial.py': 'from django.db import migrations\nclass Migration(migrations.Migration):\n    dependencies = deps()\n' },
    'gives dependencies a value',
  ],
  ['a class of its own kind', { 'shop/migrations/0001_initial.py': 'class Migration(Special):\n    pass\n' }, 'gives dependencies a value'],
  ['no class', { 'shop/migrations/0001_initial.py': 'x = 1\n' }, 'has no class Migration'],
  [
    'a class that is changed',
    { 'shop/migrations/0001_initial.py': `${migration('')}\nMigration.dependencies.append(("a", "b"))\n` },
    'in a way that only Python can follow',
  ],
  ['a parent that is not there', { 'shop/migrations/0002_note.py': migration('("shop", "0009_gone")') }, 'names shop.0009_gone, which no file has'],
  ['a label that is computed', { 'lib/billing/apps.py': 'class A:\n    label = x()\n' }, 'doesn’t say literally what its app is called'],
  ['an unknown user model', { 'site1/settings.py': 'AUTH_USER_MODEL = x()\n' }, 'gives dependencies a value'],
  ['an app twice', { 'other/shop/migrations/__init__.py': '', 'other/shop/migrations/0001_initial.py': migration('') }, 'two apps are called shop'],
])('%s is told', async (_, changed, message) => {
  await withFolder({ ...files, ...changed }, async (folder) => {
    const read = await django.readHistory(folder, settings);
    expect(read.ok ? 'read' : [read.failure.message, ...(read.failure.problems ?? []).map((problem) => problem.message)].join('\n')).toContain(message);
  });
});
