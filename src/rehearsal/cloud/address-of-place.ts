import { resolve } from 'node:path';
import { failure } from '../../core/failure.ts';
import type { Context } from '../../core/ports.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import type { Address } from '../../core/server.ts';
import { type Place, showCredential, urlOf } from './place.ts';
import { type Credential, readCredential } from './read-credential.ts';

/**
 * Where a place is and how one gets in, with what its credential holds; without its tunnel. What the URL says comes before what the credential says.
 *
 * Fails with `config-invalid` (a variable that isn't set), `credential-missing`, `usage` (a URL that can't be read), and what AWS answers.
 *
 * @param what what the place is in the configuration, for messages: `source`
 */
export async function addressOfPlace(context: Context, place: Place, folder: string, what: string): Promise<Result<Address>> {
  const { urlVariable, credential, tlsRootCertificate } = place;
  const url = urlOf(context, place);
  if (urlVariable !== undefined && url === undefined) {
    return fail(
      failure('config-invalid', `The environment variable ${urlVariable} is not set.`, { cure: 'Set the variable to production’s postgres:// URL.' }),
    );
  }
  const held = credential === undefined || credential.pgpass !== undefined ? ok<Credential>({}) : await readCredential(context, credential, folder);
  if (!held.ok) return held;
  const text = url === undefined ? textOf(held.value) : withPasswordFile(url, credential?.pgpass, folder);
  if (text === undefined) {
    const message =
      credential === undefined
        ? `${what} has neither url nor urlVariable.`
        : `${showCredential(credential)} names no host, and ${what} has neither url nor urlVariable.`;
    return fail(failure('config-invalid', message, { cure: 'Set urlVariable to a variable that holds the postgres:// URL, with or without a password.' }));
  }
  const parsed = context.edge.postgres.parseAddress(text);
  if (!parsed.ok) return parsed;
  const inUrl = held.value.url === undefined ? undefined : context.edge.postgres.parseAddress(held.value.url.reveal());
  if (inUrl?.ok === false) return inUrl;
  const { user, password } = inUrl?.value ?? held.value;
  const address: Address = {
    ...parsed.value,
    ...(user === undefined || (url !== undefined && namesUser(url)) ? {} : { user }),
    ...(password === undefined ? {} : { password }),
    ...(tlsRootCertificate === undefined ? {} : { tls: 'verify-full', tlsRootCertificate: resolve(folder, tlsRootCertificate) }),
  };
  if (address.password !== undefined) context.hide?.(address.password);
  return ok(address);
}

/** A credential that says where to go. Nobody sends a password of a secrets store over a connection that isn't encrypted. */
function textOf({ url, host, port, database, user }: Credential): string | undefined {
  if (url !== undefined) return url.reveal();
  if (host === undefined) return undefined;
  const parts = { host, port, dbname: database, user, sslmode: 'require' };
  return Object.entries(parts)
    .flatMap(([key, value]) => (value === undefined ? [] : [`${key}='${String(value).replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`]))
    .join(' ');
}

function withPasswordFile(url: string, pgpass: true | string | undefined, folder: string): string {
  if (typeof pgpass !== 'string') return url;
  const file = resolve(folder, pgpass);
  if (!url.includes('://')) return `${url} passfile='${file.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
  return `${url}${url.includes('?') ? '&' : '?'}passfile=${encodeURIComponent(file)}`;
}

function namesUser(url: string): boolean {
  return /^[a-z]+:\/\/[^/?@:]+(?::[^/?@]*)?@/i.test(url) || /(?:^|[?&\s])user=/.test(url);
}
