import type { SyncObjectsSettings } from '../../config/settings/sync-objects.ts';
import type { Phase } from '../../core/phase.ts';
import { withoutUndefined } from '../../core/without-undefined.ts';
import type { ObjectSide, ObjectsWish } from './wish.ts';

/**
 * What the settings wish for.
 *
 * @param place the run's folder for files, and the phase that events belong to
 */
export function makeWish(settings: SyncObjectsSettings, place: { readonly folder: string; readonly phase: Phase }): ObjectsWish {
  const { production, staging, include, storageClass, batch, references: _, ...rest } = settings;
  return {
    ...rest,
    ...withoutUndefined({ include, storageClass, batch }),
    ...place,
    production: sideOf('production', production),
    staging: { ...sideOf('staging', staging), ...withoutUndefined({ kmsKeyId: staging.kmsKeyId }) },
  };
}

function sideOf(name: ObjectSide['name'], given: SyncObjectsSettings['production']): ObjectSide {
  const { region, profile, account, bucketOwner, bucket, prefix } = given;
  return { name, access: { region, ...withoutUndefined({ profile }) }, account, owner: bucketOwner ?? account, bucket, prefix };
}
