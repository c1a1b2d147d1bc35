import { localHost } from '../../cluster/local-host.ts';
import type { Settings } from '../../config/schema.ts';
import { applyDatabaseSettings } from '../../copy/restore/database-settings.ts';
import { createRoles } from '../../copy/restore/roles.ts';
import { applyServerSettings } from '../../copy/restore/server-settings.ts';
import type { HostedImage } from '../../core/clone-host.ts';
import type { Context } from '../../core/ports.ts';
import { ok, type Result } from '../../core/result.ts';
import type { FidelityLoss, SourceFacts } from '../../core/source-facts.ts';
import { buildForSource } from '../load/image-of-source.ts';
import { wishedExtensions } from '../pg-tap/wished-extensions.ts';
import { withSession } from '../with-session.ts';

/** A server of ours for what isn't production's data: its roles and settings, and an empty database. */
export interface BaselineImage {
  readonly image: HostedImage;
  /** What of roles and settings could not be brought over. */
  readonly losses: readonly FidelityLoss[];
}

/** Makes the image from which baselines are started where the data stays in the cloud. Fails with what finding a build and starting it fail with. */
export async function makeBaselineImage(context: Context, settings: Settings, facts: SourceFacts): Promise<Result<BaselineImage>> {
  const build = await buildForSource(context, facts, settings.clone.acceptOtherMajor, 'provision', wishedExtensions(settings));
  if (!build.ok) return build;
  const losses: FidelityLoss[] = [];
  const image = await localHost(build.value, { method: settings.clone.method }).makeImage(context, {
    label: `roles of ${facts.database}`,
    database: facts.database,
    locale: facts.locale,
    load: (admin) =>
      withSession(context, admin, async (session) => {
        losses.push(...(await createRoles(session, facts)), ...(await applyDatabaseSettings(session, facts)));
        for (const text of await applyServerSettings(session, facts)) context.emit({ type: 'step', phase: 'provision', text });
        return ok({ dataAsOf: facts.dataAsOf });
      }),
  });
  return image.ok ? ok({ image: image.value, losses: [...image.value.losses, ...losses] }) : image;
}
