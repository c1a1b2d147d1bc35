import type { Provided } from '../phases/provision.ts';
import type { Recorder } from '../record-run.ts';
import type { RehearseRequest } from '../request.ts';
import type { Run } from '../run.ts';

/** What an anchor is looked for in. */
export interface Anchoring {
  readonly run: Run;
  readonly recorder: Recorder;
  readonly request: RehearseRequest;
  readonly provided: Provided;
}
