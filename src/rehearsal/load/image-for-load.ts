import { type MadeImage, makeImage } from '../../cluster/image.ts';
import { imageKey, sameBuild } from '../../cluster/image-origin.ts';
import type { ImageWanted } from '../../core/clone-host.ts';
import type { OpenSource } from '../../core/open-source.ts';
import type { Context } from '../../core/ports.ts';
import { ok, type Result } from '../../core/result.ts';
import type { CopyReport } from '../../core/source-facts.ts';
import { openDump } from '../../source/dump.ts';
import { maskSource } from '../source/mask-source.ts';
import { originOfDump } from '../source/origin-of-source.ts';
import { readAfterLoad } from './after-load.ts';
import { buildForSource, imageOfSource, withImageLosses } from './image-of-source.ts';
import { type KnownImage, knownImages } from './known-image.ts';
import type { LoadRequest } from './load-request.ts';
import { resumingLoad } from './resuming-load.ts';

export interface ImageForLoad {
  readonly image: MadeImage;
  readonly report: CopyReport;
  /** It was there, and other clones may use it. */
  readonly reused: boolean;
}

/** The image that was made of the same dump before, or a new one; either is kept at least until `expiresAt`. */
export async function imageForLoad(context: Context, request: LoadRequest, expiresAt: string): Promise<Result<ImageForLoad>> {
  const { settings, name, dump, roles } = request;
  const afterLoad = await readAfterLoad(request.folder ?? '', settings?.clone.afterLoad ?? []);
  if (!afterLoad.ok) return afterLoad;
  const origin = await originOfDump(context, dump, roles, { masking: settings?.masking, afterLoad: afterLoad.value, statistics: settings?.clone.statistics });
  const mayReuse = (settings?.image.reuse ?? true) && !request.fresh;
  for (const known of origin === undefined || !mayReuse ? [] : await knownImages(context, origin)) {
    const build = await buildForSource(context, known.memo.facts, settings?.clone.acceptOtherMajor, 'provision');
    if (build.ok && sameBuild(build.value, known.image.build)) return ok(await again(context, known, expiresAt));
  }
  const opened = await openDump(context, { path: dump, ...(roles === undefined ? {} : { roles }), ...(request.keys && { keys: request.keys }) });
  if (!opened.ok) return opened;
  const masked = await maskSource(context, opened.value, settings?.masking);
  if (!masked.ok) return masked;
  await using source: OpenSource = masked.value;
  const build = await buildForSource(context, source.facts, settings?.clone.acceptOtherMajor, 'provision');
  if (!build.ok) return build;
  const kept = { label: `image of ${name}`, madeFor: 'clone', kept: true, expiresAt, ...(origin && { origin }) } as const;
  const resuming = resumingLoad(context, source, origin && imageKey(origin, build.value, {}, source.facts.dataAsOf));
  const make = (wanted: Omit<ImageWanted, 'label'>) =>
    makeImage(context, { ...wanted, build: build.value, ...kept, ...(resuming && { resumable: resuming.resumable }) });
  const made = await imageOfSource(context, source, make, 'provision', undefined, {
    afterLoad: afterLoad.value,
    statistics: settings?.clone.statistics,
    resuming: resuming?.progress,
  });
  return made.ok ? ok({ image: made.value.image, report: made.value.copied.report, reused: false }) : made;
}

async function again(context: Context, { image, memo, resource }: KnownImage, expiresAt: string): Promise<ImageForLoad> {
  // What clones can be reset from stays as long as they do.
  if (resource.expiresAt !== undefined && Date.parse(resource.expiresAt) < Date.parse(expiresAt)) await context.ledger.amend(image.id, { expiresAt });
  context.emit({ type: 'step', phase: 'provision', text: `Nothing is loaded: ${image.label} was made of the same dump (${image.id})` });
  const { report } = withImageLosses(memo.copied, image);
  return { image, report: { ...report, fromImage: { id: image.id, madeAt: image.madeAt } }, reused: true };
}
