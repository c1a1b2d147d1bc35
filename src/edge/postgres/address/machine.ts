import { homedir } from 'node:os';
import { environment } from '../../system/environment.ts';
import { userName } from '../../system/make-system.ts';

/** What an address takes from the machine where it is read. */
export interface Machine {
  readonly environment: (name: string) => string | undefined;
  readonly user: string;
  readonly home: string;
  /** Folders in which a server's Unix socket may lie, the likeliest first. */
  readonly socketFolders: readonly string[];
}

export function thisMachine(): Machine {
  return { environment, user: userName(), home: homedir(), socketFolders: ['/var/run/postgresql', '/tmp'] };
}
