import type { z } from 'zod';
import { passwordInUrl } from '../../core/secret-name.ts';
import { credential } from './credential.ts';
import { file, keysAreRight, name } from './fields.ts';
import { tunnel } from './tunnel.ts';

/** Where a server is and how one gets in: the keys that every setting of this kind has. */
export const placeFields = {
  url: name.optional().meta({ description: 'postgres:// URL. Prefer urlVariable or credential, so that no secret stands in a file.' }),
  urlVariable: name.optional().meta({ description: 'The environment variable that holds the URL.' }),
  credential: credential.optional().meta({
    description:
      'Where user and password come from, by name: a password, a postgres:// URL, or JSON as RDS writes it into Secrets Manager (username, password, host, port, dbname). What the URL says besides comes first.',
  }),
  tunnel: tunnel.optional().meta({ description: 'The way to a server that this machine can’t reach by itself.' }),
  tlsRootCertificate: file.optional().meta({ description: 'Authorities that the server’s certificate is verified with (verify-full); for RDS its bundle.' }),
};

interface Place {
  readonly url?: string | undefined;
  readonly urlVariable?: string | undefined;
  readonly credential?: z.output<typeof credential> | undefined;
  readonly tunnel?: z.output<typeof tunnel> | undefined;
}

/** All that is wrong with a place, at once. */
export function checkPlace(payload: z.core.ParsePayload<Place>): void {
  if (!keysAreRight(payload)) return;
  const { url, urlVariable, credential: from, tunnel: way } = payload.value;
  const tell = (message: string, path: string[] = []) => payload.issues.push({ code: 'custom', message, path, input: payload.value });
  if (url === undefined && urlVariable === undefined && from === undefined) tell('names neither url nor urlVariable');
  if (url !== undefined && urlVariable !== undefined) tell('has both url and urlVariable');
  if (url === undefined && urlVariable === undefined && from?.pgpass !== undefined) {
    tell('a password file holds passwords only: url or urlVariable is needed too', ['credential', 'pgpass']);
  }
  if (url !== undefined && from !== undefined && passwordInUrl(url) !== undefined) tell('has a password of its own, beside credential', ['url']);
  if (typeof way === 'object' && 'ssm' in way && way.ssm.region === undefined && from?.region === undefined) {
    tell('is missing: the region of the machine', ['tunnel', 'ssm', 'region']);
  }
}
