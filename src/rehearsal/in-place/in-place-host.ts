import type { Settings } from '../../config/schema.ts';
import { switchOffInPlace } from '../../copy/restore/outbound-in-place.ts';
import type { HostedClone, HostedImage, InPlaceHost } from '../../core/clone-host.ts';
import type { LiveSource, OpenSource } from '../../core/open-source.ts';
import type { Context } from '../../core/ports.ts';
import { ok, type Result } from '../../core/result.ts';
import { showAddress } from '../../core/server.ts';
import type { FidelityLoss } from '../../core/source-facts.ts';
import { readAfterLoad, runAfterLoad } from '../load/after-load.ts';
import { withSession } from '../with-session.ts';
import { type BaselineImage, makeBaselineImage } from './baseline-image.ts';
import { chooseSecondClones } from './choose-second-clones.ts';
import { proveOurs } from './prove-ours.ts';
import type { SecondClones } from './second-clones.ts';

interface Wanted {
  readonly settings: Settings;
  readonly folder: string;
  readonly source: OpenSource;
}

/**
 * The copy of production that was restored or attached, as the place where it is rehearsed. Nothing on it is changed before `takeOver`. It lives as long as its source is
 * open, so that whoever opened that one closes it when the run ends.
 *
 * Fails with what proving that it is ours fails with.
 */
export async function inPlaceHost(context: Context, { settings, folder, source }: Wanted): Promise<Result<InPlaceHost>> {
  if (source.kind !== 'live') throw new Error('a dump is no place to migrate');
  const ours = await proveOurs(context, settings, source, folder);
  if (!ours.ok) return ours;
  const { facts } = source;
  const label = `PostgreSQL ${facts.serverVersion} at ${source.identifier ?? showAddress(source.address)}, in place`;
  return ok({ label, major: facts.major, takeOver: (taking) => takeOver(taking, { settings, folder, source }) });
}

async function takeOver(context: Context, wanted: Wanted & { readonly source: LiveSource }): Promise<Result<HostedImage>> {
  const { settings, folder, source } = wanted;
  const { facts, address } = source;
  // A snapshot that is held would keep the migrations’ CREATE INDEX CONCURRENTLY waiting for ever.
  await source.session.close();
  const left = await keepStill(context, settings.clone.afterLoad, folder, source);
  if (!left.ok) return left;
  const roles = await makeBaselineImage(context, settings, facts);
  if (!roles.ok) return roles;
  const others = await chooseSecondClones(context, settings, source, folder);
  if (others.ok) return ok(imageInPlace(wanted, roles.value, left.value, others.value, address.user));
  await roles.value.image.remove(context);
  return others;
}

function imageInPlace(
  { settings, folder, source }: Wanted & { readonly source: LiveSource },
  { image: empty, losses }: BaselineImage,
  left: readonly FidelityLoss[],
  others: SecondClones,
  adminUser: string,
): HostedImage {
  const { facts } = source;
  let isTaken = false;
  return {
    id: source.identifier ?? facts.label,
    label: facts.label,
    database: facts.database,
    dataAsOf: facts.dataAsOf,
    sizeBytes: facts.sizeBytes,
    adminUser,
    locale: facts.locale,
    losses: [...left, ...losses],
    inPlace: true,
    async start(context, label) {
      if (!isTaken) {
        isTaken = true;
        // It goes with the source, when the run ends: until then its password and its data are needed.
        return ok(cloneOn(source, label, async () => {}));
      }
      const second = await others.open();
      if (!second.ok) return second;
      const close = async () => await second.value[Symbol.asyncDispose]();
      await second.value.session.close();
      const still = await keepStill(context, others.afterLoadRan ? [] : settings.clone.afterLoad, folder, second.value);
      if (still.ok) return ok(cloneOn(second.value, label, close));
      await close();
      return still;
    },
    startEmpty: (context, label) => empty.startEmpty(context, label),
    async remove(context) {
      // What couldn't be removed in the cloud is told by an event, and counts.
      await others[Symbol.asyncDispose]();
      return await empty.remove(context);
    },
  };
}

function cloneOn({ identifier, address }: LiveSource, label: string, close: () => Promise<void>): HostedClone {
  return {
    id: identifier ?? showAddress(address),
    label,
    admin: address,
    login: address,
    // What couldn't be removed in the cloud is told by an event, and counts.
    async remove() {
      await close();
      return ok();
    },
    [Symbol.asyncDispose]: close,
  };
}

/** Before anybody else gets to it: nothing reaches out, and the team's own SQL has run. Gives what could not be switched off. */
async function keepStill(
  context: Context,
  afterLoad: Settings['clone']['afterLoad'],
  folder: string,
  source: LiveSource,
): Promise<Result<readonly FidelityLoss[]>> {
  const off = await withSession(context, source.address, async (session) => ok(await switchOffInPlace(session)));
  if (!off.ok) return off;
  const scripts = await readAfterLoad(folder, afterLoad);
  if (!scripts.ok) return scripts;
  const ran = await runAfterLoad(context, source.address, scripts.value);
  if (!ran.ok) return ran;
  for (const text of [...off.value.notes, ...ran.value]) context.emit({ type: 'step', phase: 'provision', text });
  return ok(off.value.left);
}
