/** Why a run isn't a PASS, in one word. The classes of a rehearsal's memo. */
export const rootCauses = [
  'connection',
  'authentication',
  'tls',
  'privileges',
  'kms',
  'quota',
  'environment',
  'sql-error',
  'schema-drift',
  'structural-parity',
  'multiple-heads',
  'history-edited',
  'dependency-order',
  'fidelity',
  'data-volume',
  'data-loss',
  'invariant',
  'lock',
  'compatibility',
  'rollback',
] as const;

export type RootCause = (typeof rootCauses)[number];
