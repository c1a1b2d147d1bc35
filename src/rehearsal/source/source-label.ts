import type { Settings } from '../../config/schema.ts';
import type { Context } from '../../core/ports.ts';
import { showAddress } from '../../core/server.ts';
import { auroraLabel } from '../cloud/aurora-label.ts';
import { azureLabel } from '../cloud/azure-label.ts';
import { placeOfSource, showPlace } from '../cloud/place.ts';
import { rdsLabel } from '../cloud/rds-label.ts';

/** How the source is called before it is opened. Never holds a password. */
export function sourceLabel(context: Context, source: Settings['source']): string {
  if ('dump' in source) return source.dump;
  if ('aurora' in source) return auroraLabel(source.aurora);
  if ('azure' in source) return azureLabel(source.azure);
  if ('rds' in source) return rdsLabel(source.rds);
  return showPlace(context, placeOfSource(source) ?? {}, showAddress);
}
