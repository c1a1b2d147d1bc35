import { SqlError } from '../../core/failure.ts';
import type { Session } from '../../core/ports.ts';
import type { Probe, SamePair } from '../probes/probe.ts';
import { canProbe, probeSchema, type ScriptNames, writeProbe } from '../probes/write-script.ts';

/** What the server and the role allow. */
export interface Possible {
  readonly major: number;
  /** Undefined where the role may make none. */
  readonly roles?: readonly [string, string];
  readonly extensions: ReadonlySet<string>;
}

export interface Made<P> {
  readonly run: readonly { readonly probe: P; readonly index: number }[];
  readonly notRun: readonly { readonly probe: string; readonly why: string }[];
}

/**
 * Makes both sides of each probe, each pair in a transaction that ends on both sides or on none: so that a probe that the server or the role doesn't allow
 * leaves nothing that would be told as a difference.
 */
export async function makeProbes<P extends Probe | SamePair>(left: Session, right: Session, probes: readonly P[], possible: Possible): Promise<Made<P>> {
  const run: { probe: P; index: number }[] = [];
  const notRun: { probe: string; why: string }[] = [];
  for (const [index, probe] of probes.entries()) {
    const why = whyNot(probe, possible) ?? (await make(left, right, probe, probeSchema(index), namesOf(possible)));
    if (why === undefined) run.push({ probe, index });
    else notRun.push({ probe: probe.name, why });
  }
  return { run, notRun };
}

function namesOf({ roles }: Possible): ScriptNames {
  return { role: roles?.[0] ?? '', other: roles?.[1] ?? '' };
}

function whyNot(probe: Probe | SamePair, possible: Possible): string | undefined {
  const text = [probe.both, probe.left, probe.right].join('\n');
  if (text.includes('$space')) return 'it needs a tablespace, which is a folder on the server';
  if (!canProbe(probe, possible.major, namesOf(possible))) return `PostgreSQL ${possible.major} doesn’t have it`;
  if (possible.roles === undefined && /\$(role|other)/.test(text)) return 'it needs roles, which this login may not make';
  const extension = 'extension' in probe ? probe.extension : undefined;
  if (extension !== undefined && !possible.extensions.has(extension)) return `the server doesn’t have the extension ${extension}`;
  return undefined;
}

async function make(left: Session, right: Session, probe: Probe | SamePair, schema: string, names: ScriptNames): Promise<string | undefined> {
  try {
    await left.execute(`begin;\n${writeProbe(probe, 'left', schema, names)}`);
    await right.execute(`begin;\n${writeProbe(probe, 'right', schema, names)}`);
    await left.execute('commit');
    await right.execute('commit');
    return undefined;
  } catch (error) {
    if (!(error instanceof SqlError) || /^(08|57P)/.test(error.fields.sqlstate)) throw error;
    for (const session of [left, right]) await session.execute('rollback; reset search_path; reset role');
    return error.fields.message;
  }
}
