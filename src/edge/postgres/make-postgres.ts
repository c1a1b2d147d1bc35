import type { PostgresPort } from '../../core/ports.ts';
import { parseAddress } from './address/parse-address.ts';
import { connect } from './connect.ts';
import { pgDumpFor } from './dump/pg-dump-for.ts';
import { pgRestoreFor } from './dump/pg-restore-for.ts';
import { openWire } from './open-wire.ts';
import { isSameServer } from './same-server.ts';
import { showPools } from './show-pools.ts';

/** Postgres over the `pg` driver, and pg_dump in whatever form fits. */
export function makePostgres(): PostgresPort {
  return {
    connect,
    parseAddress: (text) => parseAddress(text),
    pgDumpFor,
    pgRestoreFor,
    showPools,
    openWire,
    // By this very port, so that whoever wraps its connections has these wrapped as well.
    isSameServer(source, target, signal) {
      return isSameServer(this, source, target, signal);
    },
  };
}
