import { failure } from '../../core/failure.ts';
import type { PostgresPort } from '../../core/ports.ts';
import { fail } from '../../core/result.ts';
import { connect } from './connect.ts';

/** Postgres over the `pg` driver, and pg_dump in whatever form fits. */
export function makePostgres(): PostgresPort {
  return {
    connect,
    parseAddress: () => fail(failure('usage', 'addresses are not read yet')),
    pgDumpFor: async () => fail(failure('server-newer-than-clients', 'no pg_dump yet')),
    pgRestoreFor: async () => fail(failure('pg-restore-missing', 'no pg_restore yet')),
  };
}
