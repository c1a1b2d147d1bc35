import type { MaskingSettings } from '../../config/schema.ts';
import { type Failure, failure } from '../../core/failure.ts';
import type { Masking, MaskingFacts } from '../../core/masking.ts';
import type { LiveSource } from '../../core/open-source.ts';
import type { Context } from '../../core/ports.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { openReader } from '../live/copy-tables.ts';
import { readingSource } from '../live/reading-source.ts';
import { buildMasks, byTable, type PlannedMask } from './build-masks.ts';
import { readDecisions, showMask } from './decisions.ts';
import { maskFingerprint } from './fingerprint.ts';
import { findUndecided } from './personal/find-undecided.ts';
import { probeMasks } from './probe-masks.ts';
import { readColumns } from './read-columns.ts';
import { readSalt } from './read-salt.ts';
import type { DigestEncoding } from './strategy/digest.ts';

/**
 * Plans how a live source is masked: its catalogs are held against the decisions, and it reads every expression once. No value is read.
 * The source that is returned gives masked rows to everything that copies or hashes it.
 *
 * Fails with `mask-invalid` or `mask-undecided`, each with every problem; with what reading a source fails with. Throws FailureError.
 *
 * @example const masked = await planMasking(context, source, settings.masking);
 */
export async function planMasking(context: Context, source: LiveSource, settings: MaskingSettings): Promise<Result<LiveSource>> {
  const { decisions, problems: unreadable } = readDecisions(settings.columns);
  const { catalog, hasLargeObjects } = await readingSource(source, 'reading which columns there are', async () => ({
    catalog: await readColumns(source.session),
    hasLargeObjects: await findLargeObjects(source),
  }));
  const encoding: DigestEncoding = source.facts.locale.encoding === 'SQL_ASCII' ? 'SQL_ASCII' : 'UTF8';
  const { masks, problems: unfit } = await buildMasks(decisions, catalog, encoding);
  const salt = readSalt(context.edge.system, settings);
  const masking: Masking = {
    facts: factsOf(masks, settings, hasLargeObjects, 'problem' in salt ? 'random' : salt.from),
    // Without one nothing is copied; until then, expressions are only read.
    salt: 'problem' in salt ? noSalt(context) : salt.salt,
    tables: byTable(masks),
  };
  const masked: LiveSource = { ...source, masking };
  const refused = await refusedBySource(context, masked, masks);
  const invalid = [...unreadable, ...unfit, ...refused, ...('problem' in salt ? [salt.problem] : [])];
  const undecided = findUndecided(catalog, decisions, settings);
  const unsaid = hasLargeObjects && settings.largeObjects === undefined;
  const failures: Failure[] = [
    ...invalid.map((problem) => failure('mask-invalid', `${problem}.`)),
    ...undecided.map(({ name, type, why }) => failure('mask-undecided', `${name} (${type}) has no decision: ${why}.`, { object: name })),
    ...(unsaid
      ? [failure('mask-undecided', 'There are large objects, which can’t be masked, and masking.largeObjects is not set.', { cure: largeObjectsCure })]
      : []),
  ];
  const [first] = failures;
  if (first === undefined) return ok(masked);
  return fail(failures.length === 1 ? first : several(first, failures));
}

const largeObjectsCure = 'Set masking.largeObjects to "empty", which makes each without its content, or to "keep".';

function several(first: Failure, problems: readonly Failure[]): Failure {
  return failure(first.code, `Masking needs ${problems.length} things first: ${first.message}`, { problems });
}

function factsOf(masks: readonly PlannedMask[], settings: MaskingSettings, hasLargeObjects: boolean, salt: MaskingFacts['salt']): MaskingFacts {
  return {
    columns: masks.map(({ column: { schema, table, column }, decision }) => ({ schema, table, column, strategy: showMask(decision.mask) })),
    largeObjects: hasLargeObjects ? (settings.largeObjects ?? 'empty') : 'none',
    salt,
    fingerprint: maskFingerprint(settings),
  };
}

function noSalt(context: Context) {
  const random = readSalt(context.edge.system, {});
  if ('problem' in random) throw new Error(random.problem);
  return random.salt;
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
