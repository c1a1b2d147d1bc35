import { type Failure, failure } from '../../core/failure.ts';
import type { Migration } from '../../core/migration.ts';
import { matchRevisions } from '../match-revisions.ts';
import type { LedgerRow } from '../read-ledger.ts';

/** Those that aren’t applied although a newer one is, and with which the tool does this. */
function lateOnes(migrations: readonly Migration[], isApplied: (migration: Migration) => boolean, what: Migration['late']): readonly Migration[] {
  const last = migrations.findLastIndex((migration) => isApplied(migration) && migration.late !== undefined);
  return migrations.slice(0, Math.max(last, 0)).filter((migration) => migration.late === what && !isApplied(migration));
}

/** The revisions that a tool passes over in silence, since a newer one is applied. */
export function lateSkips(migrations: readonly Migration[], applied: ReadonlySet<string>): readonly string[] {
  return lateOnes(migrations, ({ revision }) => applied.has(revision), 'skipped').map(({ revision }) => revision);
}

/**
 * Why a tool stops before it applies anything, where a migration is older than one that is applied.
 *
 * @param says the tool’s own words for it, and how it is allowed
 */
export function lateRefusals(
  migrations: readonly Migration[],
  rows: readonly LedgerRow[],
  says: { readonly tool: string; readonly cure: string },
): readonly Failure[] {
  const find = matchRevisions(migrations, 'any');
  const applied = new Set(rows.filter(({ state }) => state === 'applied').map(({ value }) => find(value)?.revision));
  const late = lateOnes(migrations, ({ revision }) => applied.has(revision), 'refused');
  const [first] = late;
  if (first === undefined) return [];
  const names = late.map(({ revision }) => revision).join(', ');
  const message = `${says.tool} would apply nothing: ${names} ${late.length === 1 ? 'isn’t applied and is' : 'aren’t applied and are'} older than what production has.`;
  return [failure('migration-order', message, { object: first.revision, place: { file: first.file }, cure: says.cure })];
}

/** What the tool would not get through among the migrations that aren’t applied. */
export function stops(migrations: readonly Migration[], rows: readonly LedgerRow[]): readonly Failure[] {
  const find = matchRevisions(migrations, 'any');
  const applied = new Set(rows.filter(({ state }) => state === 'applied').map(({ value }) => find(value)?.revision));
  return migrations.flatMap(({ revision, file, stops: why }) => {
    if (why === undefined || applied.has(revision)) return [];
    const place = { file, ...(why.line === undefined ? {} : { line: why.line }) };
    return [failure('tool-refuses', why.message, { object: revision, place, cure: why.cure })];
  });
}
