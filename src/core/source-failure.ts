import { type Failure, failure, SqlError } from './failure.ts';

/**
 * What an error of a source's session means, as a failure. Anything but a SqlError is a bug and is thrown on.
 *
 * @param doing completes "… failed while …": `reading the catalogs`, `copying public.invoice`.
 */
export function sourceFailure(error: unknown, label: string, doing: string): Failure {
  if (!(error instanceof SqlError)) throw error;
  const { sqlstate, message, table } = error.fields;
  const extra = { sql: error.fields, ...(table === undefined ? {} : { object: table }) };
  // On a standby only replay makes a reader's transaction fail so; the message comes in the server's language.
  if (sqlstate === '40001' || /conflict with recovery|\(40001\)/.test(message)) {
    return failure('standby-conflict', `The standby ${label} ended our query while ${doing}: ${message}.`, extra);
  }
  if (sqlstate.startsWith('08') || sqlstate.startsWith('57P')) {
    return failure('source-lost', `The connection to ${label} was lost while ${doing}: ${message}.`, extra);
  }
  if (sqlstate === '42501' && /row-level security/.test(message)) {
    return failure('privileges-missing', `Row level security would hide rows from us while ${doing} on ${label}: ${message}.`, {
      ...extra,
      cure: 'Read with a role that has BYPASSRLS: otherwise the copy would silently hold fewer rows.',
    });
  }
  if (sqlstate === '42501') {
    return failure('privileges-missing', `${label} refused ${doing}: ${message}.`, {
      ...extra,
      cure: 'Grant the right that is named; a role that reads everything but large objects has `pg_read_all_data` and BYPASSRLS.',
    });
  }
  if (sqlstate === '55P03') {
    return failure('copy-failed', `Another session held a lock on ${label} for too long while ${doing}: ${message}.`, {
      ...extra,
      cure: 'Run again when no migration or other DDL is running there.',
    });
  }
  return failure('copy-failed', `${label} answered with an error while ${doing}: ${message}.`, extra);
}
