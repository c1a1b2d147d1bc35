import type { Settings } from '../../config/schema.ts';
import type { CloneMethodName } from '../../core/clone-method-name.ts';
import type { DumpKeys } from '../../core/dump-keys.ts';
import type { Result } from '../../core/result.ts';
import type { Secret } from '../../core/secret.ts';

export interface LoadRequest {
  readonly settings: Settings | undefined;
  /** Absolute path of the configuration's folder; absent where there is none. */
  readonly folder?: string | undefined;
  /** Absolute path of a dump, or of a folder whose newest dump is meant. */
  readonly dump: string;
  /** Absolute path of the roles that belong to it. */
  readonly roles?: string | undefined;
  /** Asked only when the dump is encrypted. */
  readonly keys?: () => Promise<Result<DumpKeys>>;
  /** The clone's name on this machine. */
  readonly name: string;
  readonly port?: number | undefined;
  readonly database?: string | undefined;
  readonly user?: string | undefined;
  readonly password?: Secret | undefined;
  /** How the clone is made; the best way unless given. */
  readonly method?: CloneMethodName | undefined;
  /** A server of its own, even where the configuration names an existing one. */
  readonly ownServer?: boolean;
  /** Load the dump even where an image of it is there. */
  readonly fresh?: boolean;
}
