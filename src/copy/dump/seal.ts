import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { Decrypter, Encrypter, generateX25519Identity, identityToRecipient } from 'age-encryption';
import type { DumpKeys } from '../../core/dump-keys.ts';
import type { DumpFile, DumpManifest } from '../../core/dump-manifest.ts';
import { FailureError, failure } from '../../core/failure.ts';
import type { Secret } from '../../core/secret.ts';
import { type Seal, writeDumpFile } from './dump-file.ts';

export interface Sealing {
  readonly seal: Seal;
  readonly encryption: NonNullable<DumpManifest['encryption']>;
  /** Writes the file that holds the dump's own key, where it has one. Takes seconds, so it is called when nothing of production waits for it. */
  readonly finish: () => Promise<DumpFile | undefined>;
}

const format = 'age-encryption.org/v1';
export const keyFileName = 'key.age';

/**
 * How a dump's files are encrypted, in the format age-encryption.org/v1: for the recipients, or, with a passphrase, for a key of the dump's own that lies beside
 * them, encrypted with the passphrase. Deriving a key from a passphrase is slow on purpose, so it is done once and not for each file. Throws FailureError.
 *
 * @param folder where the key file is written, or was by an attempt that is gone on with.
 * @param early writes the key file at once: without it, nobody could go on with an interrupted attempt.
 */
export async function sealFor(folder: string, keys: DumpKeys, early: boolean): Promise<Sealing> {
  if (keys.passphrase === undefined) {
    const recipients = keys.recipients.length > 0 ? keys.recipients : await publicKeys(keys.identities);
    return { seal: sealer(recipients), encryption: { format, recipients }, finish: async () => undefined };
  }
  const { passphrase } = keys;
  const known = await knownKey(folder, passphrase);
  const identity = known?.identity ?? (await generateX25519Identity());
  const keyFile = known?.keyFile ?? (early ? await writeKeyFile(folder, identity, passphrase) : undefined);
  const recipients = [await identityToRecipient(identity)];
  const finish = async () => keyFile ?? (await writeKeyFile(folder, identity, passphrase));
  return { seal: sealer(recipients), encryption: { format, recipients, keyFile: keyFileName }, finish };
}

/** Who can open dumps can make them: a private key alone is enough. */
async function publicKeys(identities: readonly Secret[]): Promise<readonly string[]> {
  try {
    return await Promise.all(identities.map((identity) => identityToRecipient(identity.reveal())));
  } catch {
    throw new FailureError(failure('dump-key-wrong', 'What was given to encrypt the dump with is no identity of age (AGE-SECRET-KEY-1…).'));
  }
}

interface DumpKey {
  readonly identity: string;
  readonly keyFile: DumpFile;
}

async function writeKeyFile(folder: string, identity: string, passphrase: Secret): Promise<DumpFile> {
  const encrypter = new Encrypter();
  encrypter.setPassphrase(passphrase.reveal());
  const sealed = await encrypter.encrypt(`${identity}\n`);
  return await writeDumpFile({ path: folder }, keyFileName, Readable.from([Buffer.from(sealed)]));
}

/** The key of an attempt that is gone on with: the files that it finished are encrypted for it. */
async function knownKey(folder: string, passphrase: Secret): Promise<DumpKey | undefined> {
  const sealed = await readFile(join(folder, keyFileName)).catch(() => undefined);
  if (sealed === undefined) return undefined;
  const decrypter = new Decrypter();
  decrypter.addPassphrase(passphrase.reveal());
  try {
    const identity = (await decrypter.decrypt(sealed, 'text')).trim();
    return { identity, keyFile: { name: keyFileName, sizeBytes: sealed.length, sha256: createHash('sha256').update(sealed).digest('hex') } };
  } catch {
    throw new FailureError(failure('dump-key-wrong', `${join(folder, keyFileName)} was encrypted with another passphrase, or is damaged.`));
  }
}

/** For whom a dump is sealed, as far as a later attempt has to be the same. */
export function sealedFor(keys: DumpKeys | undefined): string {
  if (keys === undefined) return 'none';
  return keys.passphrase !== undefined ? 'passphrase' : keys.recipients.length > 0 ? keys.recipients.toSorted().join(' ') : 'identities';
}

function sealer(recipients: readonly string[]): Seal {
  const encrypter = new Encrypter();
  for (const recipient of recipients) {
    try {
      encrypter.addRecipient(recipient);
    } catch {
      throw new FailureError(
        failure('config-invalid', `dump.encryption.recipients: ${recipient} is no public key of age.`, { cure: 'Make one with `age-keygen`: age1….' }),
      );
    }
  }
  return async function* (plain) {
    yield* await encrypter.encrypt(ReadableStream.from(plain) as ReadableStream<Uint8Array>);
  };
}
