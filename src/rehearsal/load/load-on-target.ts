import { checkDatabaseName, startTargetClone, type TargetClone } from '../../cluster/external/target-clone.ts';
import { makeTargetImage, type TargetImage } from '../../cluster/external/target-image.ts';
import { allowLogin } from '../../cluster/external/target-login.ts';
import { onTarget } from '../../cluster/external/target-server.ts';
import { targetImageKey } from '../../cluster/image-origin.ts';
import { removeImage } from '../../cluster/remove-image.ts';
import type { ImageWanted } from '../../core/clone-host.ts';
import type { OpenSource } from '../../core/open-source.ts';
import type { Context } from '../../core/ports.ts';
import { ok, type Result } from '../../core/result.ts';
import { Secret } from '../../core/secret.ts';
import type { SharedRoles } from '../../core/shared-server.ts';
import type { CopyReport, SourceFacts } from '../../core/source-facts.ts';
import { openDump } from '../../source/dump.ts';
import type { ReservedTarget } from '../external-host.ts';
import { guardCluster } from '../guard-cluster.ts';
import { dumpScripts } from '../source/dump-scripts.ts';
import { maskSource } from '../source/mask-source.ts';
import { originOfDump } from '../source/origin-of-source.ts';
import { reserveFor, type TargetedSettings, targetHome } from '../target-home.ts';
import { readAfterLoad } from './after-load.ts';
import { dressDatabase, imageOfSource } from './image-of-source.ts';
import { knownTargetImage } from './known-target-image.ts';
import type { LoadRequest } from './load-request.ts';
import { resumingLoad } from './resuming-load.ts';

export interface LoadedOnTarget {
  readonly clone: TargetClone;
  readonly report: CopyReport;
}

interface Loaded {
  readonly image: TargetImage;
  readonly facts: SourceFacts;
  readonly report: CopyReport;
  /** It was there, and other clones may use it. */
  readonly reused: boolean;
  readonly roles: SharedRoles;
  /** Called when the clone is there. */
  readonly leaveRoles: () => void;
}

/**
 * Loads a dump into a named clone that is kept, as a database of our own on the configured server; the image that it can be reset from is another one there.
 *
 * Fails with what reserving the server, opening a dump, copying and starting a clone fail with; nothing is left then, but for what an interrupted load of the same can
 * be gone on with.
 */
export async function loadOnTarget(context: Context, request: LoadRequest, settings: TargetedSettings, expiresAt: string): Promise<Result<LoadedOnTarget>> {
  await using stack = new AsyncDisposableStack();
  const reserved = await reserveFor(context, stack, settings);
  if (!reserved.ok) return reserved;
  const { server } = reserved.value;
  const database = request.database ?? settings.clone.database;
  // Before minutes are spent on copying.
  const free = await checkDatabaseName(context, server, database);
  if (!free.ok) return free;
  const loaded = await imageOnTarget(context, stack, request, settings, reserved.value, expiresAt);
  if (!loaded.ok) return loaded;
  const { image, facts, report, reused, roles, leaveRoles } = loaded.value;
  const start = async (): Promise<Result<TargetClone>> => {
    const user = request.user ?? settings.clone.user;
    const given = request.password ?? (settings.clone.password === undefined ? undefined : new Secret(settings.clone.password));
    const login =
      user === undefined ? undefined : await onTarget(context, server.address, (session) => allowLogin(context, session, roles, { user, password: given }));
    if (login?.ok === false) return login;
    return await startTargetClone(context, server, image, {
      label: request.name,
      expiresAt,
      ...(database === undefined ? {} : { database }),
      ...(login === undefined ? {} : { login: login.value }),
      dress: (admin) => dressDatabase(context, facts, admin),
    });
  };
  const clone = await start();
  if (!clone.ok) {
    if (!reused) await removeImage(context, image);
    return clone;
  }
  leaveRoles();
  return ok({ clone: clone.value, report });
}

/** The image on that server that was made of the same dump before, or a new one. */
async function imageOnTarget(
  context: Context,
  stack: AsyncDisposableStack,
  request: LoadRequest,
  settings: TargetedSettings,
  reserved: ReservedTarget,
  expiresAt: string,
): Promise<Result<Loaded>> {
  const { dump, roles, folder = '', keys, name } = request;
  const afterLoad = await readAfterLoad(folder, settings.clone.afterLoad);
  if (!afterLoad.ok) return afterLoad;
  const origin = await originOfDump(context, dump, roles, { masking: settings.masking, afterLoad: afterLoad.value, statistics: settings.clone.statistics });
  const mayReuse = settings.image.reuse && !request.fresh;
  const known = origin === undefined || !mayReuse ? undefined : await knownTargetImage(context, reserved.server, origin);
  const opened = await openDump(context, { path: dump, ...(roles === undefined ? {} : { roles }), ...(keys && { keys }) });
  if (!opened.ok) return opened;
  const masked = await maskSource(context, opened.value, settings.masking);
  if (!masked.ok) return masked;
  await using source: OpenSource = masked.value;
  const host = await targetHome(context, stack, reserved, settings, source);
  if (!host.ok) return host;
  const { shared } = host.value;
  const common = { roles: shared.roles, leaveRoles: () => host.value.leaveRoles() };
  if (known !== undefined) {
    const { image, memo, resource } = known;
    if (resource.expiresAt !== undefined && Date.parse(resource.expiresAt) < Date.parse(expiresAt)) await context.ledger.amend(image.id, { expiresAt });
    context.emit({ type: 'step', phase: 'provision', text: `Nothing is loaded: ${image.label} was made of the same dump (${image.id})` });
    const report = { ...memo.copied.report, fromImage: { id: image.id, madeAt: image.madeAt } };
    return ok({ ...common, image, facts: memo.facts, report, reused: true });
  }
  const written = await dumpScripts(source);
  if (!written.ok) return written;
  const resuming = resumingLoad(context, source, origin && targetImageKey(origin, reserved.server, source.facts.dataAsOf));
  const make = (wanted: Omit<ImageWanted, 'label'>) =>
    makeTargetImage(context, reserved.server, {
      ...wanted,
      label: `image of ${name}`,
      expiresAt,
      beforeKept: () => host.value.keepRoles(context),
      ...(origin && { origin }),
      ...(resuming && { resumable: resuming.resumable }),
      // What was loaded belongs to them.
      onLeft: () => host.value.leaveRoles(),
    });
  const made = await guardCluster(context, shared, { phase: 'provision', scripts: [...written.value, ...afterLoad.value] }, () =>
    imageOfSource(context, source, make, 'provision', shared, {
      afterLoad: afterLoad.value,
      statistics: settings.clone.statistics,
      resuming: resuming?.progress,
    }),
  );
  if (!made.ok) return made;
  return ok({ ...common, image: made.value.image, facts: source.facts, report: made.value.copied.report, reused: false });
}
