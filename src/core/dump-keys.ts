import type { Secret } from './secret.ts';

/** What dumps are encrypted for and opened with, in age's terms. */
export interface DumpKeys {
  /** Public keys (`age1…`); none where a passphrase is used. */
  readonly recipients: readonly string[];
  /** Private keys (`AGE-SECRET-KEY-1…`). */
  readonly identities: readonly Secret[];
  readonly passphrase?: Secret;
}
