import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Settings } from '../../config/schema.ts';
import type { DumpKeys } from '../../core/dump-keys.ts';
import { failure } from '../../core/failure.ts';
import type { Context } from '../../core/ports.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { Secret } from '../../core/secret.ts';

type Encryption = NonNullable<Settings['dump']['encryption']>;

/**
 * Reads the keys that the configuration names: from the environment, and from a file that nobody but its owner may read.
 *
 * Fails with `dump-key-missing` (a variable that isn't set, a file that isn't there or that others may read).
 *
 * @param folder the configuration's, from which paths go.
 */
export async function readDumpKeys(context: Context, encryption: Encryption | undefined, folder: string): Promise<Result<DumpKeys>> {
  const variable = (name: string): Result<Secret> => {
    const value = context.edge.system.environment(name);
    if (value !== undefined) return ok(new Secret(value.trim()));
    return fail(failure('dump-key-missing', `The environment variable ${name} is not set.`, { cure: 'Set it to the key or passphrase of the dumps.' }));
  };
  const identities: Secret[] = [];
  if (encryption?.identityVariable !== undefined) {
    const identity = variable(encryption.identityVariable);
    if (!identity.ok) return identity;
    identities.push(identity.value);
  }
  if (encryption?.identityFile !== undefined) {
    const file = await readIdentityFile(resolve(folder, encryption.identityFile));
    if (!file.ok) return file;
    identities.push(...file.value);
  }
  const recipients = encryption?.recipients ?? [];
  if (encryption?.passphraseVariable === undefined) return ok({ recipients, identities });
  const passphrase = variable(encryption.passphraseVariable);
  return passphrase.ok ? ok({ recipients, identities, passphrase: passphrase.value }) : passphrase;
}

/** As `age-keygen` writes it: comments, and one key a line. */
export async function readIdentityFile(path: string): Promise<Result<readonly Secret[]>> {
  const place = { file: path };
  const info = await stat(path).catch(() => undefined);
  if (info === undefined) return fail(failure('dump-key-missing', `There is no identity file ${path}.`, { place }));
  if ((info.mode & 0o077) !== 0) {
    const cure = `Make it yours alone: chmod 600 ${path}`;
    return fail(failure('dump-key-missing', `${path} holds a private key and may be read by others, so it isn’t used.`, { cure, place }));
  }
  const lines = (await readFile(path, 'utf8')).split('\n').map((line) => line.trim());
  const keys = lines.filter((line) => line !== '' && !line.startsWith('#'));
  if (keys.length > 0) return ok(keys.map((key) => new Secret(key)));
  return fail(failure('dump-key-missing', `${path} holds no key.`, { cure: 'Make one with `age-keygen -o FILE`.', place }));
}
