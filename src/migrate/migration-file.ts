import type { Failure } from '../core/failure.ts';
import type { Migration } from '../core/migration.ts';

/** A file of the migration folder, read and hashed, before any layout has looked at it. */
export interface MigrationFile {
  /** Relative to the migration folder, with forward slashes. */
  readonly path: string;
  /** As a person finds it: relative to the project, with forward slashes. */
  readonly file: string;
  /** The text without a byte order mark; line ends as they are. */
  readonly text: string;
  /** Of the file's bytes. */
  readonly sha256: string;
}

/** What a layout makes of the files: migrations in its tool's order, and every problem at once. */
export interface LayoutReading {
  readonly migrations: readonly Migration[];
  readonly problems: readonly Failure[];
}

export type LayoutReader = (files: readonly MigrationFile[]) => LayoutReading;
