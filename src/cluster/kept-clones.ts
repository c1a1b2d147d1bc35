import { dirname, join } from 'node:path';
import type { CloneMethodName } from '../core/clone-method-name.ts';
import { closestName } from '../core/closest-name.ts';
import { failure } from '../core/failure.ts';
import type { Context } from '../core/ports.ts';
import type { Resource } from '../core/resource.ts';
import { fail, ok, type Result } from '../core/result.ts';
import { readAdminPassword } from './admin-access.ts';
import { type CloneAccess, readCloneAccess } from './clone-access.ts';
import { methodNamed } from './clone-method/choose-method.ts';
import { readCloneRecord, writeCloneRecord } from './clone-record.ts';
import { dropTargetClone } from './external/drop-target-clone.ts';
import { isTargetClone } from './external/target-clone.ts';
import { targetAccess } from './external/target-login.ts';
import { targetState } from './external/target-state.ts';
import { readImage } from './image.ts';
import { launchServer } from './launch-server.ts';
import { latestLine } from './owned-server.ts';
import { prepareServer } from './prepare-server.ts';
import { removeResource } from './remove-resource.ts';
import { serverUser } from './server-user.ts';

/** `stopped`: after a restart of the machine, or when somebody ended it. The last two are of clones on other servers: what was made isn't there, or can't be asked. */
export type CloneState = 'running' | 'stopped' | 'gone' | 'unreachable';

/** A clone as the ledger knows it, whoever made it. */
export interface KnownClone {
  readonly resource: Resource;
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly running: boolean;
  readonly state: CloneState;
}

/** Clones that were made from this machine, oldest first; those that a run is using too. Servers that others use are asked for theirs. */
export async function listClones(context: Context): Promise<readonly KnownClone[]> {
  return await Promise.all((await cloneLines(context)).map((resource) => describe(context, resource)));
}

/** The ledger lines of clones, oldest first. */
export async function cloneLines(context: Context): Promise<readonly Resource[]> {
  const all = (await context.ledger.list()).filter((line) => line.kind === 'clone' || isTargetClone(line));
  return all.filter((line) => !isReplaced(line, all));
}

/** A reset made another clone of its name, and was killed before it could remove this one. */
export function isReplaced({ id }: Resource, lines: readonly Resource[]): boolean {
  return lines.some(({ kept, facts }) => kept && facts.replaces === id);
}

async function describe(context: Context, resource: Resource): Promise<KnownClone> {
  const { pid, processStartedAt, port, database } = resource.facts;
  const where = { resource, host: String(resource.facts.host ?? '127.0.0.1'), port: Number(port ?? 0), database: String(database ?? '') };
  if (isTargetClone(resource)) {
    const state = await targetState(context, resource);
    return { ...where, state, running: state === 'running' };
  }
  const running = typeof pid === 'number' && (await context.edge.system.processStartedAt(pid)) === processStartedAt;
  return { ...where, state: running ? 'running' : 'stopped', running };
}

/** Finds a clone by its name or id. Fails with `clone-not-found`, with the name that was probably meant. */
export async function findClone(context: Context, name: string): Promise<Result<KnownClone>> {
  const clones = await cloneLines(context);
  const found = clones.filter(({ id, kept, label }) => id === name || (kept && label === name));
  const [first, second] = found;
  if (second !== undefined) {
    const ids = found.map(({ id }) => id).join(', ');
    return fail(failure('clone-not-found', `${name} names several clones: ${ids}`, { object: name, cure: 'Name one of them by its id.' }));
  }
  if (first !== undefined) return ok(await describe(context, first));
  const names = clones.flatMap(({ id, kept, label }) => (kept ? [label, id] : [id]));
  const meant = closestName(name, names);
  const hint = meant === undefined ? '' : `; did you mean ${meant}?`;
  const kept = clones.filter((line) => line.kept).map(({ label }) => label);
  const cure = kept.length === 0 ? 'There is no kept clone on this machine. Make one with `pgrehearse load`.' : `There are: ${kept.join(', ')}.`;
  return fail(failure('clone-not-found', `there is no clone named ${name}${hint}`, { object: name, cure }));
}

/** The method that somebody insisted on when the clone was made. */
export function wishedMethod({ facts }: Resource): CloneMethodName | undefined {
  return facts.wishedMethod === undefined ? undefined : methodNamed(facts.wishedMethod).name;
}

/** The ways into a clone. Its server may have ended: see `state`. Fails where the variable that leads to another server isn't set. */
export async function cloneAccess(context: Context, clone: KnownClone): Promise<Result<CloneAccess>> {
  if (isTargetClone(clone.resource)) return await targetAccess(context, clone.resource);
  return ok(await readCloneAccess(String(clone.resource.facts.folder), clone.port, clone.database));
}

/**
 * Starts the server of a kept clone again, on its own port, after the machine was restarted or somebody ended it. Nothing happens when it runs.
 * Fails with `port-in-use` or `server-start-failed`.
 */
export async function wakeClone(context: Context, clone: KnownClone): Promise<Result<KnownClone>> {
  if (clone.running) return ok(clone);
  if (isTargetClone(clone.resource)) return await notThere(context, clone);
  const user = await serverUser(context);
  if (!user.ok) return user;
  const { resource, port, database } = clone;
  const folder = String(resource.facts.folder);
  const record = await readCloneRecord(folder);
  if (record === undefined) return fail(failure('clone-not-found', `the clone ${resource.label} was never whole`, { object: resource.id }));
  const method = methodNamed(resource.facts.method);
  if (method.needsImage && (await readImage(dirname(record.imageData))) === undefined) {
    const cure = 'Drop the clone and load the dump again.';
    return fail(failure('image-failed', `the image that ${resource.label} reads from is gone`, { object: resource.id, cure }));
  }
  const prepared = await prepareServer(context, resource, record.build, folder);
  if (!prepared.ok) return prepared;
  // Else each start would copy the binaries once more.
  if (prepared.value.binFolder !== record.build.binFolder) await writeCloneRecord(folder, { ...record, build: prepared.value });
  const dataFolder = join(folder, 'data');
  const place = { imageData: record.imageData, folder, dataFolder, user: user.value };
  await method.remake(context, place);
  const launched = await launchServer(context, {
    build: prepared.value,
    enter: (program) => method.enter(context, place, program),
    settings: record.settings,
    resource,
    folder,
    dataFolder,
    user: user.value,
    purpose: 'keep',
    port,
    database,
    password: await readAdminPassword(folder),
  });
  return launched.ok ? ok(await describe(context, await latestLine(context, resource))) : launched;
}

/** Nobody but its owner starts a server that isn't ours: it can only be said what is wrong. */
async function notThere(context: Context, { resource, host, port, database, state }: KnownClone): Promise<Result<KnownClone>> {
  const access = await targetAccess(context, resource);
  if (!access.ok) return access;
  if (state === 'unreachable')
    return fail(failure('target-unreachable', `the server of ${resource.label} at ${host}:${port} can’t be reached`, { object: resource.id }));
  const cure = `Make it again from its image with \`pgrehearse reset ${resource.label}\`, or drop it.`;
  return fail(failure('clone-not-found', `the database ${database} of ${resource.label} is not on ${host}:${port}`, { object: resource.id, cure }));
}

/** Ends and removes a clone by its name or id. Fails with `clone-not-found` or `cleanup-failed`. */
export async function dropClone(context: Context, name: string): Promise<Result<Resource>> {
  const found = await findClone(context, name);
  if (!found.ok) return found;
  const { resource } = found.value;
  const removed = isTargetClone(resource) ? await dropTargetClone(context, resource) : await removeResource(context, resource);
  return removed.ok ? ok(found.value.resource) : removed;
}
