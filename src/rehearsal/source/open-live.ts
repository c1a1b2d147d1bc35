import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SourceSettings } from '../../config/schema.ts';
import { failure } from '../../core/failure.ts';
import type { LiveSource } from '../../core/open-source.ts';
import type { Context } from '../../core/ports.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { openAddress } from '../../source/url.ts';
import { openPlace } from '../cloud/open-place.ts';

type UrlSource = Extract<SourceSettings, { allowPrimary: boolean }>;
type AttachedSource = Extract<SourceSettings, { attached: unknown }>;

/** Opens a server that is there already, through its tunnel where it has one. */
export async function openLive(context: Context, source: UrlSource | AttachedSource, folder: string): Promise<Result<LiveSource>> {
  return 'attached' in source ? await openAttached(context, source, folder) : await openUrlSource(context, source, folder);
}

async function openUrlSource(context: Context, source: UrlSource, folder: string): Promise<Result<LiveSource>> {
  const opened = await openPlace(context, source, folder, 'source');
  if (!opened.ok) return opened;
  const way = opened.value;
  const live = await openAddress(context, way.address, { kind: 'url', label: way.label, allowPrimary: source.allowPrimary });
  return await keepOpen(live, way, source.unchanging ? { unchanging: true } : {});
}

/** A copy of production that somebody made for us: nothing of it tells when it was made, so that their word does. */
async function openAttached(context: Context, { attached }: AttachedSource, folder: string): Promise<Result<LiveSource>> {
  const { by, at, reason, file, dataAsOf = at } = attached.attestation;
  const text = reason ?? (await readFile(join(folder, file ?? ''), 'utf8').catch(() => '')).trim();
  if (text === '') {
    return fail(failure('config-invalid', `source.attached.attestation.file can’t be read, or is empty: ${file}`, { cure: 'Put the attestation there.' }));
  }
  const opened = await openPlace(context, attached, folder, 'source.attached');
  if (!opened.ok) return opened;
  const way = opened.value;
  context.emit({ type: 'attested', what: 'source', by, at, text });
  const live = await openAddress(context, way.address, { kind: 'attached', label: way.label, allowPrimary: true });
  return await keepOpen(live, way, { unchanging: true, ...(live.ok && { facts: { ...live.value.facts, dataAsOf } }) });
}

/** A source that closes its way in too; a source that didn't open leaves none. */
export async function keepOpen(live: Result<LiveSource>, way: AsyncDisposable, more: Partial<LiveSource>): Promise<Result<LiveSource>> {
  if (!live.ok) {
    await way[Symbol.asyncDispose]();
    return live;
  }
  const { value: source } = live;
  let closing: Promise<void> | undefined;
  const close = async () => {
    try {
      await source[Symbol.asyncDispose]();
    } finally {
      await way[Symbol.asyncDispose]();
    }
  };
  return ok({ ...source, ...more, [Symbol.asyncDispose]: () => (closing ??= close()) });
}
