import type { Failure } from '../../core/failure.ts';
import type { PreflightReport } from '../../core/preflight.ts';
import type { RehearseRequest } from '../request.ts';

export interface PreflightRequest extends Pick<RehearseRequest, 'settings' | 'folder' | 'runsFolder' | 'toolVersion'> {
  /** The folder of the rehearsal. */
  readonly rehearsal: string;
  /** SHA-256 of the deploy transcript that was approved; the configuration's unless given. */
  readonly transcript?: string | undefined;
  /** The root hash of the rehearsal that somebody wrote down elsewhere. */
  readonly root?: string | undefined;
}

export interface PreflightResult {
  readonly report: PreflightReport;
  readonly runFolder: string;
  readonly reportFile: string;
  readonly rootSha256?: string;
  /** Set where the record of this preflight could not be written whole. */
  readonly trouble?: Failure;
}
