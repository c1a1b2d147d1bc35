/** Gates of which a run has one at most. */
export const singleGates = [
  'backup',
  'lineage-heads',
  'lineage',
  'anchor-parity',
  'approved-evidence',
  'stamp',
  'fidelity-losses',
  'row-parity',
  'roles-fidelity',
  'schema-fidelity',
  'drift',
  'forbidden-errors',
  'locks',
  'traffic',
  'lock-retries',
  'interrupted-migration',
  'lineage-applied',
  'leftovers',
  'schema-equality',
  'ledger-rows',
  'required-objects',
  'row-bounds',
  'preservation',
  'masked-constraints',
  'required-tables',
  'pgtap',
  'pooling',
  'smoke',
  'query-compatibility',
  'plan-regression',
  'rollback',
  'isolation',
  'sync-tables',
  'sync-foreign-keys',
  'sync-after',
  'object-parity',
  'object-references',
] as const;

/** The first part of the names of gates of which there may be many: `invariant:tenant-isolation`. */
export const gateFamilies = [
  'server-check',
  'before',
  'verify',
  'backfill',
  'invariant',
  'pgtap',
  'pooling',
  'smoke',
  'smoke-before',
  'smoke-old-on-new',
  'rollback',
] as const;

/** The part of a gate's name before its first colon. */
export function familyOf(gate: string): string {
  return gate.split(':', 1)[0] ?? gate;
}

/**
 * Whether a pattern of the configuration means a gate: the very name, or a name with `*` for any text.
 *
 * @example meansGate('invariant:*', 'invariant:tenant-isolation') // true
 */
export function meansGate(pattern: string, gate: string): boolean {
  const parts = pattern.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(gate);
}
