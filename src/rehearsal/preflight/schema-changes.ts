import { FailureError } from '../../core/failure.ts';
import { isKnown, type Known } from '../../core/production.ts';
import type { SchemaDifference } from '../../core/schema-difference.ts';
import type { Change } from '../../preflight/changes.ts';
import type { CapturedCatalog } from '../../schema/captured-catalog.ts';
import { compareMoments } from '../../schema/compare-moments.ts';
import { tellDifference } from '../../schema/explain/tell-difference.ts';

/** What differs between the catalogs of then and of now, by the check that tells it. */
export interface SchemaChanges {
  readonly schema: Known<readonly Change[]>;
  /** Of the database itself, beside what its facts tell. */
  readonly database: readonly Change[];
  /** Of roles, beside what their facts tell. */
  readonly roles: readonly Change[];
}

/** Owner, rights and settings are told once, with the facts. */
const toldElsewhere = /^(owner|privileges|setting )/;

export function schemaChanges(then: Known<CapturedCatalog>, now: Known<CapturedCatalog>): SchemaChanges {
  const nothing = { database: [], roles: [] };
  if (!isKnown(then)) return { schema: then, ...nothing };
  if (!isKnown(now)) return { schema: now, ...nothing };
  let differences: readonly SchemaDifference[];
  try {
    differences = compareMoments(now.value, then.value);
  } catch (error) {
    if (!(error instanceof FailureError)) throw error;
    return { schema: { unknown: error.failure.message }, ...nothing };
  }
  const of = (wanted: (difference: SchemaDifference) => boolean) => differences.filter(wanted).map(asChange);
  return {
    schema: { value: of(({ object: { kind } }) => !['database', 'extension', 'role'].includes(kind)) },
    database: of(({ object: { kind }, property }) => kind === 'database' && !toldElsewhere.test(property ?? '')),
    roles: of(({ object: { kind }, property }) => kind === 'role' && /^(rights on parameter|security label) /.test(property ?? '')),
  };
}

function asChange(difference: SchemaDifference): Change {
  const { kind, name } = difference.object;
  return { kind, object: name, sentence: tellDifference(difference, 'production now', 'the rehearsal') };
}
