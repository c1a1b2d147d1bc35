import type { MaskingSettings } from '../../config/schema.ts';
import type { Masking, MaskingFacts } from '../../core/masking.ts';
import type { LiveSource } from '../../core/open-source.ts';
import type { Context } from '../../core/ports.ts';
import { openReader } from '../live/copy-tables.ts';
import { readingSource } from '../live/reading-source.ts';
import { buildMasks, byTable, type PlannedMask } from './build-masks.ts';
import { isKept, readDecisions, showMask } from './decisions.ts';
import { maskFingerprint } from './fingerprint.ts';
import { findUndecided, type UndecidedColumn } from './personal/find-undecided.ts';
import { sampleValues } from './personal/sample-values.ts';
import { probeMasks } from './probe-masks.ts';
import { readColumns } from './read-columns.ts';
import { readSalt } from './read-salt.ts';
import type { DigestEncoding } from './strategy/digest.ts';

/** How a source and the decisions about it go together. Holds no value of the source; the salt is a Secret. */
export interface Examination {
  readonly masking: Masking;
  /** Decisions that don't fit, as sentences without a full stop. */
  readonly problems: readonly string[];
  readonly undecided: readonly UndecidedColumn[];
  /** There are large objects, and nobody said what becomes of them. */
  readonly largeObjectsUndecided: boolean;
  readonly columns: number;
  readonly kept: number;
}

export interface ExamineOptions {
  /** Looks at up to 1,000 rows of each table too: the source says how many look personal, never what they are. */
  readonly sample?: boolean;
}

/**
 * Holds a live source's catalogs against the decisions, and lets it read every expression once, at the source's snapshot.
 * Throws FailureError where the source can't be read.
 */
export async function examineMasking(context: Context, source: LiveSource, settings: MaskingSettings, options: ExamineOptions = {}): Promise<Examination> {
  const { decisions, problems: unreadable } = readDecisions(settings.columns);
  const { catalog, hasLargeObjects, suspects } = await readingSource(source, 'reading which columns there are', async () => {
    const found = await readColumns(source.session);
    return {
      catalog: found,
      hasLargeObjects: await findLargeObjects(source),
      suspects: options.sample === true ? await sampleValues(source.session, found) : undefined,
    };
  });
  const encoding: DigestEncoding = source.facts.locale.encoding === 'SQL_ASCII' ? 'SQL_ASCII' : 'UTF8';
  const { masks, problems: unfit } = await buildMasks(decisions, catalog, encoding);
  const salt = readSalt(context.edge.system, settings);
  const masking: Masking = {
    facts: factsOf(masks, settings, hasLargeObjects, salt.from),
    salt: salt.salt,
    tables: byTable(masks, catalog),
  };
  const refused = await refusedBySource(context, { ...source, masking }, masks);
  return {
    masking,
    problems: [...unreadable, ...unfit, ...refused, ...(salt.problem === undefined ? [] : [salt.problem])],
    undecided: findUndecided(catalog, decisions, settings, suspects),
    largeObjectsUndecided: hasLargeObjects && settings.largeObjects === undefined,
    columns: catalog.columns.length,
    kept: decisions.filter(({ mask }) => isKept(mask)).length,
  };
}

function factsOf(masks: readonly PlannedMask[], settings: MaskingSettings, hasLargeObjects: boolean, salt: MaskingFacts['salt']): MaskingFacts {
  return {
    columns: masks.map(({ column: { schema, table, column }, decision }) => ({ schema, table, column, strategy: showMask(decision.mask) })),
    largeObjects: hasLargeObjects ? (settings.largeObjects ?? 'empty') : 'none',
    salt,
    fingerprint: maskFingerprint(settings),
  };
}

async function refusedBySource(context: Context, source: LiveSource, masks: readonly PlannedMask[]): Promise<readonly string[]> {
  if (masks.length === 0) return [];
  await using reader = await openReader(context, source);
  return await readingSource(source, 'trying the masks', () => probeMasks(reader, masks));
}

async function findLargeObjects({ session }: LiveSource): Promise<boolean> {
  const [row] = await session.query<{ any: boolean }>('select exists (select from pg_catalog.pg_largeobject_metadata) as "any"');
  return row?.any === true;
}
