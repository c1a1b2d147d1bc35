import type { Context, Session } from './ports.ts';
import type { Result } from './result.ts';
import type { Secret } from './secret.ts';
import type { Address } from './server.ts';

/** A database for a moment, on a server that isn't ours. */
export interface ScratchDatabase {
  readonly address: Address;
  drop(): Promise<void>;
}

/** Roles on a server that others use too. */
export interface SharedRoles {
  /** Makes a role that isn't there, so that it can be found and removed again. Throws SqlError. */
  make(context: Context, session: Session, name: string, createRole: string): Promise<void>;
  /** Writes down that a migration is about to make a role, so that it is found even if we are killed meanwhile. */
  expect(context: Context, name: string): Promise<void>;
  /** Whether a role is one of ours, and may be altered. Throws SqlError. */
  owns(session: Session, name: string): Promise<boolean>;
  /** The password by which an application enters kept clones there as one of our roles; a role has one for the whole server. */
  passwordOf(context: Context, name: string): Promise<Secret | undefined>;
}

/** What was found to have changed of the whole server. Sentences, for people. */
export interface SettledChanges {
  /** Put back to what it was; a new role is removed when the run ends. */
  readonly undone: readonly string[];
  /** Not put back: it can't be, or it isn't ours. */
  readonly remaining: readonly string[];
}

export interface ClusterWatch {
  /**
   * Compares the whole server with what it was, and puts back what may be.
   *
   * @param text all SQL that ran in between: only what it names is taken for its doing
   */
  settle(context: Context, text: string): Promise<Result<SettledChanges>>;
}

/** What a rehearsal has to mind on a server that others use too. */
export interface SharedServer {
  /** The way in: superuser access to a database in which nothing is ever changed. */
  readonly address: Address;
  readonly roles: SharedRoles;
  /** Looks at what belongs to the whole server, before migrations run. */
  watch(context: Context): Promise<Result<ClusterWatch>>;
  /** An empty database in which a schema is restored to be compared. */
  makeScratch(context: Context): Promise<Result<ScratchDatabase>>;
  /** Why this may be the very server that the source is on; absent: it may not. */
  readonly allowSourceServer?: string;
  /** What is done about statements that change the whole server. */
  readonly clusterWide: 'refuse' | 'undo';
  /** The password of the migrator, where its role was there before. */
  readonly migratorPassword?: Secret;
}
