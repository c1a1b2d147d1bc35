import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Decrypter } from 'age-encryption';
import type { DumpKeys } from '../core/dump-keys.ts';
import type { DumpManifest } from '../core/dump-manifest.ts';
import { FailureError, failure } from '../core/failure.ts';

/** Gives the content of an encrypted file. No key that fits is a FailureError `dump-key-wrong`; what doesn't decrypt is thrown as the library says it. */
export type Unseal = (sealed: AsyncIterable<Uint8Array>, path: string) => AsyncIterable<Uint8Array>;

/** How the files of an encrypted dump are opened. Throws FailureError: `dump-key-missing`, `dump-key-wrong`, `dump-damaged`. */
export async function unsealFor(folder: string, encryption: NonNullable<DumpManifest['encryption']>, keys: DumpKeys): Promise<Unseal> {
  const decrypter = new Decrypter();
  let known = 0;
  for (const identity of keys.identities) {
    try {
      decrypter.addIdentity(identity.reveal());
      known++;
    } catch {
      throw new FailureError(failure('dump-key-wrong', 'What was given to decrypt the dump is no identity of age (AGE-SECRET-KEY-1…).'));
    }
  }
  if (encryption.keyFile !== undefined && keys.passphrase !== undefined) {
    decrypter.addIdentity(await dumpsOwnKey(join(folder, encryption.keyFile), keys.passphrase.reveal()));
    known++;
  }
  if (known === 0) {
    const what = encryption.keyFile === undefined ? `for ${encryption.recipients.join(', ')}` : 'with a passphrase';
    throw new FailureError(failure('dump-key-missing', `${folder} is encrypted ${what}, and no key was given.`, { object: folder }));
  }
  return (sealed, path) => opened(decrypter, sealed, path);
}

async function dumpsOwnKey(path: string, passphrase: string): Promise<string> {
  const sealed = await readFile(path).catch(() => undefined);
  if (sealed === undefined) throw new FailureError(failure('dump-damaged', `${path} is missing from the dump.`, { place: { file: path } }));
  const decrypter = new Decrypter();
  decrypter.addPassphrase(passphrase);
  try {
    return (await decrypter.decrypt(sealed, 'text')).trim();
  } catch (error) {
    throw keyFailure(error, path, 'The passphrase is not the one that the dump was encrypted with');
  }
}

async function* opened(decrypter: Decrypter, sealed: AsyncIterable<Uint8Array>, path: string): AsyncGenerator<Uint8Array> {
  const plain = await decrypter.decrypt(ReadableStream.from(sealed) as ReadableStream<Uint8Array>).catch((error: unknown) => {
    throw keyFailure(error, path, 'It was encrypted for another key than the one that was given');
  });
  yield* plain;
}

/** The library tells a key that doesn't fit from a damaged header by its message only. */
function keyFailure(error: unknown, path: string, wrong: string): unknown {
  if (!(error instanceof Error)) return error;
  if (!/no identity matched/.test(error.message)) {
    return new FailureError(failure('dump-damaged', `${path} can’t be decrypted: ${error.message}.`, { place: { file: path } }));
  }
  return new FailureError(failure('dump-key-wrong', `${path} can’t be opened. ${wrong}.`, { place: { file: path } }));
}
