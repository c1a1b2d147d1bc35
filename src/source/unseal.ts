import { Decrypter } from 'age-encryption';
import { FailureError, failure } from '../core/failure.ts';
import type { Secret } from '../core/secret.ts';

/** What opens an encrypted dump. */
export interface DumpKeys {
  /** `AGE-SECRET-KEY-1…` */
  readonly identities: readonly Secret[];
  readonly passphrase?: Secret;
}

/** Decrypts one file after the other. */
export interface Unseal {
  readonly decrypter: Decrypter;
}

/** A decrypter for files that were encrypted for these identities. A text that is no identity is a FailureError. */
export function unsealWith(identities: readonly Secret[]): Unseal {
  const decrypter = new Decrypter();
  for (const identity of identities) {
    try {
      decrypter.addIdentity(identity.reveal());
    } catch {
      throw new FailureError(failure('dump-key-wrong', 'What was given to decrypt the dump is no age identity (AGE-SECRET-KEY-1…).'));
    }
  }
  return { decrypter };
}

/** The content of an encrypted file. No key that fits is `dump-key-wrong`; anything else that doesn't decrypt is thrown as the library says it. */
export async function* openedFile({ decrypter }: Unseal, sealed: AsyncIterable<Uint8Array>, path: string): AsyncGenerator<Uint8Array> {
  let plain: ReadableStream<Uint8Array>;
  try {
    plain = await decrypter.decrypt(ReadableStream.from(sealed) as ReadableStream<Uint8Array>);
  } catch (error) {
    if (!(error instanceof Error) || !/no identity matched|incorrect passphrase|passphrase/i.test(error.message)) throw error;
    throw new FailureError(failure('dump-key-wrong', `${path} was encrypted for another key than the one that was given.`, { place: { file: path } }));
  }
  yield* plain;
}
