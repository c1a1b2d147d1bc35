import { startTargetClone } from '../../cluster/external/target-clone.ts';
import { makeTargetImage } from '../../cluster/external/target-image.ts';
import { removeImage } from '../../cluster/remove-image.ts';
import { createSharedRoles } from '../../copy/restore/shared-roles.ts';
import type { Migration } from '../../core/migration.ts';
import type { Context } from '../../core/ports.ts';
import { ok, type Result } from '../../core/result.ts';
import type { Address } from '../../core/server.ts';
import type { SharedServer } from '../../core/shared-server.ts';
import type { SourceFacts } from '../../core/source-facts.ts';
import { type BaselineOutcome, buildBaseline } from '../../migrate/baseline.ts';
import { baselineMigrator } from '../../migrate/choose-migrator.ts';
import { prepareMigrator } from '../../migrate/migrator.ts';
import { baselineScripts, guardCluster, scriptsOf } from '../guard-cluster.ts';
import { accessOn } from '../migrator-access.ts';
import { openForFacts } from '../source/open-source.ts';
import { reserveFor, type TargetedSettings, targetHome } from '../target-home.ts';
import { withSession } from '../with-session.ts';
import type { FreshClone, FreshRequest } from './fresh-request.ts';
import { writeFactsMemo } from './image-memo.ts';
import { dressDatabase } from './image-of-source.ts';
import { expiry } from './load-clone.ts';

type Request = FreshRequest & { readonly settings: TargetedSettings };

/**
 * Builds what the repo says the schema should be as a kept clone on the configured server. As in a run, statements that reach beyond the database are refused.
 */
export async function freshOnTarget(context: Context, request: Request, migrations: readonly Migration[]): Promise<Result<FreshClone>> {
  const { settings, folder, name } = request;
  await using stack = new AsyncDisposableStack();
  const reserved = await reserveFor(context, stack, settings);
  if (!reserved.ok) return reserved;
  const opened = await openForFacts(context, settings, folder);
  if (!opened.ok) return opened;
  await using source = opened.value;
  const { facts } = source;
  const host = await targetHome(context, stack, reserved.value, settings, source);
  if (!host.ok) return host;
  const { shared } = host.value;
  const { server } = reserved.value;
  const expiresAt = expiry(context, settings);
  // The repo says nothing of production's own settings of the database: only its owner is as there.
  const { databaseComment: _comment, databaseGrants: _grants, ...rest } = facts;
  const own: SourceFacts = { ...rest, roles: [], databaseSettings: [] };
  let outcome: BaselineOutcome | undefined;
  const image = await makeTargetImage(context, server, {
    label: `image of ${name}`,
    locale: facts.locale,
    expiresAt,
    holds: 'schema',
    beforeKept: () => host.value.keepRoles(context),
    load: async (admin) => {
      const built = await buildOnTarget(context, request, facts, migrations, admin, shared);
      if (!built.ok) return built;
      outcome = built.value;
      return ok({ dataAsOf: context.now().toISOString(), memo: writeFactsMemo(own) });
    },
  });
  if (!image.ok) return image;
  if (outcome === undefined) throw new Error('the image was made without a baseline');
  const clone = await startTargetClone(context, server, image.value, { label: name, expiresAt, dress: (admin) => dressDatabase(context, own, admin) });
  if (!clone.ok) {
    await removeImage(context, image.value);
    return clone;
  }
  host.value.leaveRoles();
  return ok({ clone: clone.value, outcome, expiresAt });
}

async function buildOnTarget(
  context: Context,
  { settings, folder }: Request,
  facts: SourceFacts,
  migrations: readonly Migration[],
  admin: Address,
  shared: SharedServer,
): Promise<Result<BaselineOutcome>> {
  const roles = await withSession(context, admin, async (session) => ok(await createSharedRoles(context, session, facts, shared.roles)));
  if (!roles.ok) return roles;
  const migrator = await prepareMigrator(context, admin, facts.roles, baselineMigrator(settings.migrate.role, facts), accessOn(context, shared));
  if (!migrator.ok) return migrator;
  const history = settings.baseline.mode === 'init-then-migrations' ? scriptsOf(migrations) : [];
  const scripts = [...(await baselineScripts(settings, folder)), ...history];
  return await guardCluster(context, shared, { phase: 'schema-gate', scripts }, () =>
    buildBaseline(context, {
      settings,
      migrations,
      admin,
      migrator: migrator.value.address,
      databaseOwner: facts.databaseOwner,
      projectFolder: folder,
      phase: 'schema-gate',
    }),
  );
}
