import { listImages } from '../cluster/image.ts';
import { type ImageOrigin, sameBuild } from '../cluster/image-origin.ts';
import type { RdsSettings } from '../config/settings/rds.ts';
import { readSchema } from '../copy/live/read-schema.ts';
import { type Failure, failure } from '../core/failure.ts';
import type { LiveSource, OpenSource } from '../core/open-source.ts';
import type { Context } from '../core/ports.ts';
import { fail, ok, type Result } from '../core/result.ts';
import type { SourceFacts } from '../core/source-facts.ts';
import { saysEnough } from './comparing/compare-content.ts';
import { ledgerFingerprint } from './comparing/ledger-fingerprint.ts';
import { inPlaceOf } from './in-place/is-in-place.ts';
import { tellSecondClones } from './in-place/second-clones.ts';
import type { ImageMemo } from './load/image-memo.ts';
import { buildForSource } from './load/image-of-source.ts';
import { type KnownImage, knownImages } from './load/known-image.ts';
import { wishedExtensions } from './pg-tap/wished-extensions.ts';
import type { RehearseRequest } from './request.ts';
import { openSource } from './source/open-source.ts';
import { originOfSource } from './source/origin-of-source.ts';

/** What a run starts from: a source that is copied, or an image that was made earlier. */
export interface Beginning {
  readonly facts: SourceFacts;
  /** Absent where nothing is read from it: a dump that has an image, or a live source that can't be reached now. */
  readonly source?: OpenSource;
  /** Set: nothing is copied. */
  readonly known?: KnownImage;
  /** By which an image that is made now is found again. */
  readonly origin?: ImageOrigin;
}

const hourMs = 3_600_000;
/** A day: what is rehearsed in the afternoon on this morning's data. */
const usualMaxAgeHours = 24;

/**
 * Opens the source, and looks whether an image that was made of it earlier does as well. It does where server build and masking are the same, it is
 * not older than image.maxAgeHours, and, of a live source, where roles, settings, schema and the list of applied migrations are what they were.
 *
 * Fails with what opening a source fails with, and with `image-too-old`.
 */
export async function chooseBeginning(context: Context, request: RehearseRequest): Promise<Result<Beginning>> {
  const { settings, folder } = request;
  if (inPlaceOf(settings) !== undefined) tell(context, tellSecondClones(settings));
  const mayReuse = settings.image.reuse && !request.fresh && (await listImages(context)).some(({ resource }) => resource.kept);
  // On somebody else's server nothing is kept for later runs. Else it is asked only where it matters: a dump is read through for it.
  const matters = settings.target === undefined && (mayReuse || settings.image.keepHours !== undefined);
  const origin = matters ? await originOfSource(context, settings, folder) : undefined;
  const candidates = origin === undefined || !mayReuse ? [] : await knownImages(context, origin);
  const [newest] = candidates;
  if ('aurora' in settings.source) {
    const { snapshot, freshnessHours } = settings.source.aurora;
    return await ofSnapshot(context, request, { identifier: snapshot?.identifier, freshnessHours }, newest, origin);
  }
  if ('azure' in settings.source) {
    const { pointInTime: identifier, freshnessHours } = settings.source.azure;
    return await ofSnapshot(context, request, { identifier, freshnessHours }, newest, origin);
  }
  if ('rds' in settings.source) return await ofSnapshot(context, request, settings.source.rds.snapshot, newest, origin);
  return 'dump' in settings.source ? await ofDump(context, request, newest, origin) : await ofLive(context, request, newest, origin);
}

/** The data of a dump is as old as the dump, whenever it is loaded. */
async function ofDump(context: Context, request: RehearseRequest, known: KnownImage | undefined, origin: ImageOrigin | undefined): Promise<Result<Beginning>> {
  const usable = known !== undefined && (await runsOnSameBuild(context, request, known)) ? known : undefined;
  const opened = usable === undefined ? await openSource(context, request.settings, request.folder) : undefined;
  if (opened?.ok === false) return opened;
  const facts = usable?.memo.facts ?? opened?.value.facts;
  if (facts === undefined) throw new Error('neither an image nor a dump');
  const limit = request.settings.image.maxAgeHours;
  if (limit !== undefined && ageHours(context, facts.dataAsOf) > limit) {
    await opened?.value[Symbol.asyncDispose]();
    const cure = 'Make a new dump, or raise image.maxAgeHours.';
    return fail(
      failure('image-too-old', `${facts.label} is ${age(context, facts.dataAsOf)} old; image.maxAgeHours allows ${limit}.`, { object: facts.label, cure }),
    );
  }
  if (usable !== undefined) tellUse(context, usable);
  return ok({ facts, ...(opened && { source: opened.value }), ...(usable && { known: usable }), ...(origin && { origin }) });
}

/** To look whether an image still fits would take a restore of its own: it does as long as the snapshot that it was made of would be used again. */
async function ofSnapshot(
  context: Context,
  request: RehearseRequest,
  { identifier, freshnessHours }: Pick<RdsSettings['snapshot'], 'identifier' | 'freshnessHours'>,
  known: KnownImage | undefined,
  origin: ImageOrigin | undefined,
): Promise<Result<Beginning>> {
  const { image } = request.settings;
  const limit = image.maxAgeHours ?? (identifier === undefined ? (context.cloud?.freshnessHours ?? freshnessHours) : Number.POSITIVE_INFINITY);
  const mayUse = known !== undefined && context.cloud?.freshSnapshot !== true && ageHours(context, known.image.dataAsOf) <= limit;
  if (mayUse && !lacksContent(request, known.memo) && (await runsOnSameBuild(context, request, known))) {
    tellUse(context, known);
    return ok({ facts: known.memo.facts, known, ...(origin && { origin }) });
  }
  const opened = await openSource(context, request.settings, request.folder);
  return opened.ok ? ok({ facts: opened.value.facts, source: opened.value, ...(origin && { origin }) }) : opened;
}

async function ofLive(context: Context, request: RehearseRequest, known: KnownImage | undefined, origin: ImageOrigin | undefined): Promise<Result<Beginning>> {
  const { image: settings } = request.settings;
  const limit = settings.maxAgeHours ?? usualMaxAgeHours;
  const isYoung = known !== undefined && ageHours(context, known.image.dataAsOf) <= limit;
  const opened = await openSource(context, request.settings, request.folder);
  if (!opened.ok) return await withoutSource(context, request, isYoung, known, opened.failure);
  const source = opened.value;
  const found = { facts: source.facts, source, ...(origin && { origin }) };
  if (known === undefined || source.kind !== 'live') return ok(found);
  const reason = isYoung ? await whyNot(context, request, known, source) : `its data is older than the ${limit} h that image.maxAgeHours allows`;
  if (reason === undefined) {
    tellUse(context, known);
    return ok({ ...found, facts: known.memo.facts, known });
  }
  tell(context, `The image of ${age(context, known.image.dataAsOf)} ago is not used again: ${reason}.`);
  return ok(found);
}

/** Without production, yesterday's image still tells what yesterday's production would have made of the deploy. */
async function withoutSource(
  context: Context,
  request: RehearseRequest,
  isYoung: boolean,
  known: KnownImage | undefined,
  cause: Failure,
): Promise<Result<Beginning>> {
  // Anything but a source that can't be reached is a fault that somebody has to correct.
  if (known === undefined || !['source-unreachable', 'source-lost'].includes(cause.code)) return fail(cause);
  if (isYoung && !lacksContent(request, known.memo) && (await runsOnSameBuild(context, request, known))) {
    tell(context, `Production can’t be read now: ${cause.message}`);
    tellUse(context, known);
    return ok({ facts: known.memo.facts, known });
  }
  const limit = request.settings.image.maxAgeHours;
  if (isYoung || limit === undefined) return fail(cause);
  const old = `The newest data is ${age(context, known.image.dataAsOf)} old, image.maxAgeHours allows ${limit}, and production can’t be read now.`;
  return fail(failure('image-too-old', old, { object: known.image.id, problems: [cause] }));
}

/** Why an image doesn't show what production is now, apart from its rows; undefined when it does. */
async function whyNot(context: Context, request: RehearseRequest, { image, memo }: KnownImage, source: LiveSource): Promise<string | undefined> {
  if (lacksContent(request, memo)) return 'what its tables held was not hashed when it was made, and data.parity wants that';
  const changed = changedFacts(memo.facts, source.facts);
  if (changed.length > 0) return `production has changed since (${changed.join(', ')})`;
  if (source.masking?.facts.fingerprint !== memo.maskingFingerprint) return 'other columns are masked now';
  const { migrate } = request.settings;
  const ledgerMd5 = await ledgerFingerprint(source.session, migrate);
  if (migrate.ledger !== undefined && ledgerMd5 === undefined) return 'production’s list of applied migrations can’t be read';
  if (ledgerMd5 !== memo.ledgerMd5) return 'production’s list of applied migrations has changed since';
  if (!(await runsOnSameBuild(context, request, { image, memo }))) return 'clones run another Postgres now';
  const schema = await readSchema(context, source);
  if (!schema.ok) return `production’s schema could not be compared: ${schema.failure.message}`;
  return `${schema.value.preData}\n${schema.value.postData}` === memo.copied.sourceSchemaText ? undefined : 'production’s schema has changed since';
}

/** A run that asks for more than the image's makers did must not get less. */
function lacksContent({ settings }: RehearseRequest, { copied }: ImageMemo): boolean {
  return !saysEnough(settings.data.parity, copied.report.sourceHashes);
}

/** Names of what differs, leaving out what differs with every look. */
function changedFacts(then: SourceFacts, now: SourceFacts): readonly string[] {
  const names = Object.keys({ ...then, ...now }) as (keyof SourceFacts)[];
  const volatile: readonly (keyof SourceFacts)[] = ['dataAsOf', 'sizeBytes', 'label', 'isStandby'];
  // What was written down has no undefined fields any more.
  const text = (value: unknown) => JSON.stringify(value) ?? '';
  return names.filter((name) => !volatile.includes(name) && text(then[name]) !== text(now[name]));
}

async function runsOnSameBuild(context: Context, { settings }: RehearseRequest, { image, memo }: Pick<KnownImage, 'image' | 'memo'>): Promise<boolean> {
  const build = await buildForSource({ ...context, emit: () => {} }, memo.facts, settings.clone.acceptOtherMajor, 'preconditions', wishedExtensions(settings));
  return build.ok && sameBuild(build.value, image.build);
}

function tellUse(context: Context, { image }: KnownImage): void {
  tell(context, `Nothing is copied: data of ${age(context, image.dataAsOf)} ago, from ${image.id}. \`run --fresh\` makes a new copy.`);
}

function tell(context: Context, text: string): void {
  context.emit({ type: 'step', phase: 'preconditions', text });
}

function ageHours(context: Context, dataAsOf: string): number {
  return (context.now().getTime() - Date.parse(dataAsOf)) / hourMs;
}

/** @example age(context, dataAsOf) // '3 h' */
export function age(context: Context, dataAsOf: string): string {
  const hours = Math.max(0, ageHours(context, dataAsOf));
  if (hours < 1) return `${Math.round(hours * 60)} min`;
  return hours < 48 ? `${Math.round(hours)} h` : `${Math.round(hours / 24)} days`;
}
