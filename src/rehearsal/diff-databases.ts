import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureBuild } from '../cluster/choose-build.ts';
import { cloneAccess, cloneLines, findClone, wakeClone } from '../cluster/kept-clones.ts';
import { startServer } from '../cluster/start-server.ts';
import { defaultPolicies, type Settings } from '../config/schema.ts';
import { failure } from '../core/failure.ts';
import type { Context } from '../core/ports.ts';
import { fail, ok, type Result } from '../core/result.ts';
import type { Comparison } from '../core/schema-difference.ts';
import { type Address, showAddress } from '../core/server.ts';
import { compareSchemas } from '../schema/compare-schemas.ts';
import { renderComparison } from '../schema/explain/render-comparison.ts';

export interface DiffRequest {
  /** A postgres:// URL or key=value string, the name of a kept clone, or of a database on the server below. */
  readonly a: string;
  readonly b: string;
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly user?: string | undefined;
  /** Where both canonical texts go. */
  readonly artifactsFolder: string;
  readonly settings: Settings | undefined;
}

export interface Diff {
  readonly comparison: Comparison;
  /** 0 same, 1 different. */
  readonly exitCode: 0 | 1;
  /** For a terminal. */
  readonly text: string;
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
  const exclude = request.settings?.schemaGate.exclude.map(({ object }) => object) ?? [];
  const compared = await compareSchemas(context, left.value, right.value, { exclude, scratch });
  if (!compared.ok) return compared;
  const comparison = compared.value;
  const policies = { ...defaultPolicies, ...request.settings?.schemaGate.policies };
  const different = comparison.differences.some((difference) => policies[difference.class] === 'fail');
  const artifacts = [join(request.artifactsFolder, 'a.txt'), join(request.artifactsFolder, 'b.txt')] as const;
  try {
    await mkdir(request.artifactsFolder, { recursive: true, mode: 0o700 });
    await writeFile(artifacts[0], comparison.leftText, { mode: 0o600 });
    await writeFile(artifacts[1], comparison.rightText, { mode: 0o600 });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    return fail(failure('evidence-not-written', `The canonical texts could not be written: ${message}`, { object: request.artifactsFolder }));
  }
  return ok({ comparison, exitCode: different ? 1 : 0, text: renderComparison(comparison), artifacts });
}

interface LiveSide {
  readonly address: Address;
  readonly label: string;
}

/** A URL says so itself; a bare word is a clone of this machine, unless a server is named for it. */
async function sideOf(context: Context, { host, port, user }: DiffRequest, name: string): Promise<Result<LiveSide>> {
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
  // Not a clone: a database, on the server named here or by the PG* variables, as psql would take it.
  const words = [`dbname=${quoted(name)}`];
  if (host !== undefined) words.push(`host=${quoted(host)}`);
  if (port !== undefined) words.push(`port=${port}`);
  if (user !== undefined) words.push(`user=${quoted(user)}`);
  return labelled(context.edge.postgres.parseAddress(words.join(' ')));
}

function labelled(address: Result<Address>): Result<LiveSide> {
  return address.ok ? ok({ address: address.value, label: showAddress(address.value) }) : address;
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

/** A server of ours of the newer side's major, for as long as the comparison lasts. */
async function scratchServer(context: Context, stack: AsyncDisposableStack, sides: readonly Address[]): Promise<Result<Address>> {
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
