import { createHash } from 'node:crypto';
import type { Manifest, ManifestOfFormat1 } from '../core/evidence.ts';

/**
 * The one spelling of a manifest: its fields in the order in which they were written, two blanks of indentation, a line feed at the end, UTF-8. A
 * manifest.json that is spelled in another way was altered, even where it says the same.
 */
export function manifestBytes(manifest: Manifest | ManifestOfFormat1): Buffer {
  return Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`, 'utf8');
}

/** The root hash of a run: SHA-256 of manifest.json as it stands, in hex. `sha256sum manifest.json` says the same. */
export function rootHash(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
