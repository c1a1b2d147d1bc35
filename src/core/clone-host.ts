import type { Context } from './ports.ts';
import type { Result } from './result.ts';
import type { Address, LocaleSettings } from './server.ts';
import type { SharedServer } from './shared-server.ts';
import type { FidelityLoss } from './source-facts.ts';

/** What is to be copied, and how the copy gets its rows. */
export interface ImageWanted {
  readonly label: string;
  /** Production's own name for it; the image may have to call it otherwise. */
  readonly database: string;
  readonly locale: LocaleSettings;
  /** Fills the database, as superuser. `dataAsOf` is ISO 8601; `memo` is kept with an image that is kept, for those who use it later. */
  readonly load: (admin: Address) => Promise<Result<{ readonly dataAsOf: string; readonly memo?: string }>>;
  /** Gives a clone what belongs to the database itself (owner, rights, settings), where starting it doesn't bring that. */
  readonly dress?: (admin: Address) => Promise<Result<void>>;
}

/** A frozen copy that clones are started from, wherever it lives. */
export interface HostedImage {
  readonly id: string;
  readonly label: string;
  /** What the database is called where nothing else is asked for. */
  readonly database: string;
  /** ISO 8601: the instant of production that the data shows. */
  readonly dataAsOf: string;
  readonly sizeBytes: number;
  /** Access for the superuser of every clone. */
  readonly adminUser: string;
  readonly locale: LocaleSettings;
  readonly losses: readonly FidelityLoss[];
  /** True: it stays when the run ends. */
  readonly kept?: boolean;
  /** Starts a writable copy. */
  start(context: Context, label: string): Promise<Result<HostedClone>>;
  /** An empty database beside production's roles, with the same locale: what a baseline is built in. */
  startEmpty(context: Context, label: string): Promise<Result<HostedClone>>;
  /** Removes the image. Clones that were made of it are whole by themselves and stay. */
  remove(context: Context): Promise<Result<void>>;
  /** True: clones are whole servers elsewhere, the first of them the copy of production itself; only empty databases are on this machine. */
  readonly inPlace?: true;
}

/** A writable copy, running. Leaving an `await using` block removes it. */
export interface HostedClone extends AsyncDisposable {
  readonly id: string;
  readonly label: string;
  /** Superuser access to the database that holds the copy. */
  readonly admin: Address;
  /** What an application uses. */
  readonly login: Address;
  /** For people, how it was made and why not in a better way: `copy (overlay: Operation not permitted)`. */
  readonly madeBy?: string;
  /** Removing what is gone already is fine. */
  remove(): Promise<Result<void>>;
}

/** A copy of production that is there already, and that is migrated itself: nothing is copied. */
export interface InPlaceHost extends Pick<CloneHost, 'label' | 'major' | 'shared'> {
  /** Has the copy keep still (nothing on it reaches out any more) and gives up the snapshot by which it was read. */
  takeOver(context: Context): Promise<Result<HostedImage>>;
}

/** Where images and clones of a run live: servers of our own, or databases of our own on a server that others use too. */
export interface CloneHost {
  /** For people: `PostgreSQL 15.18, /usr/lib/postgresql/15`. */
  readonly label: string;
  readonly major: number;
  /** Set where others use the server too. */
  readonly shared?: SharedServer;
  makeImage(context: Context, wanted: ImageWanted): Promise<Result<HostedImage>>;
}
