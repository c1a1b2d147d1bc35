import type { Address } from '../core/server.ts';
import type { CommandSettings } from './migrate-settings.ts';

/**
 * An address as a postgres:// URL with its password, for a child's environment only. A Unix socket's folder goes into the query, as libpq wants it.
 *
 * @example connectionUrl({ host: '127.0.0.1', port: 5432, database: 'shop', user: 'app', tls: 'disable' }) // postgres://app@127.0.0.1:5432/shop?sslmode=disable
 */
export function connectionUrl(address: Address): string {
  const password = address.password === undefined ? '' : `:${encodeURIComponent(address.password.reveal())}`;
  // Only libpq knows hostaddr. Who checks the name in the certificate needs the name; everybody else is led to the address.
  const keepsName = address.hostAddress !== undefined && address.tls === 'verify-full';
  const place = keepsName ? address.host : (address.hostAddress ?? address.host);
  const socket = place.startsWith('/');
  const host = socket ? '' : `${place.includes(':') ? `[${place}]` : place}:${address.port}`;
  const query = new URLSearchParams({
    ...(socket ? { host: place, port: String(address.port) } : {}),
    ...(keepsName ? { hostaddr: address.hostAddress ?? '' } : {}),
    sslmode: address.tls,
  });
  return `postgres://${encodeURIComponent(address.user)}${password}@${host}/${encodeURIComponent(address.database)}?${query}`;
}

/**
 * What the team's tool gets: DATABASE_URL, the PG* variables, the team's own variables, and `env` from the configuration, in which `${DATABASE_URL}`
 * or another of these names stands for its value. A blank value in `env` leaves the variable out.
 */
export function commandEnvironment(
  address: Address,
  settings: Pick<CommandSettings, 'env' | 'databaseNameVariable' | 'databaseUrlVariable'>,
): Record<string, string> {
  const url = connectionUrl(address);
  const ours: Record<string, string> = {
    DATABASE_URL: url,
    PGHOST: address.host,
    ...(address.hostAddress === undefined ? {} : { PGHOSTADDR: address.hostAddress }),
    PGPORT: String(address.port),
    PGDATABASE: address.database,
    PGUSER: address.user,
    PGSSLMODE: address.tls,
    ...(address.password === undefined ? {} : { PGPASSWORD: address.password.reveal() }),
    ...(address.tlsRootCertificate === undefined ? {} : { PGSSLROOTCERT: address.tlsRootCertificate }),
    ...(address.options === undefined ? {} : { PGOPTIONS: address.options }),
    ...(settings.databaseNameVariable === undefined ? {} : { [settings.databaseNameVariable]: address.database }),
    ...(settings.databaseUrlVariable === undefined ? {} : { [settings.databaseUrlVariable]: url }),
  };
  const given = Object.entries(settings.env)
    .filter(([, value]) => value.trim() !== '')
    .map(([name, value]) => [name, value.replace(/\$\{(\w+)\}/g, (whole, key: string) => ours[key] ?? whole)] as const);
  // Ours win: a value in `env` must not lead the tool to another server by accident.
  return { ...Object.fromEntries(given), ...ours };
}

const postgresUrl = /\b(postgres(ql)?|postgis|timescaledb)(\+\w+)?:\/\//i;

/**
 * Which of the caller's variables must not reach the tool: all that libpq reads, and any whose value is a Postgres URL, whatever its name
 * (DIRECT_URL, DB_URI …), since it could lead to production. A name that `env` leaves blank is left out too.
 */
export function leadsElsewhere(env: Readonly<Record<string, string>>): (name: string, value: string) => boolean {
  const blanked = new Set(Object.keys(env).filter((name) => env[name]?.trim() === ''));
  return (name, value) => blanked.has(name) || (/^PG[A-Z]/.test(name) && !name.startsWith('PGREHEARSE')) || postgresUrl.test(value);
}

/** Takes a password out of a text, also in the form that it has in a URL. */
export function withoutPassword(text: string, address: Address): string {
  const password = address.password?.reveal() ?? '';
  if (password === '') return text;
  return text.replaceAll(password, '***').replaceAll(encodeURIComponent(password), '***');
}
