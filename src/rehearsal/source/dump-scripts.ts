import type { OpenSource } from '../../core/open-source.ts';
import { ok, type Result } from '../../core/result.ts';
import { readScript } from '../../sql/read-script.ts';
import { textDecoderName } from '../../sql/text-encoding.ts';
import type { Script } from '../guard-cluster.ts';

/** Statements that may reach roles in ways that only running them shows: DO blocks, functions, and what calls them. */
const mayReachRoles = /\b(role|user|group|grant|revoke|owned)\b/i;

/**
 * What a dump that was written by hand does besides its schema and rows, so that changes of the server that come from it are known as its doing. What it says of
 * roles in plain statements isn't run: it is read as facts. pg_dump writes nothing of the kind, and its dumps may be large.
 */
export async function dumpScripts(source: OpenSource): Promise<Result<readonly Script[]>> {
  if (source.kind !== 'script' || source.madeByDump) return ok([]);
  const opened = await source.open();
  if (!opened.ok) return opened;
  const texts: string[] = [];
  for await (const part of readScript(opened.value, { encoding: textDecoderName(source.encoding) ?? 'utf-8' })) {
    if (part.type === 'statement' && mayReachRoles.test(part.text)) texts.push(part.text);
  }
  return ok([{ file: source.facts.label, text: texts.join('\n'), statements: [] }]);
}
