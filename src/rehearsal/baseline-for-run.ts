import type { HostedClone, HostedImage } from '../core/clone-host.ts';
import type { Event } from '../core/event.ts';
import type { Migration } from '../core/migration.ts';
import type { Phase } from '../core/phase.ts';
import type { Context, Session } from '../core/ports.ts';
import { ok, type Result } from '../core/result.ts';
import type { SharedServer } from '../core/shared-server.ts';
import type { SourceFacts } from '../core/source-facts.ts';
import { type BaselineOutcome, buildBaseline } from '../migrate/baseline.ts';
import { baselineMigrator } from '../migrate/choose-migrator.ts';
import { prepareMigrator } from '../migrate/migrator.ts';
import type { Rebuild } from './comparing/find-unstable.ts';
import { baselineScripts, guardCluster, scriptsOf } from './guard-cluster.ts';
import { accessOn } from './migrator-access.ts';
import type { RehearseRequest } from './request.ts';
import type { Run } from './run.ts';
import { withSession } from './with-session.ts';

export interface BaselineWanted {
  readonly phase: Phase;
  readonly image: HostedImage;
  readonly facts: SourceFacts;
  readonly migrations: readonly Migration[];
  /** As in `BaselineRequest`; the head unless given. */
  readonly appliedThrough?: string | readonly string[];
  readonly ranElsewhere: readonly string[];
  /** Set where others use the server too. */
  readonly shared: SharedServer | undefined;
  /** Built once more, to see what differs between two builds: in a time zone where it is another day, where that is wanted. */
  readonly rebuilt?: 'again' | 'otherDay';
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
  const migrator = await prepareMigrator(context, admin, facts.roles, baselineMigrator(request.settings.migrate.role, facts), accessOn(context, shared));
  if (!migrator.ok) return migrator;
  run.hide(migrator.value.address.password);
  if (wanted.rebuilt !== undefined) context.emit({ type: 'step', phase, text: 'The baseline is built once more: what differs between two builds is unstable' });
  const quiet = wanted.rebuilt === undefined ? context : { ...context, emit: (event: Event) => (event.type === 'step' ? undefined : context.emit(event)) };
  if (wanted.rebuilt === 'otherDay') {
    const moved = await withSession(context, admin, (session) => onAnotherDay(session));
    if (!moved.ok) return moved;
  }
  const { settings, folder } = request;
  const history = settings.baseline.mode === 'init-then-migrations' ? scriptsOf(wanted.migrations) : [];
  const scripts = shared === undefined ? [] : [...(await baselineScripts(settings, folder)), ...history];
  const built = await guardCluster(context, shared, { phase, scripts }, () =>
    buildBaseline(quiet, {
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

/** The same baseline, once more. */
export function rebuildBaseline(context: Context, run: Run, request: RehearseRequest, wanted: BaselineWanted): Rebuild {
  return async (rebuilt) => {
    const built = await baselineForRun(context, run, request, { ...wanted, rebuilt });
    return built.ok ? ok(built.value.clone) : built;
  };
}

/** East and west ends of the world: in one of them it always is another day than anywhere else. */
const ends = ['Etc/GMT+12', 'Etc/GMT-14'];

/** Sessions that are opened from now on are where it is another day. */
async function onAnotherDay(session: Session): Promise<Result<void>> {
  const [row] = await session.query<{ zone: string; database: string }>(
    `select z as zone, pg_catalog.quote_ident(pg_catalog.current_database()) as database
       from unnest($1::text[]) z where (now() at time zone z)::date <> current_date order by z limit 1`,
    [ends],
  );
  if (row !== undefined) await session.execute(`alter database ${row.database} set timezone to '${row.zone}'`);
  return ok();
}
