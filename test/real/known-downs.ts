import type { DownStates } from './down-states.ts';

/** A way down that doesn't lead back to what was before, or not always, and why: read in the project's own SQL, and by hand where it says so. */
export interface KnownDown {
  readonly states: DownStates;
  readonly why: string;
  /** True: the project's files were run with psql on a server of their own, and the same was seen there. */
  readonly byHand?: true;
}

/** By project and revision; whatever isn't here restores schema and data, and runs over rows that came later. */
export const knownDowns: Readonly<Record<string, Readonly<Record<string, KnownDown>>>> = {
  'docs.rs': {
    '20231021111635_initial': {
      states: ['schema', 'no table', 'runs'],
      why: 'The way down drops tables, a type and a function, and not the extension that the migration makes.',
    },
    '20240221104457_drop_releases_build_status': {
      states: ['schema+order', 'schema+order+data', 'runs'],
      why: 'The column comes back without NOT NULL and default. Its values are taken from the newest build: releases without one have none.',
    },
    '20240221113734_drop_releases_rustc_version': {
      states: ['order', 'fails 23502', 'fails 23502'],
      why: 'The values come from builds, and a release without builds gets null. The next migration’s way down would delete such releases first.',
      byHand: true,
    },
    '20240221114302_ensure_no_buildless_releases_exist': {
      states: ['unchanged', 'fails 23503', 'fails 23503'],
      why: 'The migration does nothing; its way down deletes releases without builds, and forgets the rows of doc_coverage that refer to them.',
      byHand: true,
    },
    '20240221124844_multi_stage_build_status': {
      states: ['restored', 'restored', 'deletes'],
      why: 'Builds in the new state in_progress have no place in the old column, and are deleted.',
    },
    '20240313103708_make_release_fields_optional': {
      states: ['restored', 'restored', 'fails 23503'],
      why: 'Releases with the nulls that are allowed since are deleted after their builds, but not after the rows of other tables that refer to them.',
      byHand: true,
    },
    '20240313182623_make_build_fields_optional': {
      states: ['schema', 'schema', 'deletes'],
      why: 'The default comes back in other words that mean the same. Builds with the nulls that are allowed since are deleted.',
      byHand: true,
    },
    '20240519141105_crate-version-name-field-length': {
      states: ['schema', 'schema', 'runs'],
      why: 'Changing the type and changing it back leaves a cast in the expression of the index; it serves the same queries.',
      byHand: true,
    },
    '20251202020754_remove-file-public': {
      states: ['restored', 'data', 'runs'],
      why: 'The column comes back with its default in every row: what was true is false. Where every value had been false, nothing would be lost.',
    },
    '20251202040858_remove-cdn-invalidation-queue': { states: ['restored', 'data', 'runs'], why: 'The table comes back without its rows.' },
    '20251220165302_remove-files': { states: ['unchanged', 'unchanged', 'runs'], why: 'Both ways hold nothing but comments.' },
    '20260131071854_failed-queued-crates': {
      states: ['unchanged', 'empty+data', 'runs'],
      why: 'The migration deletes rows; its way down is empty.',
    },
    '20260508232425_build-logs': {
      states: ['schema', 'schema', 'runs'],
      why: 'The new label of the enum stays.',
      byHand: true,
    },
    '20260512203454_remove-queue-registry': { states: ['order', 'order+data', 'runs'], why: 'The column comes back empty.' },
    '20260811210608_remove-release-files-archive': {
      states: ['schema+order', 'schema+order+data', 'runs'],
      why: 'One column comes back with the opposite default, and with that value in every row; the other comes back empty.',
      byHand: true,
    },
  },
  openfga: {
    '001_initialize_schema': { states: ['restored', 'no table', 'runs'], why: 'Before it there is nothing to fill.' },
  },
  river: {
    '001_create_river_migration': { states: ['restored', 'no table', 'runs'], why: 'Before it there is nothing to fill.' },
    '002_initial_schema': { states: ['restored', 'no table', 'runs'], why: 'Before it there is only the list of applied migrations.' },
    '003_river_job_tags_non_null': { states: ['restored', 'data', 'runs'], why: 'Nulls that the migration replaces by an empty array stay replaced.' },
    '004_pending_and_more': {
      states: ['schema', 'schema+data', 'runs'],
      why: 'The way down takes NOT NULL and the default from a column that had both before. The new label of the enum stays, as the file says. Nulls stay replaced.',
      byHand: true,
    },
    '007_notification_outbox_sqlite_jsonb_and_sql_cleanup': { states: ['restored', 'data', 'runs'], why: 'The tables come back without their rows.' },
  },
};
