import { chooseBuild, ensureBuild } from '../../cluster/choose-build.ts';
import type { Settings } from '../../config/schema.ts';
import { type Copied, type CopyOptions, copyDatabase } from '../../copy/copy-database.ts';
import type { LoadProgress } from '../../copy/dump/load-record.ts';
import { countRows } from '../../copy/parity/count-rows.ts';
import { hashTables } from '../../copy/parity/hash-tables.ts';
import { applyDatabaseSettings } from '../../copy/restore/database-settings.ts';
import { applyRoleSettingsInDatabase, createSharedRoles } from '../../copy/restore/shared-roles.ts';
import type { ImageWanted } from '../../core/clone-host.ts';
import type { OpenSource } from '../../core/open-source.ts';
import type { Phase } from '../../core/phase.ts';
import type { Context } from '../../core/ports.ts';
import { ok, type Result } from '../../core/result.ts';
import type { Address, ServerBuild } from '../../core/server.ts';
import type { SharedServer } from '../../core/shared-server.ts';
import type { CopyReport, FidelityLoss, SourceFacts } from '../../core/source-facts.ts';
import { withoutUndefined } from '../../core/without-undefined.ts';
import type { CapturedCatalog } from '../../schema/captured-catalog.ts';
import { ledgerFingerprint } from '../comparing/ledger-fingerprint.ts';
import { captureSource } from '../source/capture-source.ts';
import { proveNotSource } from '../source/prove-not-source.ts';
import { withSession } from '../with-session.ts';
import { type AfterLoadScript, runAfterLoad } from './after-load.ts';
import { writeMemo } from './image-memo.ts';

/**
 * The build that clones of a source run on: of the same major, unless the team accepts another.
 *
 * @param wished extensions that the team's own tests need: a build that has them too comes first
 */
export async function buildForSource(
  context: Context,
  facts: Pick<SourceFacts, 'major' | 'extensions' | 'languages' | 'features'>,
  acceptOtherMajor: Settings['clone']['acceptOtherMajor'],
  phase: Phase,
  wished: readonly string[] = [],
): Promise<Result<ServerBuild>> {
  const needs = { extensions: facts.extensions.map(({ name }) => ({ name })), languages: facts.languages, features: facts.features };
  if (wished.length > 0) {
    const extensions = [...needs.extensions, ...wished.map((name) => ({ name }))];
    const whole = await chooseBuild(context, { major: facts.major, ...needs, extensions });
    if (whole.ok) return whole;
  }
  const same = await ensureBuild(context, { major: facts.major, ...needs });
  if (same.ok || acceptOtherMajor === undefined) return same;
  // Newer ones first: a dump of an older server can be loaded into a newer one, the other way round often not.
  for (const major of [18, 17, 16, 15, 14, 13].filter((other) => other !== facts.major)) {
    const other = await chooseBuild(context, { major, ...needs });
    if (!other.ok) continue;
    context.emit({ type: 'step', phase, text: `The clone runs PostgreSQL ${major}, production ${facts.major}. Accepted: ${acceptOtherMajor.reason}` });
    return other;
  }
  return same;
}

export interface LoadedImage<Image> {
  readonly image: Image;
  readonly copied: Copied;
  /** What production's catalogs said at the copy's snapshot; absent for dumps, and unless asked for. */
  readonly sourceCatalog?: CapturedCatalog | undefined;
}

export interface CopyWishes {
  /** Where production's list of applied migrations is, which tells later whether the image is still what production is. */
  readonly migrate?: Settings['migrate'];
  /** True: production's catalogs are read too, to be compared with the copy's. */
  readonly captureCatalog?: boolean;
  /** Run on the copy before it counts. */
  readonly afterLoad?: readonly AfterLoadScript[];
  /** Where the planner's statistics come from. */
  readonly statistics?: CopyOptions['statistics'];
  /** Given, for a dump folder: see CopyOptions. */
  readonly resuming?: LoadProgress | undefined;
}

/**
 * Copies a source into a new image. The target proves that it isn't the source before anything is written to it.
 *
 * @param make makes the image, wherever images live
 * @param shared set where others use that server too
 */
export async function imageOfSource<Image extends { readonly losses: readonly FidelityLoss[] }>(
  context: Context,
  source: OpenSource,
  make: (wanted: Omit<ImageWanted, 'label'>) => Promise<Result<Image>>,
  phase: Phase,
  shared?: SharedServer,
  wishes: CopyWishes = {},
): Promise<Result<LoadedImage<Image>>> {
  const { facts } = source;
  let copied: Copied | undefined;
  let sourceCatalog: CapturedCatalog | undefined;
  const load: ImageWanted['load'] = async (target) => {
    const proven = await proveNotSource(context, source, target, shared?.allowSourceServer);
    if (!proven.ok) return proven;
    context.emit({ type: 'step', phase, text: `Copying ${facts.label}` });
    const { migrate, afterLoad = [], statistics, resuming } = wishes;
    // Before the copy gives the snapshot up.
    if (source.kind === 'live' && wishes.captureCatalog) {
      const captured = await captureSource(context, source);
      if (!captured.ok) return captured;
      sourceCatalog = captured.value;
    }
    const ledgerMd5 = source.kind === 'live' && migrate !== undefined ? await ledgerFingerprint(source.session, migrate) : undefined;
    const done = await copyDatabase(context, source, target, {
      ...(shared === undefined ? { server: 'ours' } : sharedRoles(context, facts, shared)),
      statistics,
      resuming,
    });
    if (!done.ok) return done;
    const { report } = done.value;
    // What the team's SQL is there to change would be no true copy any more: it is compared as it was loaded.
    const loaded = afterLoad.length === 0 ? undefined : await loadedContent(context, target, report);
    const hooked = await runAfterLoad(context, target, afterLoad);
    if (!hooked.ok) return hooked;
    copied = { ...done.value, report: { ...report, ...withoutUndefined({ loaded }), harmless: [...report.harmless, ...hooked.value] } };
    const maskingFingerprint = source.kind === 'live' ? source.masking?.facts.fingerprint : undefined;
    return ok({ dataAsOf: facts.dataAsOf, memo: writeMemo({ facts, copied, ...withoutUndefined({ ledgerMd5, maskingFingerprint, sourceCatalog }) }) });
  };
  const image = await make({ database: facts.database, locale: facts.locale, load, dress: (admin) => dressDatabase(context, facts, admin) });
  if (!image.ok) return image;
  if (copied === undefined) throw new Error('the image was made without a copy');
  return ok({ image: image.value, copied: withImageLosses(copied, image.value), sourceCatalog });
}

async function loadedContent(context: Context, target: Address, { sourceHashes }: CopyReport): Promise<NonNullable<CopyReport['loaded']>> {
  const counts = await countRows(context, target, { materializedViews: false });
  return { counts, ...(sourceHashes === undefined ? {} : { hashes: await hashTables(context, target) }) };
}

/** Where our server could not be given production's locale, the clone is not quite production: as much a loss as a missing role. */
export function withImageLosses(copied: Copied, image: { readonly losses: readonly FidelityLoss[] }): Copied {
  return { ...copied, report: { ...copied.report, losses: [...image.losses, ...copied.report.losses] } };
}

function sharedRoles(context: Context, facts: SourceFacts, { roles }: SharedServer): Pick<CopyOptions, 'createRoles' | 'server'> {
  return { server: 'shared', createRoles: (session) => createSharedRoles(context, session, facts, roles) };
}

/** What `create database … template` leaves behind: owner, rights, settings and comment of the database itself. What was lost was told of the image. */
export async function dressDatabase(context: Context, facts: SourceFacts, admin: Address): Promise<Result<void>> {
  return await withSession(context, admin, async (session) => {
    await session.execute('set default_transaction_read_only = off');
    await applyRoleSettingsInDatabase(session, facts);
    await applyDatabaseSettings(session, facts);
    return ok();
  });
}
