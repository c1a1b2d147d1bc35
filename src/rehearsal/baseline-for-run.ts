import type { HostedClone, HostedImage } from '../core/clone-host.ts';
import type { Migration } from '../core/migration.ts';
import type { Phase } from '../core/phase.ts';
import type { Context } from '../core/ports.ts';
import { ok, type Result } from '../core/result.ts';
import type { SharedServer } from '../core/shared-server.ts';
import type { SourceFacts } from '../core/source-facts.ts';
import { type BaselineOutcome, buildBaseline } from '../migrate/baseline.ts';
import { prepareMigrator } from '../migrate/migrator.ts';
import { baselineScripts, guardCluster, scriptsOf } from './guard-cluster.ts';
import { accessOn } from './migrator-access.ts';
import type { RehearseRequest } from './request.ts';
import type { Run } from './run.ts';

export interface BaselineWanted {
  readonly phase: Phase;
  readonly image: HostedImage;
  readonly facts: SourceFacts;
  readonly migrations: readonly Migration[];
  readonly appliedThrough?: string;
  readonly ranElsewhere: readonly string[];
  /** Set where others use the server too. */
  readonly shared: SharedServer | undefined;
}

export interface Baseline {
  readonly clone: HostedClone;
  readonly outcome: BaselineOutcome;
}

/** Builds the baseline in an empty database beside production's roles. */
export async function baselineForRun(context: Context, run: Run, request: RehearseRequest, wanted: BaselineWanted): Promise<Result<Baseline>> {
  const { image, facts, phase, shared } = wanted;
  const clone = await image.startEmpty(context, `baseline for ${phase}`);
  if (!clone.ok) return clone;
  const { admin, remove } = clone.value;
  run.removeAtEnd(remove);
  run.hide(admin.password);
  const migrator = await prepareMigrator(context, admin, facts.roles, request.settings.migrate.role, accessOn(context, shared));
  if (!migrator.ok) return migrator;
  run.hide(migrator.value.address.password);
  const { settings, folder } = request;
  const history = settings.baseline.mode === 'init-then-migrations' ? scriptsOf(wanted.migrations) : [];
  const scripts = shared === undefined ? [] : [...(await baselineScripts(settings, folder)), ...history];
  const built = await guardCluster(context, shared, { phase, scripts }, () =>
    buildBaseline(context, {
      settings: request.settings,
      migrations: wanted.migrations,
      admin,
      migrator: migrator.value.address,
      databaseOwner: facts.databaseOwner,
      ...(wanted.appliedThrough === undefined ? {} : { appliedThrough: wanted.appliedThrough }),
      ranElsewhere: wanted.ranElsewhere,
      projectFolder: request.folder,
      phase,
    }),
  );
  return built.ok ? ok({ clone: clone.value, outcome: built.value }) : built;
}
