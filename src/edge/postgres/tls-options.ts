import { readFileSync } from 'node:fs';
import { type ConnectionOptions, getCACertificates } from 'node:tls';
import { failure } from '../../core/failure.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import type { Address } from '../../core/server.ts';
import { isSocketFile } from './place.ts';

/** `false`: no TLS. */
export type TlsAttempt = false | ConnectionOptions;

/**
 * The ways to try, in order, that libpq's sslmode asks for: `prefer` is TLS and then plain, `allow` the other way round. A Unix socket never
 * has TLS. `require` with a root certificate verifies the certificate's chain, as libpq does.
 */
export function tlsAttempts(address: Address): Result<readonly TlsAttempt[]> {
  if (isSocketFile(address) || address.tls === 'disable') return ok([false]);
  const files = readFiles(address);
  if (!files.ok) return files;
  const unverified: ConnectionOptions = { ...files.value, rejectUnauthorized: false };
  // Chain only: the name in the certificate isn't looked at.
  const chain: ConnectionOptions = { ...files.value, rejectUnauthorized: true, checkServerIdentity: () => undefined };
  switch (address.tls) {
    case 'allow':
      return ok([false, unverified]);
    case 'prefer':
      return ok([unverified, false]);
    case 'require':
      return ok([address.tlsRootCertificate === undefined ? unverified : chain]);
    case 'verify-ca':
      return ok([chain]);
    case 'verify-full':
      return ok([{ ...files.value, rejectUnauthorized: true }]);
  }
}

function readFiles(address: Address): Result<ConnectionOptions> {
  const options: ConnectionOptions = { minVersion: 'TLSv1.2' };
  for (const [key, file, what] of [
    ['ca', address.tlsRootCertificate, 'sslrootcert'],
    ['cert', address.tlsCertificate, 'sslcert'],
    ['key', address.tlsKey, 'sslkey'],
  ] as const) {
    if (file === undefined) continue;
    if (key === 'ca' && file === 'system') {
      options.ca = getCACertificates('system');
      continue;
    }
    try {
      options[key] = readFileSync(file);
    } catch (error) {
      return fail(failure('tls-failed', `${what} ${file} can't be read: ${error instanceof Error ? error.message : String(error)}`, { object: file }));
    }
  }
  return ok(options);
}
