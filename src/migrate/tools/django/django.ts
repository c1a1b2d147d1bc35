import { resolve } from 'node:path';
import { type Failure, failure } from '../../../core/failure.ts';
import type { Migration } from '../../../core/migration.ts';
import type { LedgerRow } from '../../read-ledger.ts';
import { historyOf } from '../history-of.ts';
import type { ToolAdapter } from '../tool-adapter.ts';
import { findApps } from './find-apps.ts';
import { type OrderedMigration, orderMigrations, revisionOf } from './order-migrations.ts';
import { halfReplaced, readDjangoLedger } from './read-ledger.ts';
import { type DjangoMigration, readMigration } from './read-migration.ts';

/**
 * Django: each app has a history of its own, and they rest on each other; `django_migrations` has a row for each app and name. Checked against Django 3.2.
 * A revision is called `app.name`. There is no command that takes back what came after a revision in all apps, so there is no `downTo`.
 * Sources: its MigrationLoader, MigrationGraph and MigrationExecutor, https://docs.djangoproject.com/en/stable/topics/migrations/.
 */
export const django: ToolAdapter = {
  name: 'django',

  async readHistory(projectFolder, settings) {
    const folder = settings.folder ?? '.';
    const { apps, userApp, problems } = await findApps(resolve(projectFolder), folder);
    const unread: Failure[] = [...problems];
    const labels = new Map<string, string>();
    const read: DjangoMigration[] = [];
    for (const { label, files } of apps) {
      const place = files[0]?.file ?? label;
      const other = labels.get(label);
      if (other !== undefined)
        unread.push(
          failure('migration-format', `two apps are called ${label}: ${other} and ${place}`, {
            object: label,
            cure: 'Set migrate.folder to the folder of one project.',
          }),
        );
      labels.set(label, place);
      for (const file of files) {
        const reading = readMigration(file, label, userApp);
        if ('problem' in reading) unread.push(reading.problem);
        else read.push(reading.migration);
      }
    }
    const ordered = unread.length > 0 ? { migrations: [], problems: unread } : orderMigrations(read);
    return historyOf({ migrations: ordered.migrations.map(migrationOf), problems: ordered.problems }, folder, 'Django');
  },

  readLedger: readDjangoLedger,

  async refusals(session, ledger, migrations, rows) {
    const partly = await halfReplaced(session, ledger, migrations);
    return [
      ...partly.map((revision) =>
        failure('ledger-unknown', `${revision} replaces migrations of which only some are applied, so what Django will run isn’t known`, {
          object: revision,
          cure: 'Apply the rest of the migrations that it replaces in production first, from the commit that still has them.',
        }),
      ),
      ...inconsistent(migrations, rows),
    ];
  },

  commands(settings) {
    const program = settings.program ?? ['python3', 'manage.py'];
    const one = (revision: string) => [revision.slice(0, revision.indexOf('.')), revision.slice(revision.indexOf('.') + 1)];
    return {
      up: settings.tool === 'command' ? settings.command : [...program, 'migrate', '--noinput'],
      upTo: (revision) => [...program, 'migrate', '--noinput', ...one(revision)],
      stamp: (revision) => [...program, 'migrate', '--noinput', '--fake', ...one(revision)],
      // No `current`: `showmigrations` names what is pending as well.
      version: [...program, '--version'],
    };
  },
};

function migrationOf({ app, name, file, parents, dependsOn, replaces }: OrderedMigration): Migration {
  return {
    revision: revisionOf([app, name]),
    file: file.file,
    sha256: file.sha256,
    up: file.text,
    upLine: 1,
    optsOutOfTransaction: false,
    parents,
    ...(dependsOn.length > 0 && { dependsOn }),
    app,
    language: 'code',
    ledgerKey: { app, name, ...(replaces.length > 0 && { replaces: replaces.map(revisionOf).join('\n') }) },
  };
}

/** What is applied before something that it rests on: Django stops at that before it runs anything. */
function inconsistent(migrations: readonly Migration[], rows: readonly LedgerRow[]): readonly Failure[] {
  const applied = new Set(rows.map(({ value }) => value));
  return migrations.flatMap(({ revision, parents = [], dependsOn = [] }) => {
    const gaps = applied.has(revision) ? [...parents, ...dependsOn].filter((parent) => !applied.has(parent)) : [];
    return gaps.map((gap) =>
      failure('tool-refuses', `${revision} is applied in production, and ${gap}, on which it rests, isn’t: Django refuses to migrate such a database`, {
        object: gap,
        cure: `Find out whether production has what ${gap} does; if so, record it there with migrate --fake, or else take the dependency back.`,
      }),
    );
  });
}
