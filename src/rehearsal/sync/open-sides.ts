import type { SyncDatabase, SyncStaging } from '../../config/settings/sync.ts';
import { failure, SqlError } from '../../core/failure.ts';
import type { LiveSource } from '../../core/open-source.ts';
import type { Context, Session } from '../../core/ports.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { type Address, showAddress } from '../../core/server.ts';
import { openAddress } from '../../source/url.ts';
import { openPlace } from '../cloud/open-place.ts';
import { knownAddress } from '../cloud/place.ts';
import { keepOpen } from '../source/open-live.ts';
import { readIdentity, type ServerIdentity } from './read-identity.ts';

export interface OpenStaging extends AsyncDisposable {
  readonly address: Address;
  readonly label: string;
  /** For looking: whatever changes something has a session of its own. */
  readonly session: Session;
}

/** Staging, proven to be it. */
export interface ProvenStaging extends OpenStaging {
  readonly identity: ServerIdentity;
}

/** Whether a URL names the host and database that are configured; asked before anybody connects. */
export function checkAddress(context: Context, side: 'production' | 'staging', place: Pick<SyncDatabase, 'url' | 'urlVariable' | 'identity'>): Result<void> {
  const { identity } = place;
  const address = knownAddress(context, place);
  if (identity === undefined || address === undefined) return ok();
  const wrong = (what: string, given: string, wanted: string) =>
    fail(failure('sync-wrong-side', `sync.${side} leads to the ${what} ${given}, and ${wanted} is configured.`, { object: showAddress(address) }));
  if (identity.host !== undefined && address.host !== identity.host) return wrong('host', address.host, identity.host);
  if (identity.database !== undefined && address.database !== identity.database) return wrong('database', address.database, identity.database);
  return ok();
}

/** Production, read-only and held at one snapshot until it is closed. */
export async function openProduction(context: Context, settings: SyncDatabase, folder: string): Promise<Result<LiveSource>> {
  const opened = await openPlace(context, settings, folder, 'sync.production');
  if (!opened.ok) return opened;
  const way = opened.value;
  const live = await openAddress(context, way.address, { kind: 'url', label: way.label, allowPrimary: settings.allowPrimary });
  return await keepOpen(live, way, {});
}

/** Staging, by a session that only looks. */
export async function openStaging(context: Context, settings: SyncStaging, folder: string): Promise<Result<OpenStaging>> {
  const opened = await openPlace(context, settings, folder, 'sync.staging');
  if (!opened.ok) return opened;
  const way = opened.value;
  // A pooler refuses start-up options, or drops them.
  const direct = { ...way.address, options: `${way.address.options ?? ''} -c pgrehearse.direct=on`.trim() };
  const connected = await context.edge.postgres.connect(direct, { applicationName: 'pgrehearse sync', signal: context.signal });
  if (!connected.ok) {
    await way[Symbol.asyncDispose]();
    return connected;
  }
  const session = connected.value;
  try {
    const [asked] = await session.query<{ direct: string | null }>("select pg_catalog.current_setting('pgrehearse.direct', true) as direct");
    if (asked?.direct !== 'on') {
      await session.close();
      await way[Symbol.asyncDispose]();
      return fail(pooled(way.label));
    }
    await session.execute(
      `set search_path = ''; set default_transaction_read_only = on; set statement_timeout = '300s'; set row_security = off; ${patient(session)}`,
    );
  } catch (error) {
    await session.close();
    await way[Symbol.asyncDispose]();
    if (error instanceof SqlError) return fail(failure('sync-failed', `Staging refused a session: ${error.fields.message}.`, { sql: error.fields }));
    throw error;
  }
  return ok({
    address: way.address,
    label: way.label,
    session,
    [Symbol.asyncDispose]: async () => {
      await session.close();
      await way[Symbol.asyncDispose]();
    },
  });
}

/** What is set in a session would stay with one of staging's application, and the next transaction be somebody else's session. */
function pooled(label: string) {
  return failure('source-unreachable', `${label}: a connection pooler is in between, which drops start-up options`, {
    object: label,
    cure: 'Use the address of the Postgres server itself, not of the pooler.',
  });
}

/**
 * A session that changes staging: values are read one way, whatever the settings of role and database are, and policies that would hide rows are errors. It leads
 * to the very database that was proven to be staging: a name may lead elsewhere by now. Fails with what connecting fails with, and with `staging-unproven`. Throws
 * SqlError.
 */
export async function openWriter(context: Context, { address, label, identity }: ProvenStaging, encoding: string): Promise<Result<Session>> {
  const connected = await context.edge.postgres.connect(address, { applicationName: 'pgrehearse sync', signal: context.signal });
  if (!connected.ok) return connected;
  const session = connected.value;
  try {
    return await readied(session, identity, label, encoding);
  } catch (error) {
    await session.close();
    throw error;
  }
}

async function readied(session: Session, identity: ServerIdentity, label: string, encoding: string): Promise<Result<Session>> {
  const found = await readIdentity(session);
  if (!isSame(found, identity)) {
    await session.close();
    const there = `${found.own ?? found.database}${found.isStandby ? ', a standby' : ''}`;
    return fail(
      failure('staging-unproven', `Staging (${label}) now leads to another database than the one that was proven to be staging (${there}).`, {
        object: label,
        cure: 'Find out what its name or pooler leads to; nothing was written there.',
      }),
    );
  }
  await session.execute(`
    set search_path = ''; set row_security = off; set default_transaction_read_only = off; set client_encoding = '${encoding}'; set standard_conforming_strings = on;
    set statement_timeout = 0; set idle_in_transaction_session_timeout = 0; ${patient(session)} set client_min_messages = warning;
    set datestyle = 'ISO'; set intervalstyle = 'postgres'; set timezone = 'UTC'; set extra_float_digits = 3; set bytea_output = 'hex'; set xmloption = content;
    set lc_monetary = 'C'; set max_parallel_workers_per_gather = 0; set jit = off; ${compressQuickly}`);
  return ok(session);
}

/**
 * Long values are compressed by lz4 where staging's server has it, and neither it, nor the database, nor the role says by what: pglz takes a fifth of all that
 * filling a table with its indexes takes, and doesn't make them smaller. What a column says for itself holds.
 */
const compressQuickly = `
    select pg_catalog.set_config(s.name, 'lz4', false) from pg_catalog.pg_settings s
     where s.name = 'default_toast_compression' and s.source = 'default' and 'lz4' = any (s.enumvals)`;

function isSame(found: ServerIdentity, proven: ServerIdentity): boolean {
  return !found.isStandby && found.own === proven.own && found.database === proven.database && found.stamp === proven.stamp;
}

/** However long a side's role or database lets sessions wait, the other side may take longer. */
function patient({ serverVersionNum }: Session): string {
  return [
    ...(serverVersionNum >= 140_000 ? ['set idle_session_timeout = 0;'] : []),
    ...(serverVersionNum >= 170_000 ? ['set transaction_timeout = 0;'] : []),
  ].join(' ');
}
