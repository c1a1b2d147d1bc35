import { judgeSmoke } from '../../check/smoke/judge-smoke.ts';
import { removeResource } from '../../cluster/remove-resource.ts';
import { makeResourceFolder } from '../../cluster/resource-folder.ts';
import type { ApplicationSettings, Settings } from '../../config/schema.ts';
import type { HostedClone } from '../../core/clone-host.ts';
import { failure } from '../../core/failure.ts';
import { type Context, resourceVariable } from '../../core/ports.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import type { Address } from '../../core/server.ts';
import type { SmokeMoment, SmokeReport } from '../../core/smoke.ts';
import { commandEnvironment, leadsElsewhere } from '../../migrate/command-environment.ts';
import type { Lineage } from '../../migrate/lineage.ts';
import { prepareMigrator } from '../../migrate/migrator.ts';
import { runSmoke } from '../../smoke/run-smoke.ts';
import type { SmokeScene } from '../../smoke/scene.ts';
import { accessOn } from '../migrator-access.ts';
import type { Provided } from '../phases/provision.ts';
import type { Recorder } from '../record-run.ts';
import type { RehearseRequest } from '../request.ts';
import { type Run, report } from '../run.ts';

/** What every smoke of a run has in common. */
export interface Smoking {
  readonly run: Run;
  readonly recorder: Recorder;
  readonly request: RehearseRequest;
  readonly provided: Provided;
  readonly line: Lineage;
}

export interface SmokeWanted {
  readonly moment: SmokeMoment;
  readonly clone: HostedClone;
  /** The project's own, or those of a git ref. */
  readonly folder: string;
  readonly version?: NonNullable<SmokeReport['version']>;
  readonly application: ApplicationSettings | undefined;
  /** Checks that failed before migrating. */
  readonly failedBefore: ReadonlySet<string>;
}

/**
 * Tries the application on a clone, and tells what came of it: an event, and a gate for each check. What is started for it is in the ledger, and ended when
 * this returns.
 *
 * Fails where nothing could be tried at all: the role isn't there, the clone can't be watched, a folder can't be made.
 */
export async function smokeOnClone(context: Context, { run, recorder, request, provided, line }: Smoking, wanted: SmokeWanted): Promise<Result<SmokeReport>> {
  const { settings } = request;
  const { moment, clone, folder, version, application, failedBefore } = wanted;
  const entered = await enter(context, run, settings, provided, clone);
  if (!entered.ok) return entered;
  const made = await makeResourceFolder(context, { kind: 'folder', label: `application under test (${moment})`, facts: { holds: 'application' } });
  if (!made.ok) return made;
  const { resource, folder: workFolder } = made.value;
  const scene: SmokeScene = {
    ...{ moment, folder, workFolder, application, mark: resource.id, role: entered.value.role },
    ...(version === undefined ? {} : { version }),
    ...{ admin: clone.admin, login: entered.value.login },
    environment: environmentOf(settings, context.entrance?.(entered.value.login) ?? entered.value.login, resource.id),
    checks: settings.compatibility.smoke,
    browser: settings.compatibility.browser,
    // Where only the team's own tool knows what is pending, a signature is for all of them.
    migrations: line.pending.length > 0 ? line.pending : provided.migrations,
    onStart: async ({ pid, startedAt }) => void (await context.ledger.amend(resource.id, { facts: { pid, processStartedAt: startedAt } })),
    ...{ hide: run.hide, writeArtifact: recorder.writeArtifact },
  };
  try {
    const smoked = await runSmoke(context, scene);
    if (!smoked.ok) return smoked;
    // An interruption is no outcome of anything.
    if (context.signal.aborted) return fail(failure('interrupted', 'The run was interrupted while the application was tried.'));
    context.emit({ type: 'smoked', report: smoked.value });
    for (const outcome of judgeSmoke(smoked.value, failedBefore)) report(context, outcome);
    return smoked;
  } finally {
    const removed = await removeResource(context, resource);
    // Once more when the run ends: it may only have taken longer.
    if (!removed.ok) run.removeAtEnd(() => removeResource(context, resource));
  }
}

/** The clone's variables as every command of the team's gets them, and the mark by which all that is started can be found again. */
export function environmentOf(settings: Settings, login: Address, mark: string): SmokeScene['environment'] {
  const ofTool = settings.migrate.tool === 'command' ? settings.migrate : {};
  const { databaseNameVariable } = settings.clone;
  return (added) => {
    const env = commandEnvironment(login, { ...ofTool, ...(databaseNameVariable === undefined ? {} : { databaseNameVariable }), env: added });
    return { env: { ...env, [resourceVariable]: mark }, inheritEnvironment: true, withoutVariable: leadsElsewhere(added) };
  };
}

interface Entered {
  readonly login: Address;
  readonly role: SmokeReport['role'];
}

/** As the application's own role where it is named: rights and policies are then what it meets in production. */
async function enter(context: Context, run: Run, settings: Settings, { facts, shared }: Provided, clone: HostedClone): Promise<Result<Entered>> {
  const role = settings.compatibility.role ?? settings.traffic.role;
  if (role === undefined) return ok({ login: clone.login, role: { name: clone.login.user, named: false } });
  const prepared = await prepareMigrator(context, clone.admin, facts.roles, role, accessOn(context, shared));
  if (!prepared.ok) {
    const setting = settings.compatibility.role === undefined ? 'traffic.role' : 'compatibility.role';
    const { message, cure } = prepared.failure;
    return fail({ ...prepared.failure, message: message.replace('migrate.role', setting), cure: cure.replace('migrate.role', setting) });
  }
  run.hide(prepared.value.address.password);
  return ok({ login: prepared.value.address, role: { name: role, named: true } });
}
