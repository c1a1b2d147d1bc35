import type { RehearseRequest } from '../request.ts';

/** What a sync is asked to do. */
export interface SyncRequest extends Pick<RehearseRequest, 'settings' | 'folder' | 'runsFolder' | 'toolVersion'> {
  /** Only one of its halves; all that is configured unless given. */
  readonly only?: 'tables' | 'objects' | undefined;
  /** Patterns of tables, in place of sync.tables.include. */
  readonly tables?: readonly string[] | undefined;
}
