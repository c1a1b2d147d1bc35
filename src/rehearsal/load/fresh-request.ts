import type { Settings } from '../../config/schema.ts';
import type { BaselineOutcome } from '../../migrate/baseline.ts';
import type { KeptClone } from './load-clone.ts';

export interface FreshRequest {
  readonly settings: Settings;
  readonly folder: string;
  readonly name: string;
  readonly port?: number | undefined;
  /** A server of its own, even where the configuration names an existing one. */
  readonly ownServer?: boolean;
}

export interface FreshClone {
  readonly clone: KeptClone;
  readonly outcome: BaselineOutcome;
  readonly expiresAt: string;
}
