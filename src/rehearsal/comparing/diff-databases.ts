import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureBuild } from '../../cluster/choose-build.ts';
import { cloneAccess, cloneLines, findClone, wakeClone } from '../../cluster/kept-clones.ts';
import { startServer } from '../../cluster/start-server.ts';
import type { Waiver } from '../../config/load-waivers.ts';
import { defaultPolicies, type Settings } from '../../config/schema.ts';
import type { ExplainedComparison } from '../../core/explained-comparison.ts';
import { type Failure, failure } from '../../core/failure.ts';
import type { Context } from '../../core/ports.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { type DifferenceClass, differenceClasses } from '../../core/schema-difference.ts';
import { type Address, showAddress } from '../../core/server.ts';
import type { ComparedSchemas } from '../../schema/compare/compared-schemas.ts';
import { compareSchemas } from '../../schema/compare-schemas.ts';
import { explainComparison } from '../../schema/explain/explain-comparison.ts';
import { applyWaivers } from '../../schema/waivers/apply-waivers.ts';

export interface DiffRequest {
  /** A postgres:// URL or key=value string, the name of a kept clone, or of a database on the server below. */
  readonly a: string;
  readonly b: string;
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly user?: string | undefined;
  /** Where both canonical texts go, and the advice. */
  readonly artifactsFolder: string;
  readonly settings: Settings | undefined;
  readonly waivers?: readonly Waiver[] | undefined;
  /** Schemas to which the comparison is restricted. */
  readonly include?: readonly string[] | undefined;
  /** Besides the configuration's. */
  readonly exclude?: readonly string[] | undefined;
  /** Only these classes are told and count. */
  readonly onlyClasses?: readonly DifferenceClass[] | undefined;
  /** What policies only report counts too, and what could not be compared completely is a failure. */
  readonly strict?: boolean | undefined;
  /** The side that the advice would change; b unless told. */
  readonly change?: 'a' | 'b' | undefined;
}

export interface Diff {
  readonly comparison: ExplainedComparison;
  /** 0 same, 1 different. */
  readonly exitCode: 0 | 1;
  readonly artifacts: readonly string[];
}

/**
 * Compares the schemas of two databases. Both are only read: what must be restored to be compared is restored on a server of ours.
 *
 * Fails when the comparison could not be completed, whatever the cause; never says "same" then.
 */
export async function diffDatabases(context: Context, request: DiffRequest): Promise<Result<Diff>> {
  const left = await sideOf(context, request, request.a);
  if (!left.ok) return left;
  const right = await sideOf(context, request, request.b);
  if (!right.ok) return right;
  await using stack = new AsyncDisposableStack();
  // Both sides must be there before a server is started for them.
  const scratch = () => scratchServer(context, stack, [left.value.address, right.value.address]);
  const exclude = [...(request.settings?.schemaGate.exclude.map(({ object }) => object) ?? []), ...(request.exclude ?? [])];
  const compared = await compareSchemas(context, left.value, right.value, { exclude, include: request.include, scratch });
  if (!compared.ok) return compared;
  const { incomplete = [] } = compared.value.scope;
  if (request.strict && incomplete.length > 0) {
    return fail(
      failure('compare-failed', `Not everything could be compared: ${incomplete.join('; ')}.`, {
        cure: 'Use a role that may read it; without --strict it is only said.',
      }),
    );
  }
  const told = onlyOf(compared.value, request.onlyClasses);
  const changed = request.change ?? 'b';
  const comparison: ExplainedComparison = {
    ...explainComparison(told, {
      check: 'diff',
      left: left.value.label,
      right: right.value.label,
      policies: policiesOf(request),
      waivers: applyWaivers(told.differences, request.waivers ?? [], context.now().toISOString().slice(0, 10)),
      change: changed === 'a' ? 'left' : 'right',
    }),
    ...(request.onlyClasses !== undefined && {
      hidden: { classes: request.onlyClasses, differences: compared.value.differences.length - told.differences.length },
    }),
  };
  const texts = compared.value.texts();
  const written = await writeArtifacts(request.artifactsFolder, [
    ['a.txt', texts.left],
    ['b.txt', texts.right],
    [changed === 'a' ? 'make-a-like-b.sql' : 'make-b-like-a.sql', comparison.advice.script],
  ]);
  if (!written.ok) return written;
  return ok({ comparison, exitCode: comparison.outcome === 'same' ? 0 : 1, artifacts: written.value });
}

/** A comparison of some classes only; what there is of others is counted. */
function onlyOf(compared: ComparedSchemas, classes: readonly DifferenceClass[] | undefined): ComparedSchemas {
  return classes === undefined ? compared : { ...compared, differences: compared.differences.filter((difference) => classes.includes(difference.class)) };
}

/** Under strict, everything counts that isn't proven to mean the same. */
function policiesOf({ settings, strict }: DiffRequest): typeof defaultPolicies {
  const policies = { ...defaultPolicies, ...settings?.schemaGate.policies };
  if (!strict) return policies;
  return Object.fromEntries(differenceClasses.map((name) => [name, name === 'deparse-only' ? policies[name] : 'fail'])) as typeof defaultPolicies;
}

/** Files that would be empty aren't written, and what an earlier comparison left of them is taken away. */
async function writeArtifacts(folder: string, files: readonly (readonly [name: string, text: string])[]): Promise<Result<readonly string[]>> {
  const written: string[] = [];
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    for (const old of ['make-a-like-b.sql', 'make-b-like-a.sql']) await rm(join(folder, old), { force: true });
    for (const [name, text] of files) {
      if (text === '') continue;
      await writeFile(join(folder, name), text, { mode: 0o600 });
      written.push(join(folder, name));
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    return fail(failure('evidence-not-written', `The canonical texts could not be written: ${message}`, { object: folder }));
  }
  return ok(written);
}

export interface LiveSide {
  readonly address: Address;
  readonly label: string;
}

/** A URL says so itself; a bare word is a clone of this machine, unless a server is named for it. */
export async function sideOf(context: Context, { host, port, user }: Pick<DiffRequest, 'host' | 'port' | 'user'>, name: string): Promise<Result<LiveSide>> {
  if (/^postgres(ql)?:\/\//.test(name) || name.includes('=')) return labelled(context.edge.postgres.parseAddress(name));
  const onServer = host !== undefined || port !== undefined || user !== undefined;
  if (!onServer) {
    const line = (await cloneLines(context)).find(({ id, kept, label }) => id === name || (kept && label === name));
    if (line !== undefined) {
      const clone = await findClone(context, line.id);
      const awake = clone.ok ? await wakeClone(context, clone.value) : clone;
      const access = awake.ok ? await cloneAccess(context, awake.value) : awake;
      return access.ok ? ok({ address: access.value.admin, label: name }) : access;
    }
  }
  // Not a clone: a database, on the server named here or by the PG* variables or the usual socket, as psql would take it.
  const words = [`dbname=${quoted(name)}`];
  if (host !== undefined) words.push(`host=${quoted(host)}`);
  if (port !== undefined) words.push(`port=${port}`);
  if (user !== undefined) words.push(`user=${quoted(user)}`);
  const side = labelled(context.edge.postgres.parseAddress(words.join(' ')));
  if (onServer || !side.ok) return side;
  const connected = await context.edge.postgres.connect(side.value.address, { applicationName: 'pgrehearse diff', signal: context.signal });
  if (connected.ok) await connected.value.close();
  return connected.ok ? side : await neither(context, name, connected.failure);
}

/** A word that is no clone, and no database that can be reached either, was meant as a clone more likely than not. */
async function neither(context: Context, name: string, asDatabase: Failure): Promise<Result<never>> {
  const found = await findClone(context, name);
  if (found.ok || found.failure.code !== 'clone-not-found') return fail(asDatabase);
  const { message, cure } = found.failure;
  return fail({
    ...found.failure,
    message: `${message}, and as a database it can’t be reached: ${asDatabase.message}`,
    cure: `${cure} A database of another server is named by a URL, or with --host, --port and --user.`,
  });
}

function labelled(address: Result<Address>): Result<LiveSide> {
  return address.ok ? ok({ address: address.value, label: showAddress(address.value) }) : address;
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

/** A server of ours of the newer side's major, for as long as the comparison lasts. */
export async function scratchServer(context: Context, stack: AsyncDisposableStack, sides: readonly Address[]): Promise<Result<Address>> {
  let major = 0;
  for (const side of sides) {
    const connected = await context.edge.postgres.connect(side, { applicationName: 'pgrehearse diff', signal: context.signal });
    if (!connected.ok) return connected;
    await using session = connected.value;
    major = Math.max(major, Math.floor(session.serverVersionNum / 10_000));
  }
  const build = await ensureBuild(context, { major, extensions: [], languages: [], features: [] });
  if (!build.ok) return build;
  const started = await startServer(context, {
    build: build.value,
    label: 'scratch for diff',
    locale: { encoding: 'UTF8', collate: 'C', ctype: 'C', provider: 'libc' },
  });
  if (!started.ok) return started;
  return ok(stack.use(started.value).server.admin);
}
