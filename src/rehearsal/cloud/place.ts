import type { Settings, SourceSettings } from '../../config/schema.ts';
import type { CredentialSettings } from '../../config/settings/credential.ts';
import type { TunnelSettings } from '../../config/settings/tunnel.ts';
import type { Context } from '../../core/ports.ts';
import type { Address } from '../../core/server.ts';

/** Where a server is and how one gets in, as settings say it. */
export interface Place {
  readonly url?: string | undefined;
  readonly urlVariable?: string | undefined;
  readonly credential?: CredentialSettings | undefined;
  readonly tunnel?: TunnelSettings | undefined;
  readonly tlsRootCertificate?: string | undefined;
}

/** Where a source is that is there already; undefined for a dump, and for one that has to be restored first. */
export function placeOfSource(source: SourceSettings): Place | undefined {
  if ('dump' in source || 'rds' in source || 'aurora' in source || 'azure' in source) return undefined;
  return 'attached' in source ? source.attached : source;
}

/** Production itself, as far as the settings name a live server: `preflight.source`, else the source unless it is a copy. */
export function placeOfProduction({ source, preflight }: Pick<Settings, 'source' | 'preflight'>): Place | undefined {
  return preflight.source ?? ('attached' in source ? undefined : placeOfSource(source));
}

/** What a place's URL says, without its credential and without a tunnel; undefined where it has no URL, or one that can't be read. */
export function knownAddress(context: Context, place: Place): Address | undefined {
  const url = urlOf(context, place);
  const address = url === undefined ? undefined : context.edge.postgres.parseAddress(url);
  return address?.ok ? address.value : undefined;
}

export function urlOf(context: Context, { url, urlVariable }: Place): string | undefined {
  return urlVariable === undefined ? url : context.edge.system.environment(urlVariable);
}

/** A place without a URL, by the name of its credential: `the secret shop/reader`. */
export function showPlace(context: Context, place: Place, show: (address: Address) => string): string {
  const address = knownAddress(context, place);
  if (address !== undefined) return show(address);
  return place.credential === undefined ? 'a source that is not set' : `the server of ${showCredential(place.credential)}`;
}

/** @example showCredential({ secret: 'shop/reader', region: 'eu-central-1' }) // 'the secret shop/reader' */
export function showCredential({ variable, ssmParameter, secret, command }: CredentialSettings): string {
  if (variable !== undefined) return `the variable ${variable}`;
  if (ssmParameter !== undefined) return `the parameter ${ssmParameter}`;
  if (secret !== undefined) return `the secret ${secret}`;
  return command === undefined ? 'the password file' : `the command ${command[0]}`;
}
