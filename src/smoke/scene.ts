import type { ApplicationSettings, SmokeCheck } from '../config/schema.ts';
import type { Migration } from '../core/migration.ts';
import type { Child, RunRequest } from '../core/ports.ts';
import type { Secret } from '../core/secret.ts';
import type { Address } from '../core/server.ts';
import type { SmokeMoment, SmokeReport } from '../core/smoke.ts';

/** All that a smoke at one moment needs: which clone, whose files, and how the application gets in. */
export interface SmokeScene {
  readonly moment: SmokeMoment;
  readonly role: SmokeReport['role'];
  readonly version?: SmokeReport['version'];
  /** The project's files, or those of a git ref. */
  readonly folder: string;
  /** Of our own, and removed afterwards: the application's output, the browser's profile. */
  readonly workFolder: string;
  /** Value of `resourceVariable` in the environment of everything that is started. */
  readonly mark: string;
  /** Superuser access to the clone, for looking at it. */
  readonly admin: Address;
  /** How the application gets in. */
  readonly login: Address;
  /** The environment of a program of the team's: the clone's variables, with these added to it. */
  readonly environment: (added: Readonly<Record<string, string>>) => Pick<RunRequest, 'env' | 'inheritEnvironment' | 'withoutVariable'>;
  readonly application: ApplicationSettings | undefined;
  readonly checks: readonly SmokeCheck[];
  readonly browser: string | undefined;
  /** What a person's signature is for. */
  readonly migrations: readonly Migration[];
  /** Writes down which process the application is, so that it can be ended after we were killed. */
  readonly onStart: (child: Pick<Child, 'pid' | 'startedAt'>) => Promise<void>;
  readonly hide: (secret: Secret) => void;
  readonly writeArtifact: (path: string, title: string, content: string | Uint8Array) => Promise<void>;
}

/** What the checks are asked with, once the application runs. */
export interface Asking extends SmokeScene {
  /** Of the application under test: `http://localhost:4711`. Absent where none is configured. */
  readonly origin: string | undefined;
  /** Gives the application a moment to be seen ending, where it has cut a connection. */
  readonly untilEnded?: () => Promise<void>;
}

/** What a request needs of that. */
export type HttpAsking = Pick<Asking, 'origin' | 'folder' | 'hide'>;

/** A path of the application under test, or a whole URL, as a whole URL. The settings see to it that there is an application for a path. */
export function wholeUrl({ origin }: Pick<Asking, 'origin'>, url: string): string {
  return url.startsWith('/') ? `${origin ?? 'http://localhost'}${url}` : url;
}
