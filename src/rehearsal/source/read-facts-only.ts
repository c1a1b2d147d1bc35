import { join } from 'node:path';
import type { Settings } from '../../config/schema.ts';
import type { Context } from '../../core/ports.ts';
import { ok, type Result } from '../../core/result.ts';
import type { SourceFacts } from '../../core/source-facts.ts';
import { openDump } from '../../source/dump.ts';
import { readDumpKeys } from './dump-keys.ts';
import { openForFacts } from './open-source.ts';

/**
 * What is known of the source, which isn't held open. A snapshot that would have to be restored for it isn't, where a dump of it is there: version, locale and roles are as they
 * were then.
 */
export async function readFactsOnly(
  context: Context,
  settings: Pick<Settings, 'source' | 'dump' | 'folders' | 'preflight' | 'runbook'>,
  folder: string,
): Promise<Result<SourceFacts>> {
  if ('rds' in settings.source || 'aurora' in settings.source || 'azure' in settings.source) {
    const path = join(folder, settings.folders.dumps);
    const dump = await openDump(context, { path, keys: () => readDumpKeys(context, settings.dump.encryption, folder) });
    if (dump.ok) {
      const { facts } = dump.value;
      await dump.value[Symbol.asyncDispose]();
      context.emit({ type: 'step', phase: 'provision', text: `What is known of production is that of ${facts.label}, as of ${facts.dataAsOf}` });
      return ok(facts);
    }
  }
  const opened = await openForFacts(context, settings, folder);
  if (!opened.ok) return opened;
  const { facts } = opened.value;
  await opened.value[Symbol.asyncDispose]();
  return ok(facts);
}
