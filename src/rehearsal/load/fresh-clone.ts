import { startClone } from '../../cluster/clone.ts';
import { makeImage } from '../../cluster/image.ts';
import { removeImage } from '../../cluster/remove-image.ts';
import { createRoles } from '../../copy/restore/roles.ts';
import type { Migration } from '../../core/migration.ts';
import type { Context } from '../../core/ports.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import type { Address } from '../../core/server.ts';
import type { SourceFacts } from '../../core/source-facts.ts';
import { type BaselineOutcome, buildBaseline } from '../../migrate/baseline.ts';
import { baselineMigrator } from '../../migrate/choose-migrator.ts';
import { prepareMigrator } from '../../migrate/migrator.ts';
import { readMigrations } from '../../migrate/read-migrations.ts';
import { readFactsOnly } from '../source/read-facts-only.ts';
import { isTargeted } from '../target-home.ts';
import { withSession } from '../with-session.ts';
import { checkCloneName } from './check-clone-name.ts';
import { checkPort } from './check-port.ts';
import { freshOnTarget } from './fresh-on-target.ts';
import type { FreshClone, FreshRequest } from './fresh-request.ts';
import { buildForSource } from './image-of-source.ts';
import { expiry, ofOwnServers } from './load-clone.ts';

/**
 * Builds what the repo says the schema should be, as a named clone that is kept: for looking at, and for `diff`. Of the source only its facts
 * are read (version, locale, roles), no rows.
 */
export async function freshClone(context: Context, request: FreshRequest): Promise<Result<FreshClone>> {
  const { settings, folder, name } = request;
  const free = await checkCloneName(context, name);
  if (!free.ok) return free;
  const migrations = await readMigrations(settings.migrate, folder);
  if (!migrations.ok) return migrations;
  if (isTargeted(settings) && !request.ownServer) {
    if (request.port !== undefined) return fail(ofOwnServers('--port'));
    return await freshOnTarget(context, { ...request, settings }, migrations.value);
  }
  const port = await checkPort(context, request.port);
  if (!port.ok) return port;
  const known = await readFactsOnly(context, settings, folder);
  if (!known.ok) return known;
  const facts = known.value;
  const build = await buildForSource(context, facts, settings.clone.acceptOtherMajor, 'provision');
  if (!build.ok) return build;
  const expiresAt = expiry(context, settings);
  let outcome: BaselineOutcome | undefined;
  const image = await makeImage(context, {
    build: build.value,
    label: `image of ${name}`,
    database: facts.database,
    locale: facts.locale,
    kept: true,
    expiresAt,
    load: async (admin) => {
      const built = await buildFresh(context, request, facts, migrations.value, admin);
      if (!built.ok) return built;
      outcome = built.value;
      return ok({ dataAsOf: context.now().toISOString() });
    },
  });
  if (!image.ok) return image;
  if (outcome === undefined) throw new Error('the image was made without a baseline');
  const clone = await startClone(context, image.value, { label: name, kept: true, expiresAt, ...(request.port === undefined ? {} : { port: request.port }) });
  if (clone.ok) return ok({ clone: clone.value, outcome, expiresAt });
  await removeImage(context, image.value);
  return clone;
}

async function buildFresh(
  context: Context,
  { settings, folder }: FreshRequest,
  facts: SourceFacts,
  migrations: readonly Migration[],
  admin: Address,
): Promise<Result<BaselineOutcome>> {
  const roles = await withSession(context, admin, async (session) => ok(await createRoles(session, facts)));
  if (!roles.ok) return roles;
  const migrator = await prepareMigrator(context, admin, facts.roles, baselineMigrator(settings.migrate.role, facts));
  if (!migrator.ok) return migrator;
  return buildBaseline(context, {
    settings,
    migrations,
    admin,
    migrator: migrator.value.address,
    databaseOwner: facts.databaseOwner,
    projectFolder: folder,
    phase: 'schema-gate',
  });
}
