import type { Address } from '../core/server.ts';

/** One of the names by which clients reach the database: each has connections of its own. */
export interface PoolerPlan {
  readonly server: Address;
  readonly aliases: readonly string[];
  readonly port: number;
  readonly usersFile: string;
}

/**
 * PgBouncer’s settings: transaction mode, and one connection of the server for each role and alias, so that two clients have to share it.
 * No secret is among them. The loopback interface only, and no socket file.
 */
export function poolerSettings({ server, aliases, port, usersFile }: PoolerPlan): string {
  const target = `host=${quoted(server.hostAddress ?? server.host)} port=${server.port} dbname=${quoted(server.database)}`;
  const settings: Readonly<Record<string, string | number>> = {
    listen_addr: '127.0.0.1',
    listen_port: port,
    unix_socket_dir: '',
    auth_type: 'scram-sha-256',
    auth_file: usersFile,
    pool_mode: 'transaction',
    default_pool_size: 1,
    reserve_pool_size: 0,
    // A connection that is closed in between would be a clean one, and hide what was left.
    server_idle_timeout: 0,
    server_lifetime: 86_400,
    server_check_delay: 86_400,
    query_wait_timeout: 120,
    server_tls_sslmode: server.tls,
    ...(server.tlsRootCertificate === undefined || server.tlsRootCertificate === 'system' ? {} : { server_tls_ca_file: server.tlsRootCertificate }),
    // Drivers send these at log-in, and 1.18 refuses what it doesn’t know.
    ignore_startup_parameters: 'extra_float_digits,options',
    log_connections: 0,
    log_disconnections: 0,
    log_stats: 0,
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${value}`);
  return ['[databases]', ...aliases.map((alias) => `${alias} = ${target}`), '', '[pgbouncer]', ...lines, ''].join('\n');
}

/** The file of names and passwords. PgBouncer asks clients for the same password with which it logs in itself. */
export function poolerUsers(users: readonly { readonly name: string; readonly password: string }[]): string {
  return users.map(({ name, password }) => `"${name.replaceAll('"', '""')}" "${password.replaceAll('"', '""')}"\n`).join('');
}

function quoted(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}
