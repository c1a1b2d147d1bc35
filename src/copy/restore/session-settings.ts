import { type Failure, failure } from '../../core/failure.ts';
import type { Context, Session } from '../../core/ports.ts';
import { fail, type Result } from '../../core/result.ts';
import type { Address } from '../../core/server.ts';

/**
 * What a session on the copy's side needs so that neither settings of roles and databases nor triggers change what is loaded:
 * values read one way (as pg_dump sets them), and no limits.
 */
const targetSettings = `
  set synchronous_commit = off;
  set statement_timeout = 0;
  set lock_timeout = 0;
  set idle_in_transaction_session_timeout = 0;
  set row_security = off;
  set check_function_bodies = off;
  set client_min_messages = warning;
  set search_path = '';
  set default_transaction_read_only = off;
  set client_encoding = 'UTF8';
  set standard_conforming_strings = on;
  set datestyle = 'ISO';
  set intervalstyle = 'postgres';
  set xmloption = content;
  set maintenance_work_mem = '256MB'`;

/**
 * Opens a superuser session on the database that is being loaded.
 *
 * @param triggers `silent`: rows of a live source come as they are, past triggers of extensions too. `fire`: a script means what it says, and one
 * that was written by hand may count on its triggers and foreign keys; pg_dump makes them after the rows.
 */
export async function openTarget(context: Context, target: Address, triggers: 'silent' | 'fire'): Promise<Result<Session>> {
  const opened = await context.edge.postgres.connect(target, { applicationName: 'pgrehearse load', signal: context.signal });
  if (!opened.ok) return fail(lost(opened.failure));
  await opened.value.execute(triggers === 'silent' ? `${targetSettings}; set session_replication_role = replica` : targetSettings);
  return opened;
}

/** The copy's server was up a moment ago: not to reach it any more is another matter than not to reach production. */
function lost(cause: Failure): Failure {
  return cause.code === 'source-unreachable' ? failure('server-lost', `The copy’s server can’t be reached: ${cause.message}.`) : cause;
}

/**
 * What a session on the source's side needs so that its text means the same on the other side. `row_security = off` makes a policy that
 * would hide rows an error.
 */
export function sourceSettings(serverVersionNum: number, encoding: string): string {
  return `
    set search_path = '';
    set row_security = off;
    set statement_timeout = 0;
    ${serverVersionNum >= 170_000 ? 'set transaction_timeout = 0;' : ''}
    set client_encoding = '${encoding}';
    set datestyle = 'ISO';
    set intervalstyle = 'postgres';
    set xmloption = content;
    set extra_float_digits = 3;
    set synchronize_seqscans = off`;
}

/** SQL_ASCII knows no characters: only the bytes as they are come over whole. Every other encoding has a conversion to UTF-8. */
export function copyEncoding(databaseEncoding: string): 'UTF8' | 'SQL_ASCII' {
  return databaseEncoding === 'SQL_ASCII' ? 'SQL_ASCII' : 'UTF8';
}
