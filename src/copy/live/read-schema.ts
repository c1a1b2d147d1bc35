import { FailureError } from '../../core/failure.ts';
import type { LiveSource } from '../../core/open-source.ts';
import type { Context } from '../../core/ports.ts';
import { ok, type Result } from '../../core/result.ts';
import { splitStatements } from '../../sql/split-statements.ts';
import { withoutOutboundEffects } from '../restore/outbound-effects.ts';
import { attachTopDown } from './attach-top-down.ts';
import type { SteadySource } from './steady-source.ts';

/** The source's schema as pg_dump gives it at the snapshot, nothing in it that could reach out. */
export interface SchemaText {
  readonly preData: string;
  readonly postData: string;
  /** Which pg_dump gave it. */
  readonly ddlBy: string;
  /** What was changed or left out on purpose. */
  readonly notes: readonly string[];
}

/** Tablespaces are places on production's disks: a copy keeps everything in one. */
const extra = ['--no-tablespaces'];

export async function readSchema(context: Context, source: LiveSource): Promise<Result<SchemaText>> {
  const found = await context.edge.postgres.pgDumpFor(source.facts.major);
  if (!found.ok) return found;
  const texts: string[] = [];
  const notes: string[] = [];
  const dump = (section: 'pre-data' | 'post-data') => found.value.dumpSchema(source.address, { section, snapshot: source.snapshotId, extra }, context.signal);
  for (const dumped of await Promise.all([dump('pre-data'), dump('post-data')])) {
    if (!dumped.ok) return dumped;
    const cleaned = withoutOutbound(dumped.value);
    texts.push(cleaned.text);
    notes.push(...cleaned.notes);
  }
  const [preData = '', postData = ''] = texts;
  return ok({ preData: attachTopDown(preData), postData, ddlBy: found.value.label, notes });
}

/** The same of a source that may be had again: then pg_dump is run again. Throws FailureError. */
export async function readSteadySchema(context: Context, source: SteadySource): Promise<SchemaText> {
  return await source.again(async (from) => {
    const read = await readSchema(context, from);
    if (!read.ok) throw new FailureError(read.failure);
    return read.value;
  });
}

/** Also keeps passwords of user mappings and subscriptions out of every file. */
function withoutOutbound(script: string): { readonly text: string; readonly notes: readonly string[] } {
  if (!/user\s+mapping|subscription/i.test(script)) return { text: script, notes: [] };
  const notes: string[] = [];
  let text = script;
  for (const statement of splitStatements(script).toReversed()) {
    const decision = withoutOutboundEffects(statement.text);
    if (decision.kind === 'keep') continue;
    notes.unshift(decision.note);
    const before = text.slice(0, statement.start);
    const end = statement.start + statement.text.length;
    if (decision.kind === 'changed') text = before + decision.text + text.slice(end);
    // With the statement go its semicolon and pg_dump's own heading.
    else text = before.replace(/--\n-- Name: [^\n]*\n--\n\n$/, '') + text.slice(end).replace(/^;\n*/, '');
  }
  return { text, notes };
}
