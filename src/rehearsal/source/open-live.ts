import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Settings, SourceSettings } from '../../config/schema.ts';
import { failure } from '../../core/failure.ts';
import type { LiveSource } from '../../core/open-source.ts';
import type { Context } from '../../core/ports.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { openAddress } from '../../source/url.ts';
import { openPlace } from '../cloud/open-place.ts';
import { proveNotProduction } from './prove-not-production.ts';

type UrlSource = Extract<SourceSettings, { allowPrimary: boolean }>;
type AttachedSource = Extract<SourceSettings, { attached: unknown }>;

/** Opens a server that is there already, through its tunnel where it has one. */
export async function openLive(
  context: Context,
  source: UrlSource | AttachedSource,
  settings: Pick<Settings, 'preflight' | 'runbook'>,
  folder: string,
): Promise<Result<LiveSource>> {
  return 'attached' in source ? await openAttached(context, source, settings, folder) : await openUrlSource(context, source, folder);
}

async function openUrlSource(context: Context, source: UrlSource, folder: string): Promise<Result<LiveSource>> {
  const opened = await openPlace(context, source, folder, 'source');
  if (!opened.ok) return opened;
  const way = opened.value;
  const live = await openAddress(context, way.address, { kind: 'url', label: way.label, allowPrimary: source.allowPrimary });
  return await keepOpen(live, way, source.unchanging ? { unchanging: true } : {});
}

/** A word that was given so long after now is no word about what is there; clocks differ by less. */
const clocksDifferMs = 300_000;

/** A copy of production that somebody made for us: nothing of it tells when it was made, so that their word does. That it isn't production is asked of production where that is known. */
async function openAttached(
  context: Context,
  { attached }: AttachedSource,
  settings: Pick<Settings, 'preflight' | 'runbook'>,
  folder: string,
): Promise<Result<LiveSource>> {
  const { by, at, reason, file, dataAsOf = at } = attached.attestation;
  const text = reason ?? (await readFile(join(folder, file ?? ''), 'utf8').catch(() => '')).trim();
  if (text === '') {
    return fail(failure('config-invalid', `source.attached.attestation.file can’t be read, or is empty: ${file}`, { cure: 'Put the attestation there.' }));
  }
  if (Date.parse(at) > context.now().getTime() + clocksDifferMs) {
    const cure = 'Give the moment at which the clone was provisioned.';
    return fail(failure('config-invalid', `source.attached.attestation.at is ${at}, which is still to come.`, { cure }));
  }
  const opened = await openPlace(context, attached, folder, 'source.attached');
  if (!opened.ok) return opened;
  const way = opened.value;
  const unknown = await proveNotProduction(context, settings, way.address, folder);
  if (!unknown.ok) return await keepOpen(unknown, way, {});
  context.emit({ type: 'attested', what: 'source', by, at, text });
  const live = await openAddress(context, way.address, { kind: 'attached', label: way.label, allowPrimary: true });
  const more = unknown.value === undefined ? [] : [unknown.value];
  return await keepOpen(live, way, {
    unchanging: true,
    ...(live.ok && { facts: { ...live.value.facts, dataAsOf, unknown: [...live.value.facts.unknown, ...more] } }),
  });
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
