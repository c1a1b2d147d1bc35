import type { AzureAccount, AzureServer } from '../../core/azure.ts';
import type { AzureWish } from '../../core/cloud.ts';
import type { Resource } from '../../core/resource.ts';

/** One attempt to get a restored server, and all that it has made so far. */
export interface Attempt {
  readonly account: AzureAccount;
  readonly wish: AzureWish;
  readonly run: string;
  readonly production: AzureServer;
  /** Ledger lines of what is removed with the attempt, in the order in which it was made. */
  readonly made: Resource[];
}
