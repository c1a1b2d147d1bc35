import type { RootCause } from '../../core/root-cause.ts';

/** What a server check came to. */
export type ServerAnswer =
  /** `proof`: how it is known that it could have failed. */
  | { readonly kind: 'holds'; readonly found: string; readonly proof: string }
  | {
      readonly kind: 'broken';
      readonly found: string;
      readonly expected: string;
      readonly rootCause: RootCause;
      readonly cure: string;
      /** Besides: who it is, one line each. */
      readonly lines?: readonly string[];
      readonly showSql?: string;
    }
  | { readonly kind: 'doubt'; readonly reason: string; readonly cure: string };

/** The server that was asked, as every answer names it. */
export interface AskedServer {
  /** `production`: what the settings call so. `source`: where the data comes from. */
  readonly what: 'production' | 'source';
  /** No secret: `app@db.example:5432/shop`. */
  readonly label: string;
  readonly version: string;
  readonly database: string;
  readonly standby: boolean;
  /** Set where it is seen that the data come from another cluster. */
  readonly isOtherCluster?: true;
}

/** @example tellServer(server) // 'production (app@db.example:5432/shop, PostgreSQL 15.18)' */
export function tellServer({ what, label, version, standby, isOtherCluster }: AskedServer): string {
  return `${what === 'source' ? 'production, the source' : what} (${label}, PostgreSQL ${version}${standby ? ', a standby' : ''}${isOtherCluster === true ? ', another cluster than the source’s' : ''})`;
}
