import { hashFormat, type TableHash } from '../../core/data.ts';
import type { DumpManifest } from '../../core/dump-manifest.ts';

/** What a dump says that its tables hold; undefined where it says nothing, or was hashed in another way than copies are now. */
export function usableHashes({ hashes, hashFormat: made }: Pick<DumpManifest, 'hashes' | 'hashFormat'>): readonly TableHash[] | undefined {
  return made === hashFormat ? hashes : undefined;
}
