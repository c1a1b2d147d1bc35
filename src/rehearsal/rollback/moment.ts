import { type AcceptedLoss, compareTables, isNamed } from '../../check/rollback/compare-tables.ts';
import { findSetBack, readSequences, type SequencePlace } from '../../check/rollback/read-sequences.ts';
import type { TableVolume } from '../../check/row-bounds/read-row-volumes.ts';
import { defaultPolicies, type Settings } from '../../config/schema.ts';
import { tableName } from '../../core/data.ts';
import type { ExplainedDifference } from '../../core/explained-comparison.ts';
import type { Context } from '../../core/ports.ts';
import { ok, type Result } from '../../core/result.ts';
import type { BackDifference, DataDifference, WayBackStep } from '../../core/rollback.ts';
import type { ComparisonScope } from '../../core/schema-difference.ts';
import type { Address } from '../../core/server.ts';
import type { SharedServer } from '../../core/shared-server.ts';
import type { FidelityLoss } from '../../core/source-facts.ts';
import { compareSchemas } from '../../schema/compare-schemas.ts';
import { counts, explainComparison } from '../../schema/explain/explain-comparison.ts';
import { applyWaivers } from '../../schema/waivers/apply-waivers.ts';
import { qualifiedName, quoteIdentifier } from '../../sql/quote.ts';
import { leaveToOthers } from '../comparing/disregard-differences.ts';
import { withSession } from '../with-session.ts';
import { readSchemaMoment, type SchemaMoment, schemaChanged } from './schema-moment.ts';
import { readTableMoment, readTablePlaces, type TableMoment, type TablePlaces } from './table-moment.ts';

/** All of a clone that going back has to bring back. */
export interface Moment {
  readonly schema: SchemaMoment;
  readonly tables: TableMoment;
  readonly sequences: readonly SequencePlace[];
}

/** How two moments are compared. */
export interface Comparing {
  readonly policies: typeof defaultPolicies;
  readonly exclude: readonly string[];
  readonly include: readonly string[] | undefined;
  /** The list of applied migrations, of which rows aren't compared. */
  readonly ledger: string | undefined;
  /** The role that migrates. */
  readonly role: string;
  readonly shared: SharedServer | undefined;
  /** Told each comparison, for the record of what was compared. */
  readonly onCompared?: (scope: ComparisonScope, differences: number) => void;
}

/** Of columns that were dropped, no way down brings back the place: that is only reported, unless the team says otherwise. */
export const backPolicies: typeof defaultPolicies = { ...defaultPolicies, order: 'report' };

/** As the schema gate compares: what the team excludes there is no part of this either. */
export function comparingFor({ schemaGate, migrate }: Settings, role: string, shared: SharedServer | undefined): Comparing {
  return {
    policies: { ...backPolicies, ...schemaGate.policies },
    // A tool makes its ledger when it first runs, and never drops it.
    exclude: [...schemaGate.exclude.map(({ object }) => object), ...(migrate.tool === 'command' && migrate.ledger !== undefined ? [migrate.ledger.table] : [])],
    include: schemaGate.include,
    ledger: migrate.ledger?.table,
    role,
    shared,
  };
}

/** Reads a clone as it is. Throws SqlError and FailureError. */
export async function readMoment(context: Context, clone: Address, role: string, earlier?: TableMoment, schema?: SchemaMoment): Promise<Result<Moment>> {
  const read = schema === undefined ? await readSchemaMoment(context, clone, 'what was before') : ok(schema);
  if (!read.ok) return read;
  const sequences = await withSession(context, clone, async (session) => ok(await readSequences(session)));
  return sequences.ok ? ok({ schema: read.value, tables: await readTableMoment(context, clone, role, earlier), sequences: sequences.value }) : sequences;
}

/** A moment before anything was migrated, for another clone of the same image: it holds the same, only what the server has counted there is its own. */
export async function momentOnTwin(context: Context, twin: Address, before: Moment): Promise<Moment> {
  return { ...before, tables: { ...before.tables, ...(await readTablePlaces(context, twin)) } };
}

/**
 * Whether anything is another than it was, which a way back must undo; with what there is now. Throws SqlError and FailureError.
 *
 * @param ledger the list of applied migrations, which every deploy changes: that is no proof
 */
export async function hasChanged(
  context: Context,
  clone: Address,
  before: Moment,
  ledger: string | undefined,
): Promise<Result<{ readonly changed: boolean; readonly schema: SchemaMoment; readonly places: TablePlaces }>> {
  const schema = await readSchemaMoment(context, clone, 'what was before');
  if (!schema.ok) return schema;
  const places = await readTablePlaces(context, clone);
  return ok({ changed: schemaChanged(before.schema, schema.value) || written(before.tables, places, ledger) > 0, schema: schema.value, places });
}

/** Rows that were inserted, updated or deleted since, as far as the server counted; of tables that are gone, those that they held. */
export function written(before: TablePlaces, after: TablePlaces, ledger: string | undefined): number {
  const is = new Map(after.volumes.tables.map((table) => [table.oid, table]));
  const was = new Map(before.volumes.tables.map((table) => [table.oid, table]));
  const counts = (table: TableVolume) => !table.partitioned && !isNamed(ledger, table);
  const gone = before.volumes.tables.filter((table) => counts(table) && !is.has(table.oid)).reduce((sum, { rows }) => sum + rows, 0);
  return after.volumes.tables.filter(counts).reduce((sum, table) => {
    const old = was.get(table.oid);
    return sum + table.inserted + table.updated + table.deleted - (old === undefined ? 0 : old.inserted + old.updated + old.deleted);
  }, gone);
}

/**
 * Compares a clone as it is now with a moment before: its schema by both engines, its rows by their hashes. Throws SqlError and FailureError.
 *
 * @param losses given where it isn't the clone that was looked at before, but one that was restored: what the restore itself had to leave out
 */
export async function compareMoments(
  context: Context,
  comparing: Comparing,
  clone: Address,
  before: Moment,
  accepted: readonly AcceptedLoss[],
  losses?: readonly FidelityLoss[],
): Promise<Result<Required<Pick<WayBackStep, 'compared' | 'differences' | 'data'>> & Pick<WayBackStep, 'advice'>>> {
  const { policies, exclude, include, shared, ledger, role } = comparing;
  const left = { address: clone, label: 'the clone after going back' };
  const compared = await compareSchemas(context, left, before.schema, { exclude, include, scratch: async () => ok(clone), makeScratch: shared?.makeScratch });
  if (!compared.ok) return compared;
  const adjusted = losses === undefined ? compared.value : leaveToOthers(compared.value, losses);
  const explained = explainComparison(adjusted, {
    ...{ check: 'rollback', left: 'the clone after going back', right: 'what was before', policies, change: 'left' },
    waivers: applyWaivers(adjusted.differences, [], '', undefined),
  });
  comparing.onCompared?.(explained.scope, explained.differences.length);
  const told = explained.differences.filter(({ policy }) => policy !== 'ignore');
  const advised = told.filter(counts).flatMap(({ advice }) => advice);
  const after = await readTableMoment(context, clone, role, losses === undefined ? before.tables : undefined);
  const setBack = await withSession(context, clone, async (session) => ok(await findSetBack(session, before.sequences)));
  if (!setBack.ok) return setBack;
  const loses = advised.flatMap(({ loses: lost }) => lost ?? []).join('; ');
  return ok({
    compared: {
      objects: explained.scope.objectsCompared,
      tables: before.tables.tables.length,
      values: before.tables.tables.reduce((sum, { columns }) => sum + columns.reduce((all, { values }) => all + values, 0), 0),
    },
    differences: [...(losses ?? []).map(ofLoss), ...told.map(ofSchema)],
    ...(advised.some(({ statements }) => statements.length > 0) && {
      advice: { statements: advised.flatMap(({ statements }) => statements), ...(loses === '' ? {} : { loses }), notes: advised.flatMap(({ notes }) => notes) },
    }),
    data: [...compareTables(before.tables.tables, after.tables, { ledger, accepted }), ...setBack.value.map((one) => ofSequence(one, accepted))],
  });
}

function ofSchema({ object, property, how, class: kind, title, policy }: ExplainedDifference): BackDifference {
  return {
    object,
    ...(property === undefined ? {} : { property }),
    how,
    class: kind,
    title: title.replace(/\.$/, ''),
    policy: policy === 'fail' ? 'fail' : 'report',
  };
}

function ofSequence({ was, is }: Awaited<ReturnType<typeof findSetBack>>[number], accepted: readonly AcceptedLoss[]): DataDifference {
  const { schema, sequence } = was;
  const declared = accepted.find(({ table }) => isNamed(table, { schema, table: sequence }))?.reason;
  const object = { kind: 'sequence' as const, name: qualifiedName(schema, sequence) };
  return { kind: 'sequence', object, before: Number(was.next), after: Number(is.next), ...(declared === undefined ? {} : { declared }) };
}

function ofLoss({ object, message }: FidelityLoss): BackDifference {
  return { object, how: 'only-right', class: 'unexplained', title: message, policy: 'fail' };
}

/** Tables and columns that were there when the migrations had run, and that going back has taken away. */
export function droppedByGoingBack(deployed: TablePlaces, back: TablePlaces['places'], before: TablePlaces['places']): readonly string[] {
  const now = new Map(back.map((place) => [tableName(place), place]));
  const was = new Map(before.map((place) => [tableName(place), new Set(place.columns.map((column) => column.name))]));
  return deployed.places.flatMap((place) => {
    const name = qualifiedName(place.schema, place.table);
    const [still, old] = [now.get(tableName(place)), was.get(tableName(place))];
    // What was there before and is gone now is a difference, and told as such.
    if (still === undefined) return place.parent === undefined && old === undefined ? [name] : [];
    const columns = new Set([...still.columns.map((column) => column.name), ...(old ?? [])]);
    return place.columns.filter((column) => !columns.has(column.name)).map((column) => `${name}.${quoteIdentifier(column.name)}`);
  });
}
