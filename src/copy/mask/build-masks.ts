import { type FakeKind, fakeKinds, type TableMasks } from '../../core/masking.ts';
import { quoteIdentifier } from '../../sql/quote.ts';
import { showColumnPath } from './column-path.ts';
import { type Decision, isKept, showMask } from './decisions.ts';
import type { ColumnCatalog, GeneratedColumn, MaskableColumn } from './read-columns.ts';
import type { Built } from './strategy/built.ts';
import { unfit } from './strategy/built.ts';
import { type Dictionaries, makeDictionaries } from './strategy/dictionaries.ts';
import type { DigestEncoding } from './strategy/digest.ts';
import { constantMask, nullMask, sqlMask } from './strategy/expression.ts';
import { type FakeForm, fakeMask } from './strategy/fake.ts';
import { hashMask } from './strategy/hash.ts';

/** A decision that is carried out, and its column. */
export interface PlannedMask {
  readonly decision: Decision;
  readonly column: MaskableColumn;
  /** Of the column's type. */
  readonly expression: string;
}

export interface PlannedMasks {
  readonly masks: readonly PlannedMask[];
  /** Every decision that doesn't fit the source, as sentences without a full stop. */
  readonly problems: readonly string[];
}

/** Makes an expression of each decision, or says why it can't be carried out. Looks at the catalog alone, at no value. */
export async function buildMasks(decisions: readonly Decision[], catalog: ColumnCatalog, encoding: DigestEncoding): Promise<PlannedMasks> {
  const columns = new Map(catalog.columns.map((column) => [showColumnPath(column), column]));
  const decided = new Map(decisions.map((decision) => [decision.name, decision]));
  const problems: string[] = [];
  const known: { readonly decision: Decision; readonly column: MaskableColumn }[] = [];
  for (const decision of decisions) {
    const column = columns.get(decision.name);
    if (column !== undefined) known.push({ decision, column });
    else problems.push(gone(decision, catalog));
  }
  const masked = known.filter(({ decision }) => !isKept(decision.mask));
  problems.push(...brokenTies(catalog, decided, columns));
  const needsWords = masked.some(({ decision }) => fakeOf(decision) !== undefined);
  const making: Making = { forms: fakeForms(masked, columns), words: needsWords ? await makeDictionaries() : undefined, columns, encoding };

  const masks: PlannedMask[] = [];
  for (const { decision, column } of masked) {
    const made = makeMask(decision, column, making);
    if (made.ok) masks.push({ decision, column, expression: castTo(column, decision, made.sql) });
    else problems.push(`${decision.name} can’t be masked by ${showMask(decision.mask)}: ${made.reason}`);
  }
  return { masks, problems };
}

/**
 * The masks of each table that holds rows. A column that is generated from masked ones isn't copied, but what it becomes on the copy is known: so
 * whoever asks the source for it, to compare, gets that, and no hash of what is masked.
 */
export function byTable(masks: readonly PlannedMask[], { generated }: Pick<ColumnCatalog, 'generated'>): readonly TableMasks[] {
  const placed = masks.flatMap(({ column, expression }) => column.holders.map((holder) => ({ holder, entry: [column.column, expression] as const })));
  return [...Map.groupBy(placed, ({ holder }) => JSON.stringify([holder.schema, holder.name])).values()].flatMap((entries) => {
    const [first] = entries;
    if (first === undefined) return [];
    const { schema, name } = first.holder;
    const own = new Map(entries.map(({ entry }) => entry));
    const computed = generated.filter((column) => column.schema === schema && column.name === name).map((column) => [column.column, recomputed(column, own)]);
    return [{ schema, name, columns: Object.fromEntries([...own, ...computed]) }];
  });
}

function recomputed({ expression, inputs, type }: GeneratedColumn, masks: ReadonlyMap<string, string>): string {
  const row = inputs.map((column) => `${masks.get(column) ?? quoteIdentifier(column)} as ${quoteIdentifier(column)}`);
  return `(select ${expression} from (select ${row.join(', ')} offset 0) as masked)::${type}`;
}

interface Making {
  readonly forms: ReadonlyMap<FakeKind, FakeForm>;
  readonly words: Dictionaries | undefined;
  readonly columns: ReadonlyMap<string, MaskableColumn>;
  readonly encoding: DigestEncoding;
}

function makeMask({ mask }: Decision, column: MaskableColumn, { forms, words, columns, encoding }: Making): Built {
  if (column.generated) return unfit('it is generated from other columns, which are what has to be masked');
  if (column.identity) return unfit('it is an identity column: its numbers say nothing of a person; keep it');
  if (column.partitionKey && !(typeof mask === 'object' && 'sql' in mask))
    return unfit('it decides which partition a row is in; use sql that keeps the row there, or keep it');
  const fake = fakeOf({ mask });
  if (fake !== undefined) {
    const form = forms.get(fake);
    if (form === undefined || words === undefined) throw new Error(`no form for fake:${fake}`);
    return fakeMask(column, fake, form, words, encoding);
  }
  if (mask === 'null') return nullMask(column);
  if (mask === 'hash') return hashMask(column, staysUnique(column, columns), encoding);
  if (typeof mask === 'object' && 'constant' in mask) return constantMask(column, mask.constant);
  if (typeof mask === 'object' && 'sql' in mask) return sqlMask(mask.sql);
  throw new Error(`no mask ${showMask(mask)}`);
}

/**
 * Text that the team's own expression makes is not cut to the column's length: one that is too long has to be an error of the copy, and no
 * value that means something else.
 */
function castTo({ type, kind, isDomain }: MaskableColumn, { mask }: Decision, sql: string): string {
  const ownSql = typeof mask === 'object' && 'sql' in mask;
  return `(${sql})::${ownSql && !isDomain && kind.kind === 'text' && kind.name === 'varchar' ? 'pg_catalog.varchar' : type}`;
}

function fakeOf({ mask }: Pick<Decision, 'mask'>): FakeKind | undefined {
  return typeof mask === 'string' && mask.startsWith('fake:') ? fakeKinds.find((kind) => mask === `fake:${kind}`) : undefined;
}

/** In a unique index, or tied by a foreign key to a column that is: both ends must become the same. */
function staysUnique(column: MaskableColumn, columns: ReadonlyMap<string, MaskableColumn>): boolean {
  return [column, ...[...column.references, ...column.referencedBy].map((name) => columns.get(name))].some((one) => one !== undefined && one.unique !== 'no');
}

/** One form for all columns of a kind: the same value has to become the same wherever it stands. */
function fakeForms(
  masked: readonly { decision: Decision; column: MaskableColumn }[],
  columns: ReadonlyMap<string, MaskableColumn>,
): ReadonlyMap<FakeKind, FakeForm> {
  const forms = new Map<FakeKind, FakeForm>();
  for (const { decision, column } of masked) {
    const fake = fakeOf(decision);
    if (fake === undefined) continue;
    const known = forms.get(fake);
    const length = column.kind.kind === 'text' ? column.kind.maxLength : undefined;
    forms.set(fake, {
      unique: staysUnique(column, columns) || known?.unique === true,
      maxLength: Math.min(length ?? Number.POSITIVE_INFINITY, known?.maxLength ?? Number.POSITIVE_INFINITY),
    });
  }
  return forms;
}

/** A foreign key holds only when both of its columns become the same. NULL references nothing, whatever stands at the other end. */
function brokenTies(catalog: ColumnCatalog, decided: ReadonlyMap<string, Decision>, columns: ReadonlyMap<string, MaskableColumn>): readonly string[] {
  const ties = catalog.columns.flatMap((column) => column.references.map((name) => ({ column, own: showColumnPath(column), other: name })));
  return ties.flatMap(({ column, own, other }) => {
    const [here, there] = [decided.get(own), decided.get(other)];
    const [ownMask, otherMask] = [here?.mask ?? 'keep', there?.mask ?? 'keep'];
    if (ownMask === 'null' || (isKept(ownMask) && isKept(otherMask))) return [];
    const said = (decision: Decision | undefined) => (decision === undefined ? 'undecided' : showMask(decision.mask));
    if (showMask(ownMask) !== showMask(otherMask)) {
      return [`${own} (${said(here)}) references ${other} (${said(there)}): both need the same decision, else the foreign key breaks`];
    }
    const otherType = columns.get(other)?.type;
    if (ownMask === 'hash' && otherType !== column.type) {
      return [`${own} (${column.type}) references ${other} (${otherType}): hashes of two types differ; use the same sql for both`];
    }
    return [];
  });
}

/** Why there is no such column to decide about. */
function gone({ name, path }: Decision, { columns, owners }: ColumnCatalog): string {
  const owner = owners.get(name);
  if (owner !== undefined) return `${name} is inherited: decide about ${owner}, which holds for all tables below it`;
  const table = columns.filter((column) => column.schema === path.schema && column.table === path.table);
  if (table.length > 0) return `${name} does not exist: ${path.schema}.${path.table} has no column ${path.column}`;
  const folded = columns.find((column) => showColumnPath(column).replaceAll('"', '').toLowerCase() === name.replaceAll('"', '').toLowerCase());
  if (folded !== undefined) return `${name} does not exist; there is ${showColumnPath(folded)}`;
  return `${name} does not exist: there is no table ${path.schema}.${path.table} whose rows are copied`;
}
