import { askConnections, type PoolLine } from '../../check/server-check/ask-connections.ts';
import { askLongTransactions } from '../../check/server-check/ask-long-transactions.ts';
import { askRole } from '../../check/server-check/ask-role.ts';
import { judgeArchive, judgeAttestation } from '../../check/server-check/judge-backup.ts';
import { judgeVersion } from '../../check/server-check/judge-version.ts';
import type { AskedServer, ServerAnswer } from '../../check/server-check/server-answer.ts';
import { writeUpServerCheck } from '../../check/server-check/write-up-server-check.ts';
import type { ServerCheck, Settings } from '../../config/schema.ts';
import { type Failure, failure, SqlError } from '../../core/failure.ts';
import type { OpenSource } from '../../core/open-source.ts';
import type { Context, Session } from '../../core/ports.ts';
import { fail, ok, type Result, unreachable } from '../../core/result.ts';
import type { Secret } from '../../core/secret.ts';
import type { Address } from '../../core/server.ts';
import { openPlace } from '../cloud/open-place.ts';
import { report } from '../run.ts';
import { readArchive } from './read-archive.ts';

/** What is asked of production's server, and with whom. */
export interface ProductionAsked {
  readonly settings: Pick<Settings, 'runbook' | 'preflight'>;
  /** The project's folder: paths of the settings are relative to it. */
  readonly folder: string;
  /** Open, where it is a live one. */
  readonly source: OpenSource | undefined;
  readonly hide: (secret: Secret | undefined) => void;
}

/** Never more than this long, and never behind a lock: production is only looked at. */
const gently = { statementTimeoutMs: 15_000, lockTimeoutMs: 2_000 };

/**
 * Asks the runbook's server checks, read-only, and tells a gate for each. Where production can't be asked they are inconclusive: a clone has no traffic, and
 * other connections than production's.
 */
export async function askProduction(context: Context, { settings, folder, source, hide }: ProductionAsked): Promise<void> {
  const { serverChecks } = settings.runbook;
  if (serverChecks.length === 0) return;
  const found = await findProduction(context, settings, folder, source);
  await using _way = found.ok ? found.value.way : undefined;
  const connected = found.ok ? await openProduction(context, found.value.address, hide) : found;
  await using session = connected.ok ? connected.value : undefined;
  const server = session === undefined || !found.ok ? undefined : { ...(await readServer(session, found.value)), ...(await relationOf(session, source)) };
  const ownPids = [session?.backendPid, source?.kind === 'live' ? source.session.backendPid : undefined].filter((pid) => pid !== undefined);
  for (const check of serverChecks) {
    const startedAt = performance.now();
    const answer = await answerOf(context, check, { session, server, folder, ownPids, hide }, found.ok && !connected.ok ? connected.failure : undefined);
    report(context, writeUpServerCheck(check, needsServer(check) ? server : undefined, answer, startedAt));
  }
}

interface Production {
  readonly what: AskedServer['what'];
  readonly address: Address;
  readonly label: string;
  /** What has to be closed afterwards. */
  readonly way?: AsyncDisposable;
}

/** What the settings call production, here or for `preflight`; or else a source that is a live server. */
async function findProduction(
  context: Context,
  { runbook, preflight }: ProductionAsked['settings'],
  folder: string,
  source: OpenSource | undefined,
): Promise<Result<Production>> {
  const production = runbook.production ?? preflight.source;
  if (production === undefined) {
    // A source that can't change is a restored copy that nobody uses, and no production.
    if (source?.kind === 'live' && source.unchanging !== true && source.restoredForUs !== true)
      return ok({ what: 'source', address: source.address, label: source.facts.label });
    return fail(failure('source-unreachable', 'there is no server to ask', { cure: noServerCure }));
  }
  const opened = await openPlace(context, production, folder, runbook.production === undefined ? 'preflight.source' : 'runbook.production');
  return opened.ok ? ok({ what: 'production', address: opened.value.address, label: opened.value.label, way: opened.value }) : opened;
}

const noServerCure =
  'Name production in runbook.production: the source is a dump, an image or a restored copy, which has neither production’s traffic nor its connections.';

async function openProduction(context: Context, address: Address, hide: ProductionAsked['hide']): Promise<Result<Session>> {
  hide(address.password);
  return await context.edge.postgres.connect(address, { applicationName: 'pgrehearse server checks', readOnly: gently, signal: context.signal });
}

async function readServer(session: Session, { what, label }: Production): Promise<AskedServer> {
  const [row] = await session.query<{ version: string; database: string; standby: boolean }>(
    `select pg_catalog.split_part(pg_catalog.current_setting('server_version'), ' ', 1) as version, pg_catalog.current_database()::text as database,
            pg_catalog.pg_is_in_recovery() as standby`,
  );
  if (row === undefined) throw new Error('a query without a table gave no row');
  return { what, label, ...row };
}

/**
 * Whether it is the cluster that the data come from, or a standby of it. Another one is no fault, since the source may be a restored copy; whoever reads an
 * answer has to know it.
 */
async function relationOf(session: Session, source: OpenSource | undefined): Promise<Pick<AskedServer, 'isOtherCluster'>> {
  if (source?.kind !== 'live') return {};
  try {
    const query = 'select system_identifier::text as identifier from pg_catalog.pg_control_system()';
    const [[asked], [data]] = [await session.query<{ identifier: string }>(query), await source.session.query<{ identifier: string }>(query)];
    return asked !== undefined && data !== undefined && asked.identifier !== data.identifier ? { isOtherCluster: true } : {};
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    return {};
  }
}

interface Scene {
  readonly session: Session | undefined;
  readonly server: AskedServer | undefined;
  readonly folder: string;
  readonly ownPids: readonly number[];
  readonly hide: ProductionAsked['hide'];
}

async function answerOf(context: Context, check: ServerCheck, scene: Scene, failed: Failure | undefined): Promise<ServerAnswer> {
  // A word is taken without a server.
  if (check.kind === 'backup' && check.attestation !== undefined) return judgeAttestation(check, context.now().getTime());
  const { session, server } = scene;
  if (session === undefined || server === undefined)
    return { kind: 'doubt', reason: failed?.message ?? 'production is not asked: there is no server to ask', cure: failed?.cure ?? noServerCure };
  try {
    return await ask(context, check, session, server, scene);
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    return { kind: 'doubt', reason: `it could not be asked: ${error.fields.message}`, cure: 'See to it that the role may read this.' };
  }
}

async function ask(context: Context, check: ServerCheck, session: Session, server: AskedServer, { folder, ownPids, hide }: Scene): Promise<ServerAnswer> {
  switch (check.kind) {
    case 'version':
      return judgeVersion(check, session.serverVersionNum);
    case 'role':
      return await askRole(session, check);
    case 'connections': {
      if (server.standby) return ofStandby;
      const pools = check.poolerUrlVariable === undefined ? ok(undefined) : await readPools(context, check.poolerUrlVariable, hide);
      return pools.ok
        ? await askConnections(session, check, pools.value)
        : { kind: 'doubt', reason: `PgBouncer could not be asked: ${pools.failure.message}`, cure: pools.failure.cure };
    }
    case 'long-transactions':
      return server.standby ? ofStandby : await askLongTransactions(session, check, ownPids);
    case 'backup': {
      const tables = await session.query<{ name: string }>(tablesQuery);
      const archive = await readArchive(context, folder, check.file ?? '');
      if (!archive.ok) return { kind: 'doubt', reason: archive.failure.message, cure: archive.failure.cure };
      return judgeArchive(check, archive.value, { nowMs: context.now().getTime(), database: server.database, tables: tables.map(({ name }) => name) });
    }
    default:
      return unreachable(check);
  }
}

const ofStandby: ServerAnswer = {
  kind: 'doubt',
  reason: 'it is a standby, whose sessions aren’t those of the primary, where the deploy runs',
  cure: 'Name the primary in runbook.production.',
};

function needsServer(check: ServerCheck): boolean {
  return check.kind !== 'backup' || check.attestation === undefined;
}

/** Ordinary tables that a dump has to hold the rows of, by the names that pg_restore lists. */
const tablesQuery = `
select n.nspname || '.' || c.relname as name
from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.relkind = 'r' and c.relpersistence = 'p' and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
  and not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.objid = c.oid and d.deptype = 'e')
order by 1`;

async function readPools(context: Context, variable: string, hide: ProductionAsked['hide']): Promise<Result<readonly PoolLine[]>> {
  const url = context.edge.system.environment(variable);
  if (url === undefined) return fail(failure('config-invalid', `the environment variable ${variable} is not set`, { cure: `Set ${variable}.` }));
  const address = context.edge.postgres.parseAddress(url);
  if (!address.ok) return address;
  hide(address.value.password);
  const shown = await context.edge.postgres.showPools(address.value, context.signal);
  if (!shown.ok) return shown;
  // The console itself is a pool too.
  return ok(
    shown.value
      .filter(({ database }) => database !== 'pgbouncer')
      .map((row) => ({
        ...{ database: String(row.database), user: String(row.user), active: Number(row.cl_active) },
        ...{ waiting: Number(row.cl_waiting), longestWaitSeconds: Number(row.maxwait) },
      })),
  );
}
