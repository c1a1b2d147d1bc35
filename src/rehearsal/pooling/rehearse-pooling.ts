import { runInvariant } from '../../check/invariant/run-invariant.ts';
import { judgePooledInvariant, judgePooledSession, untriedPooling } from '../../check/pooling/judge-pooling.ts';
import { removeResource } from '../../cluster/remove-resource.ts';
import { makeResourceFolder } from '../../cluster/resource-folder.ts';
import type { Invariant, PoolingSettings } from '../../config/schema.ts';
import { countOf } from '../../core/count-of.ts';
import { FailureError } from '../../core/failure.ts';
import type { Context, Session } from '../../core/ports.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import type { Address } from '../../core/server.ts';
import { prepareMigrator } from '../../migrate/migrator.ts';
import { findPooler } from '../../pooler/find-pooler.ts';
import { settingNames } from '../../pooler/setting-names.ts';
import { shareConnection } from '../../pooler/share-connection.ts';
import { type RunningPooler, startPooler } from '../../pooler/start-pooler.ts';
import { accessOn } from '../migrator-access.ts';
import type { Migrated } from '../phases/migrate.ts';
import { report } from '../run.ts';
import type { Smoking } from '../smoke/smoke-on-clone.ts';
import { withSession } from '../with-session.ts';
import { isPooled, type Script, scriptOf, scriptOfInvariant, settingsOf } from './pooled-sessions.ts';

/**
 * Does what must hold also hold behind a pooler, and does one client leave nothing to the next? A PgBouncer of our own stands before the migrated clone for as long as
 * this takes. What sessions commit stays there, as it does when the application is tried, which comes after. Gives a sentence for the phase; undefined where nobody asks.
 */
export async function rehearsePooling(context: Context, smoking: Smoking, migrated: Migrated): Promise<string | undefined> {
  const { pooling } = smoking.request.settings.compatibility;
  if (pooling === undefined || context.signal.aborted) return undefined;
  const { run, request } = smoking;
  const wanted = request.settings.data.invariants.filter(isPooled);
  // One that doesn't hold without a pooler has failed its own gate already.
  const invariants = wanted.filter(({ name }) => run.gates.some(({ gate, outcome }) => gate === `invariant:${name}` && outcome === 'passed'));
  if (pooling.sessions.length === 0 && invariants.length === 0) {
    const reason =
      wanted.length === 0 ? 'no invariant has a role or settings, and no session is named.' : 'none of the invariants holds without a pooler either.';
    report(context, untriedPooling(reason, 'Name in compatibility.pooling.sessions what the application says when it takes a connection.'));
    return 'Nothing was tried behind a pooler.';
  }
  context.emit({ type: 'step', phase: 'compatibility', text: 'Asking through PgBouncer in transaction mode' });
  const tried = await behindPooler(context, smoking, migrated, pooling, invariants);
  if (context.signal.aborted) return undefined;
  if (!tried.ok) {
    report(context, untriedPooling(tried.failure.message, tried.failure.cure, tried.failure.rootCause));
    return 'Nothing could be tried behind a pooler.';
  }
  return `${countOf(invariants.length, 'invariant')} and ${countOf(pooling.sessions.length, 'session')} were tried through PgBouncer in transaction mode.`;
}

async function behindPooler(
  context: Context,
  { run, request, provided }: Smoking,
  { clone, masked }: Migrated,
  pooling: PoolingSettings,
  invariants: readonly Invariant[],
): Promise<Result<void>> {
  const { settings, folder } = request;
  const program = await findPooler(context, folder, pooling.program);
  if (!program.ok) return program;
  const sessions = await Promise.all(pooling.sessions.map(async (entry) => ({ entry, script: await scriptOf(entry, folder) })));
  const logins = new Map<string, Address>();
  for (const { entry } of sessions) {
    const role = entry.role ?? settings.compatibility.role ?? settings.traffic.role;
    if (role === undefined || logins.has(role)) continue;
    const prepared = await prepareMigrator(context, clone.admin, provided.facts.roles, role, accessOn(context, provided.shared));
    if (!prepared.ok) return fail({ ...prepared.failure, message: prepared.failure.message.replace('migrate.role', 'compatibility.pooling.sessions') });
    run.hide(prepared.value.address.password);
    logins.set(role, prepared.value.address);
  }
  const loginOf = (role: string | undefined) => logins.get(role ?? settings.compatibility.role ?? settings.traffic.role ?? '') ?? clone.login;
  const others = [...logins.values(), clone.login].filter(({ user }, at, all) => user !== clone.admin.user && all.findIndex((one) => one.user === user) === at);

  const made = await makeResourceFolder(context, { kind: 'folder', label: 'pooler before the clone', facts: { holds: 'pooler' } });
  if (!made.ok) return made;
  const { resource, folder: workFolder } = made.value;
  try {
    const started = await startPooler(context, {
      ...{ program: program.value, folder: workFolder, logins: [context.entrance?.(clone.admin) ?? clone.admin, ...others] },
      // Each has a connection of the server to itself, on which nobody was before.
      aliases: [...sessions.map((_, at) => `session${at}`), ...invariants.flatMap((_, at) => [`invariant${at}`, `committed${at}`])],
      onStart: async ({ pid, startedAt }) => void (await context.ledger.amend(resource.id, { facts: { pid, processStartedAt: startedAt } })),
    });
    if (!started.ok) return started;
    const pooler = started.value;
    return await withSession(context, clone.admin, async (admin) => {
      const configured = [...settings.data.invariants.flatMap((each) => Object.keys(settingsOf(each))), ...pooling.sessions.flatMap((each) => each.settings)];
      const texts = [
        ...sessions.flatMap(({ script }) => ('statements' in script ? script.statements : [])),
        ...settings.data.invariants.flatMap((each) => scriptOfInvariant(each) ?? []),
      ];
      const names = await settingNames(admin, texts, configured);
      for (const [at, { entry, script }] of sessions.entries()) {
        await trySession(context, { admin, names, address: pooler.address(loginOf(entry.role), `session${at}`) }, entry, script);
      }
      for (const [at, invariant] of invariants.entries()) {
        await tryInvariant(context, { admin, names, pooler, at, login: clone.admin }, invariant, masked.after.attributes);
      }
      return ok();
    });
  } catch (error) {
    if (error instanceof FailureError) return fail(error.failure);
    throw error;
  } finally {
    const removed = await removeResource(context, resource);
    // Once more when the run ends: it may only have taken longer.
    if (!removed.ok) run.removeAtEnd(() => removeResource(context, resource));
  }
}

interface Scene {
  readonly admin: Session;
  readonly names: readonly string[];
  readonly address: Address;
}

async function trySession(context: Context, { admin, names, address }: Scene, entry: PoolingSettings['sessions'][number], script: Script): Promise<void> {
  if (context.signal.aborted) return;
  const startedAt = performance.now();
  const statements = 'statements' in script ? script.statements : [];
  const shared =
    'why' in script
      ? { kind: 'doubt' as const, reason: script.why, cure: 'Correct the entry in compatibility.pooling.sessions.' }
      : await shareConnection(context, admin, { address, statements, readOnly: false, names });
  if (context.signal.aborted) return;
  const { name, about, required } = entry;
  report(context, judgePooledSession({ name, about, required, role: address.user, statements, startedAt, shared }));
}

interface InvariantScene extends Omit<Scene, 'address'> {
  readonly pooler: RunningPooler;
  readonly at: number;
  readonly login: Address;
}

async function tryInvariant(
  context: Context,
  { admin, names, pooler, at, login }: InvariantScene,
  invariant: Invariant,
  masked: Parameters<typeof runInvariant>[3],
): Promise<void> {
  if (context.signal.aborted) return;
  const startedAt = performance.now();
  const address = pooler.address(login, `invariant${at}`);
  const used = await makeUsed(context, address, names);
  const asked = await runInvariant(context, address, invariant, masked);
  await admin.query('select pg_catalog.pg_terminate_backend($1)', [used]);
  const statements = scriptOfInvariant(invariant);
  const shared =
    statements === undefined
      ? undefined
      : await shareConnection(context, admin, { address: pooler.address(login, `committed${at}`), statements, readOnly: true, names });
  if (context.signal.aborted) return;
  const { name, about, required } = invariant;
  const role = 'role' in invariant && invariant.role !== undefined ? invariant.role : login.user;
  const session = shared === undefined || statements === undefined ? undefined : { name, about, required, role, statements, startedAt, shared };
  report(context, judgePooledInvariant(name, asked, session));
}

/** Another client was on the connection before, and set its context as it should: what is missing on a new connection is an empty text there. Gives the server’s process. */
async function makeUsed(context: Context, address: Address, names: readonly string[]): Promise<number> {
  const connected = await context.edge.postgres.connect(address, { applicationName: 'pgrehearse pooling', signal: context.signal });
  if (!connected.ok) throw new FailureError(connected.failure);
  await using session = connected.value;
  for (const name of names) {
    // A name that only looks like a setting's is none.
    await session.query('select pg_catalog.set_config($1, $2, true)', [name, '']).catch(() => undefined);
  }
  return session.backendPid;
}
