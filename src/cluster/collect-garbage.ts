import { type Failure, failure } from '../core/failure.ts';
import type { Context } from '../core/ports.ts';
import type { Resource, ResourceKind } from '../core/resource.ts';
import type { Result } from '../core/result.ts';
import { removeTargetDatabase } from './external/remove-database.ts';
import { isTargetImage } from './external/target-image.ts';
import { removeTargetRole } from './external/target-roles.ts';
import { keepingLock } from './keep-clone.ts';
import { isReplaced } from './kept-clones.ts';
import { missingDump, removeDump, settleDump } from './remove-dump.ts';
import { isReader, removeImage } from './remove-image.ts';
import { removeResource } from './remove-resource.ts';
import { takingUpLock } from './unfinished-image.ts';

/** Why a resource stays, or goes. */
export type GarbageState =
  /** Goes: its maker is gone and it was not to be kept. */
  | 'orphan'
  /** Goes: kept until now. */
  | 'expired'
  /** Stays: kept on purpose, not yet past its time. */
  | 'kept'
  /** Stays: its maker is at work. */
  | 'in-use'
  /** Stays for now: something that stays is made from it or runs from it. */
  | 'needed'
  /** Stays: another machine that shares the ledger made it, and only that one can tell. */
  | 'elsewhere';

export interface GcReport {
  readonly dryRun: boolean;
  /** What was removed; with `dryRun`, what would be. */
  readonly removed: readonly Resource[];
  readonly stays: readonly { readonly resource: Resource; readonly state: GarbageState }[];
  /** What a person should know, such as dumps that aren't where they were. */
  readonly notes: readonly string[];
  /** Each `cleanup-failed` or `ledger-damaged`: any means exit code 5. */
  readonly failures: readonly Failure[];
}

type Remover = (context: Context, resource: Resource) => Promise<Result<void>>;

export interface GcOptions {
  readonly dryRun: boolean;
  /** How to remove kinds that aren't known here. */
  readonly removers?: Partial<Readonly<Record<ResourceKind, Remover>>>;
}

/** Binaries go after the servers that run from them. */
const order: readonly ResourceKind[] = ['database', 'role', 'clone', 'server', 'image', 'dump', 'folder'];

/**
 * Removes everything in the ledger that is past its time: orphans of runs that were killed, and what was kept until now. Touches nothing that
 * isn't in the ledger. Safe beside running rehearsals and beside another gc.
 */
export async function collectGarbage(context: Context, options: GcOptions): Promise<GcReport> {
  const removed: Resource[] = [];
  const stays: { resource: Resource; state: GarbageState }[] = [];
  const failures: Failure[] = (await context.ledger.damaged()).map(({ file, reason }) =>
    failure('ledger-damaged', `${file} cannot be read as a ledger line: ${reason}`, { object: file }),
  );
  const notes: string[] = [];
  const found = await context.ledger.list();
  // A dump that can be gone on with is kept while it is unfinished; it may have been finished by one who was killed before he could say so.
  const settled = options.dryRun ? found : await Promise.all(found.map((resource) => (resource.kept ? settleDump(context, resource) : resource)));
  const lines = settled.toSorted((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
  const states = await Promise.all(
    lines.map(async (resource) => ({ resource, state: isReplaced(resource, lines) ? 'orphan' : await stateOf(context, resource, lines) })),
  );
  const staying = states.filter(({ state }) => state !== 'orphan' && state !== 'expired');

  for (const { resource, state } of states) {
    const goes = state === 'orphan' || state === 'expired';
    if (!goes || isNeeded(resource, staying)) {
      stays.push({ resource, state: goes ? 'needed' : state });
      continue;
    }
    const missing = await missingDump(resource);
    if (missing !== undefined) notes.push(missing);
    if (options.dryRun) {
      removed.push(resource);
      continue;
    }
    if (await wasTakenOver(context, resource)) {
      stays.push({ resource, state: 'in-use' });
      continue;
    }
    const remover = options.removers?.[resource.kind] ?? removers[resource.kind] ?? unknownKind;
    const outcome = await remover(context, resource);
    if (outcome.ok) removed.push(resource);
    // A clone was begun meanwhile, or could not be removed itself, which is told.
    else if (outcome.failure.code === 'throwaway-in-use') stays.push({ resource, state: 'in-use' });
    else if (outcome.failure.code === 'image-in-use' || outcome.failure.code === 'role-in-use') stays.push({ resource, state: 'needed' });
    else failures.push(outcome.failure);
  }
  if (!options.dryRun) for (const lock of [keepingLock, takingUpLock]) await context.ledger.sweepLock(lock);
  return { dryRun: options.dryRun, removed, stays, notes, failures };
}

const removers: Partial<Record<ResourceKind, Remover>> = {
  server: removeResource,
  image: removeImage,
  clone: removeResource,
  folder: removeResource,
  dump: removeDump,
  database: (context, resource) => removeTargetDatabase(context, resource),
  role: (context, resource) => removeTargetRole(context, resource),
};

async function unknownKind(_context: Context, resource: Resource): Promise<Result<void>> {
  return { ok: false, failure: failure('cleanup-failed', `gc does not know how to remove a ${resource.kind}: ${resource.label}`, { object: resource.id }) };
}

async function stateOf(context: Context, resource: Resource, lines: readonly Resource[]): Promise<GarbageState> {
  const { owner, kept, expiresAt } = resource;
  if (owner.host !== context.edge.system.host) return 'elsewhere';
  if (kept && expiresAt !== undefined && Date.parse(expiresAt) <= context.now().getTime()) return 'expired';
  // A backup that a rehearsal made of a clone, and restored.
  if (kept && resource.kind === 'dump' && resource.facts.madeFor === 'run') return (await isAtWork(context, resource)) ? 'in-use' : 'expired';
  // Stand-ins for production's roles stay as long as copies that need them: whether there are any is looked at apart.
  if (kept && resource.kind === 'role') return 'orphan';
  if (kept && !(await lacksItsClone(context, resource, lines))) return 'kept';
  return (await isAtWork(context, resource)) ? (kept ? 'kept' : 'in-use') : 'orphan';
}

/** A load or a clone that goes on with what another one left made it its own while other things were removed. */
async function wasTakenOver(context: Context, { id, kind, owner, facts }: Resource): Promise<boolean> {
  if (facts.loading === undefined && kind !== 'role' && kind !== 'throwaway' && kind !== 'snapshot') return false;
  const now = (await context.ledger.list()).find((line) => line.id === id)?.owner;
  return now !== undefined && (now.pid !== owner.pid || now.processStartedAt !== owner.processStartedAt);
}

async function isAtWork(context: Context, { owner }: Resource): Promise<boolean> {
  return (await context.edge.system.processStartedAt(owner.pid)) === owner.processStartedAt;
}

/** An image that was loaded for a clone which is gone, or was never whole because its maker was killed between the two. */
async function lacksItsClone(context: Context, resource: Resource, lines: readonly Resource[]): Promise<boolean> {
  const isImage = resource.kind === 'image' || isTargetImage(resource);
  if (!isImage || resource.facts.madeFor !== 'clone') return false;
  for (const line of lines) {
    const isClone = (line.kind === 'clone' || line.kind === 'database') && line.facts.image === resource.id;
    if (isClone && (line.kept || (await isAtWork(context, line)))) return false;
  }
  return true;
}

/** An image is needed while a clone is being made of it or reads from it; a role on another server while a database of ours is there; binaries are while a server that stays runs from them. */
function isNeeded(resource: Resource, staying: readonly { readonly resource: Resource; readonly state: GarbageState }[]): boolean {
  const { folder } = resource.facts;
  return staying.some(({ resource: other, state }) => {
    if (resource.kind === 'image') return isReader(other, resource.id) || (state === 'in-use' && other.facts.image === resource.id);
    if (resource.kind === 'role') return resource.kept && other.kind === 'database' && other.facts.server === resource.facts.server;
    const { binFolder } = other.facts;
    return resource.kind === 'folder' && typeof folder === 'string' && typeof binFolder === 'string' && binFolder.startsWith(`${folder}/`);
  });
}
