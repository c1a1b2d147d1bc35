import { basename, join, resolve } from 'node:path';
import { loadSettings } from '../../config/load-settings.ts';
import type { Settings } from '../../config/schema.ts';
import { failure } from '../../core/failure.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { Secret } from '../../core/secret.ts';
import { cloneMethodOption } from '../clone-method-option.ts';
import { configOption, defineCommand, flag, jsonOption, ownServerOption, port, text } from '../command.ts';
import { jobsOption } from '../jobs-option.ts';
import { makeContext } from '../make-context.ts';
import { isOwnersLogin } from '../owners-login.ts';
import { printClone } from '../print-clone.ts';
import { openProgress } from '../run-output.ts';

export const load = defineCommand({
  name: 'load',
  about: 'Load a dump into a named clone that keeps running, for an application to use.',
  detail:
    'Takes the newest dump of the dump folder unless one is named. The clone is kept until its time is over (clone.keepHours) or it is dropped. ' +
    'It gets a server of its own or, where the configuration names an existing one (target), a database there.',
  example: 'pgrehearse load --name shop --port 5433',
  arguments: [{ name: '[dump]', about: 'A dump folder of `pgrehearse clone`, an SQL file or an archive.' }],
  options: {
    name: text('name', 'Name of the clone; the project folder’s name unless given.'),
    port: port('Port; a free one unless given here or in the configuration.'),
    database: text('name', 'Name of the database; production’s own unless given.'),
    user: text('name', 'Role that the application uses. Gets LOGIN; a new role is a superuser.'),
    passwordVariable: text('name', 'Environment variable that holds its password; a random one unless given.'),
    roles: text('file', 'Output of pg_dumpall --roles-only that belongs to the dump.'),
    identity: text('file', 'Private key of age that opens an encrypted dump; as configured (dump.encryption) unless given.'),
    cloneMethod: cloneMethodOption,
    fresh: flag('Load the dump even where an image of it is there.'),
    ownServer: ownServerOption,
    jobs: jobsOption,
    config: configOption,
    json: jsonOption,
  },
  async run({ args: [named], options, terminal, folder, signal }) {
    const loaded = await loadSettings(folder, options.config);
    if (!loaded.ok && (loaded.failure.code !== 'config-not-found' || options.config !== undefined)) return loaded;
    const project = loaded.ok ? loaded.value : undefined;
    const dump = chooseDump(folder, named, options.roles, project);
    if (!dump.ok) return dump;
    const { loadClone } = await import('../../rehearsal/load/load-clone.ts');
    const { copyBesideInPlace } = await import('../../rehearsal/in-place/words-in-place.ts');
    const beside = project === undefined ? undefined : copyBesideInPlace(project.settings);
    if (beside !== undefined) terminal.note(beside);
    const { readDumpKeys } = await import('../../rehearsal/source/dump-keys.ts');
    using output = openProgress(terminal, options.json);
    const context = await makeContext({ emit: output.emit, signal, jobs: options.jobs });
    if (!context.ok) return context;
    const given = options.passwordVariable === undefined ? undefined : context.value.edge.system.environment(options.passwordVariable);
    if (options.passwordVariable !== undefined && given === undefined) {
      return fail(failure('usage', `the variable ${options.passwordVariable} is not set`, { cure: 'Set it to the password that the application uses.' }));
    }
    const { port, database, user } = options;
    const keys = () =>
      options.identity === undefined
        ? readDumpKeys(context.value, project?.settings.dump.encryption, project?.folder ?? folder)
        : readDumpKeys(context.value, { identityFile: options.identity }, folder);
    const clone = await loadClone(context.value, {
      ...dump.value,
      keys,
      settings: project?.settings,
      folder: project?.folder,
      name: options.name ?? cloneName(project?.folder ?? folder),
      port,
      database,
      user,
      password: given === undefined ? undefined : new Secret(given),
      method: options.cloneMethod,
      ownServer: options.ownServer,
      fresh: options.fresh,
    });
    output.close();
    if (!clone.ok) return clone;
    for (const { message, cure } of clone.value.report.losses) terminal.note(`Lost: ${message}\n  → ${cure}`);
    printClone(terminal, clone.value.clone, {
      isOwnersLogin: isOwnersLogin(clone.value.clone),
      settings: project?.settings,
      expiresAt: clone.value.expiresAt,
      asJson: options.json,
    });
    return ok(0);
  },
});

/** The named dump, the configured one, or the newest of the dump folder. */
function chooseDump(
  folder: string,
  named: string | undefined,
  roles: string | undefined,
  project: { readonly settings: Settings; readonly folder: string } | undefined,
): Result<{ readonly dump: string; readonly roles: string | undefined }> {
  const givenRoles = roles === undefined ? undefined : resolve(folder, roles);
  if (named !== undefined) return ok({ dump: resolve(folder, named), roles: givenRoles });
  if (project === undefined) {
    return fail(failure('usage', 'there is no configuration that says where dumps are', { cure: 'Name the dump: `pgrehearse load path/to/dump.sql`.' }));
  }
  const { source, folders } = project.settings;
  if (!('dump' in source)) return ok({ dump: join(project.folder, folders.dumps), roles: givenRoles });
  return ok({
    dump: resolve(project.folder, source.dump),
    roles: givenRoles ?? (source.roles === undefined ? undefined : resolve(project.folder, source.roles)),
  });
}

/** A name for a clone from the project folder's: letters, digits and dashes. */
function cloneName(folder: string): string {
  return (
    basename(folder)
      .replaceAll(/[^A-Za-z0-9_-]+/g, '-')
      .replace(/^[-_]+/, '') || 'clone'
  );
}
