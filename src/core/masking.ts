import type { GateResult } from './gate.ts';
import type { Secret } from './secret.ts';

/** What `fake:…` can be. */
export const fakeKinds = [
  'first-name',
  'last-name',
  'name',
  'username',
  'email',
  'phone',
  'street',
  'city',
  'postcode',
  'company',
  'date',
  'ip',
  'mac',
  'user-agent',
  'iban',
  'card',
] as const;
export type FakeKind = (typeof fakeKinds)[number];

/** One column of the source that doesn't come over as it is. Holds neither values nor the salt: it may stand in evidence. */
export interface MaskedColumn {
  readonly schema: string;
  readonly table: string;
  readonly column: string;
  /** As the configuration writes it: `fake:email`, `hash`, `sql`. */
  readonly strategy: string;
}

/** What is masked, for manifests, evidence and reports. */
export interface MaskingFacts {
  /** By schema, table and column. A partitioned table or a parent stands for all its children. */
  readonly columns: readonly MaskedColumn[];
  readonly largeObjects: 'empty' | 'keep' | 'none';
  /** `variable`: copies with the same salt agree with each other. `random`: joins hold within one copy only. */
  readonly salt: 'variable' | 'random';
  /** SHA-256 over columns and strategies, salt left out: equal when the same decisions were carried out. */
  readonly fingerprint: string;
}

/** The masks of one table that holds rows: column → an SQL expression over its row, cast to the column's type. */
export interface TableMasks {
  readonly schema: string;
  readonly name: string;
  readonly columns: Readonly<Record<string, string>>;
}

/**
 * How a live source is masked. The source evaluates each expression itself, so unmasked values never reach us. Every session that does must be
 * opened with `secretSettings: { [saltSetting]: masking.salt }`.
 */
export interface Masking {
  readonly facts: MaskingFacts;
  readonly salt: Secret;
  readonly tables: readonly TableMasks[];
}

/** The setting of a source's session that holds the salt; expressions read it with current_setting. It comes with the log-in, so no statement shows it. */
export const saltSetting = 'pgrehearse.salt';

/** The masks of a table; {} when none of its columns is masked. */
export function masksOf(masking: Masking | undefined, table: { readonly schema: string; readonly name: string }): Readonly<Record<string, string>> {
  return masking?.tables.find(({ schema, name }) => schema === table.schema && name === table.name)?.columns ?? {};
}

/** How much is masked, in words. @example countMasked(facts) // '12 columns in 4 tables' */
export function countMasked({ columns }: Pick<MaskingFacts, 'columns'>): string {
  const tables = new Set(columns.map(({ schema, table }) => JSON.stringify([schema, table]))).size;
  return `${columns.length} ${columns.length === 1 ? 'column' : 'columns'} in ${tables} ${tables === 1 ? 'table' : 'tables'}`;
}

/** What masking means for a verdict, as a sentence that follows others: it is about masked rows, and some gates say less of production than they seem to. */
export function maskedSentence(masking: MaskingFacts | undefined, gates: readonly Pick<GateResult, 'gate' | 'weakenedBy'>[]): string {
  if (masking === undefined || masking.columns.length === 0) return '';
  const weakened = [...new Set(gates.filter(({ weakenedBy }) => weakenedBy !== undefined).map(({ gate }) => gate))].sort();
  return ` Masked were ${countMasked(masking)}; ${weakened.length === 0 ? 'no gate depends on them' : `weakened by that: ${weakened.join(', ')}`}.`;
}
