import type { PostgresPort } from '../../core/ports.ts';
import { parseAddress } from './address/parse-address.ts';
import { connect } from './connect.ts';
import { pgDumpFor } from './dump/pg-dump-for.ts';
import { pgRestoreFor } from './dump/pg-restore-for.ts';
import { openWire } from './open-wire.ts';
import { isSameServer } from './same-server.ts';

/** Postgres over the `pg` driver, and pg_dump in whatever form fits. */
export function makePostgres(): PostgresPort {
  const port: PostgresPort = {
    connect,
    parseAddress: (text) => parseAddress(text),
    pgDumpFor,
    pgRestoreFor,
    openWire,
    isSameServer: (source, target, signal) => isSameServer(port, source, target, signal),
  };
  return port;
}
