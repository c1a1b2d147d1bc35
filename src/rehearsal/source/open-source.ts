import { join } from 'node:path';
import type { Settings } from '../../config/schema.ts';
import type { OpenSource } from '../../core/open-source.ts';
import type { Context } from '../../core/ports.ts';
import type { Result } from '../../core/result.ts';
import { openDump } from '../../source/dump.ts';
import { openAurora } from '../cloud/open-aurora.ts';
import { openAzureSource } from '../cloud/open-azure.ts';
import { openRds } from '../cloud/open-rds.ts';
import { readDumpKeys } from './dump-keys.ts';
import { maskSource } from './mask-source.ts';
import { openLive } from './open-live.ts';

/**
 * Opens what the configuration names as the source, for reading its rows: masked as configured. A live one is held at a snapshot until it is closed.
 *
 * Fails with what opening fails with, and with `mask-invalid`, `mask-undecided`, `dump-unmasked`.
 */
export async function openSource(
  context: Context,
  settings: Pick<Settings, 'source' | 'masking' | 'data' | 'dump' | 'preflight' | 'runbook'>,
  folder: string,
): Promise<Result<OpenSource>> {
  const opened = await openForFacts(context, settings, folder);
  if (!opened.ok) return opened;
  const source = opened.value;
  const { parity } = settings.data;
  const wished = source.kind === 'live' && parity !== 'counts' ? { ...source, hashContent: parity === 'content' || parity } : source;
  return await maskSource(context, wished, settings.masking);
}

/** Opens what the configuration names as the source, for its facts and catalogs alone. A live one is held at a snapshot until it is closed. */
export async function openForFacts(
  context: Context,
  settings: Pick<Settings, 'source' | 'dump' | 'preflight' | 'runbook'>,
  folder: string,
): Promise<Result<OpenSource>> {
  const { source, dump } = settings;
  if ('dump' in source) {
    return openDump(context, {
      path: join(folder, source.dump),
      ...(source.roles === undefined ? {} : { roles: join(folder, source.roles) }),
      keys: () => readDumpKeys(context, dump.encryption, folder),
    });
  }
  if ('aurora' in source) return await openAurora(context, source.aurora, folder);
  if ('azure' in source) return await openAzureSource(context, source.azure, folder);
  if ('rds' in source) return await openRds(context, source.rds, folder);
  return await openLive(context, source, settings, folder);
}
