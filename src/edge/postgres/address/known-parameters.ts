import { type Failure, failure } from '../../../core/failure.ts';
import type { Parameters } from './connection-parameters.ts';

/** The variables that stand in for parameters, as libpq documents them. */
export const variables: Readonly<Record<string, string>> = {
  host: 'PGHOST',
  hostaddr: 'PGHOSTADDR',
  port: 'PGPORT',
  dbname: 'PGDATABASE',
  user: 'PGUSER',
  password: 'PGPASSWORD',
  passfile: 'PGPASSFILE',
  options: 'PGOPTIONS',
  sslmode: 'PGSSLMODE',
  sslrootcert: 'PGSSLROOTCERT',
  sslcert: 'PGSSLCERT',
  sslkey: 'PGSSLKEY',
  channel_binding: 'PGCHANNELBINDING',
  service: 'PGSERVICE',
};

/** Taken, and without effect here: our own settings apply, or they only tune. */
const ignored = new Set(
  [
    'application_name fallback_application_name client_encoding connect_timeout keepalives keepalives_idle keepalives_interval keepalives_count',
    'tcp_user_timeout sslcompression sslsni sslnegotiation ssl_min_protocol_version ssl_max_protocol_version sslcertmode gssencmode krbsrvname',
    'gsslib gssdelegation target_session_attrs load_balance_hosts min_protocol_version max_protocol_version',
    // Prisma's own, which stand in many a DATABASE_URL.
    'schema connection_limit pool_timeout socket_timeout statement_cache_size pgbouncer uselibpqcompat',
  ].flatMap((line) => line.split(' ')),
);

/** Not supported; to go on without them would be less safe than what was asked for. */
const refused: Readonly<Record<string, string>> = {
  sslpassword: 'a key file with a passphrase is not supported: use one without',
  sslcrl: 'revocation lists are not supported',
  sslcrldir: 'revocation lists are not supported',
  requirepeer: 'requirepeer is not supported',
  require_auth: 'require_auth is not supported: use channel_binding=require or sslmode=verify-full',
  replication: 'a replication connection can’t be used',
  sslaccept: 'sslaccept is Prisma’s: use sslmode=require, verify-ca or verify-full',
  sslidentity: 'sslidentity is Prisma’s: use sslcert and sslkey',
};

/** Refuses what isn't known, or can't be kept. A name is only told when it can't be a piece of a password with an unescaped mark in it. */
export function refuseUnknown(parameters: Parameters): Failure | undefined {
  for (const name of parameters.keys()) {
    if (name in variables || ignored.has(name) || name === 'servicefile') continue;
    const about = refused[name];
    if (about !== undefined) return failure('usage', `connection parameter ${name}: ${about}`, { cure: `Take ${name} out of the connection string.` });
    return parameters.has('password')
      ? failure('usage', 'the connection string has a parameter that is not known', {
          cure: 'Compare it with https://www.postgresql.org/docs/current/libpq-connect.html; in a URL’s password write & as %26, = as %3D and ? as %3F.',
        })
      : failure('usage', `connection parameter ${name} is not known`, {
          object: name,
          cure: 'Compare it with https://www.postgresql.org/docs/current/libpq-connect.html.',
        });
  }
  return undefined;
}
