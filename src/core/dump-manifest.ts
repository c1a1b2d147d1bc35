import type { TableCount } from './data.ts';
import type { FidelityLoss, SourceFacts } from './source-facts.ts';

/** manifest.json of a dump folder: written last, so that a folder that has one is whole. */
export interface DumpManifest {
  readonly format: 'pgrehearse-dump/1';
  /** ISO 8601. */
  readonly createdAt: string;
  readonly facts: SourceFacts;
  /** Exact rows of each table in dump.sql. */
  readonly counts: readonly TableCount[];
  readonly rows: number;
  readonly bytes: number;
  readonly snapshotHeldMs: number;
  readonly ddlBy: string;
  /** What production has and the dump doesn't. */
  readonly losses: readonly FidelityLoss[];
  readonly harmless: readonly string[];
  /** Names are relative to the folder. */
  readonly files: readonly { readonly name: string; readonly sizeBytes: number; readonly sha256: string }[];
}
