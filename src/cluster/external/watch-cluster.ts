import { SqlError } from '../../core/failure.ts';
import type { Context, Session } from '../../core/ports.ts';
import { ok, type Result } from '../../core/result.ts';
import type { ClusterWatch, SettledChanges } from '../../core/shared-server.ts';
import { type ClusterChange, clusterChanges, describeChange, readClusterState, type SharedThing } from './cluster-state.ts';
import type { TargetRoles } from './target-roles.ts';
import { onTarget, type TargetServer } from './target-server.ts';
import { undoChange } from './undo-change.ts';

/**
 * Reads what belongs to the whole server, so that what migrations change of it (in DO blocks and functions too) can be told afterwards, and put back.
 */
export async function watchCluster(context: Context, target: TargetServer, roles: TargetRoles): Promise<Result<ClusterWatch>> {
  const read = async (session: Session) => ok(await readClusterState(session, roles.names));
  const before = await onTarget(context, target.address, read);
  if (!before.ok) return before;
  return ok({
    settle: async (settling, text) =>
      // An interrupted run puts things back too.
      await onTarget({ ...settling, signal: new AbortController().signal }, target.address, (session) => settle(settling, session, roles, before.value, text)),
  });
}

async function settle(context: Context, session: Session, roles: TargetRoles, before: readonly SharedThing[], text: string): Promise<Result<SettledChanges>> {
  await roles.forgetUnmade(context, session);
  const undone: string[] = [];
  const remaining: string[] = [];
  for (const change of inOrderOfUndoing(clusterChanges(before, await readClusterState(session, roles.names)))) {
    const told = describeChange(change);
    if (!isNamedIn(text, change)) remaining.push(`${told}, by whom is not known: no statement that was run names it`);
    else if (await tryToUndo(context, session, roles, change)) undone.push(told);
    else remaining.push(told);
  }
  return ok({ undone, remaining });
}

/** A role comes back before what is granted to it. */
function inOrderOfUndoing(changes: readonly ClusterChange[]): readonly ClusterChange[] {
  const rank = ({ thing }: ClusterChange) => ['role', 'membership', 'setting'].indexOf(thing.kind);
  return changes.toSorted((a, b) => rank(a) - rank(b));
}

/** Others work on this server too: what no statement of ours names is theirs, and stays as it is. */
function isNamedIn(text: string, { how, thing: { kind, role, member, database, name } }: ClusterChange): boolean {
  const named = (wanted: string | null) => text.toLowerCase().includes((wanted ?? '').toLowerCase());
  // A membership goes with either of its roles.
  if (kind === 'membership') return how === 'gone' ? named(role) || named(member) : named(role) && named(member);
  return named(kind === 'setting' ? (role ?? database) : name);
}

async function tryToUndo(context: Context, session: Session, roles: TargetRoles, change: ClusterChange): Promise<boolean> {
  try {
    // Removed with our other roles, once the databases that use it are gone.
    if (change.thing.kind === 'role' && change.how === 'made') await roles.adopt(context, session, change.thing.name);
    return await undoChange(session, change);
  } catch (error) {
    if (!(error instanceof SqlError) || /^(08|57)/.test(error.fields.sqlstate)) throw error;
    return false;
  }
}
