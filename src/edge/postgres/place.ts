import { isIP } from 'node:net';
import type { Address } from '../../core/server.ts';

/** What a socket is opened to: `hostAddress` wins over `host`, as with libpq, also where `host` is a Unix socket's folder. */
export function placeOf({ host, hostAddress, port }: Address): { readonly path: string } | { readonly host: string; readonly port: number } {
  if (hostAddress !== undefined) return { host: hostAddress, port };
  return host.startsWith('/') ? { path: `${host}/.s.PGSQL.${port}` } : { host, port };
}

export function isSocketFile(address: Address): boolean {
  return 'path' in placeOf(address);
}

/** Whose name a certificate must have, wherever the connection goes. Only a name, never an IP address, is told to the server before (SNI, RFC 6066). */
export function namesForTls({ host }: Address): { readonly host: string; readonly servername?: string } {
  return { host, ...(isIP(host) === 0 ? { servername: host } : {}) };
}

/**
 * A place for people.
 *
 * @example showPlace({ ...address, host: 'production.example.com', hostAddress: '127.0.0.1', port: 6000 }) // 127.0.0.1:6000 (for production.example.com)
 */
export function showPlace(address: Address): string {
  const place = placeOf(address);
  if ('path' in place) return `socket ${place.path}`;
  return `${place.host}:${place.port}${place.host === address.host ? '' : ` (for ${address.host})`}`;
}
