import { existsSync } from 'node:fs';
import type { Address } from '../../../core/server.ts';

/** Where systems keep the certificates that they trust: Debian, Red Hat, Alpine and macOS. */
const bundles = ['/etc/ssl/certs/ca-certificates.crt', '/etc/pki/tls/certs/ca-bundle.crt', '/etc/ssl/cert.pem'];

/** libpq knows `sslrootcert=system` since this major, and only together with verify-full. */
const SYSTEM_ROOTS_SINCE = 16;

/**
 * An address as the environment of a libpq program. Arguments can be read by every user of the machine; the environment only by this one.
 *
 * @param options start-up options besides the address's own
 * @param major the program's own version
 */
export function libpqEnvironment(address: Address, options: string, major: number): Readonly<Record<string, string>> {
  const { hostAddress, tlsCertificate, tlsKey, channelBinding, password } = address;
  const roots = rootCertificate(address, major);
  return {
    PGHOST: address.host,
    ...(hostAddress === undefined ? {} : { PGHOSTADDR: hostAddress }),
    PGPORT: String(address.port),
    PGDATABASE: address.database,
    PGUSER: address.user,
    PGSSLMODE: address.tls,
    PGOPTIONS: [address.options, options].join(' ').trim(),
    PGAPPNAME: 'pg_dump',
    PGCONNECT_TIMEOUT: '10',
    ...(password === undefined ? {} : { PGPASSWORD: password.reveal() }),
    ...(roots === undefined ? {} : { PGSSLROOTCERT: roots }),
    ...(tlsCertificate === undefined ? {} : { PGSSLCERT: tlsCertificate }),
    ...(tlsKey === undefined ? {} : { PGSSLKEY: tlsKey }),
    ...(channelBinding === undefined ? {} : { PGCHANNELBINDING: channelBinding }),
  };
}

/** Our own sessions trust well-known authorities when none is named; libpq must be told where they are. */
function rootCertificate({ tls, tlsRootCertificate }: Address, major: number): string | undefined {
  const wanted = tlsRootCertificate ?? (tls === 'verify-ca' || tls === 'verify-full' ? 'system' : undefined);
  if (wanted !== 'system' || (major >= SYSTEM_ROOTS_SINCE && tls === 'verify-full')) return wanted;
  return bundles.find((file) => existsSync(file)) ?? wanted;
}
