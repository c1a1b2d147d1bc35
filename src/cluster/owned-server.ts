import type { Context } from '../core/ports.ts';
import type { Resource } from '../core/resource.ts';
import type { Result } from '../core/result.ts';
import type { LocaleSettings, RunningServer } from '../core/server.ts';
import type { FidelityLoss } from '../core/source-facts.ts';
import { removeResource } from './remove-resource.ts';

/** A server of ours, with its end. Leaving an `await using` block removes it; should that fail, an event `not-removed` says so. */
export interface OwnedServer extends AsyncDisposable {
  readonly server: RunningServer;
  readonly resource: Resource;
  readonly locale: LocaleSettings;
  /** Where the server differs from what was asked for. */
  readonly losses: readonly FidelityLoss[];
  /** Ends the server and removes its folder. Removing what is gone already is fine. */
  remove(): Promise<Result<void>>;
}

/** Removes a resource once, however often it is asked to. */
export function removeOnce(context: Context, resource: () => Promise<Resource>): () => Promise<Result<void>> {
  let removed: Promise<Result<void>> | undefined;
  return () => {
    removed ??= resource().then((latest) => removeResource(context, latest));
    return removed;
  };
}

/** The ledger line as it is now: pid and port came after it was planned. */
export async function latestLine(context: Context, resource: Resource): Promise<Resource> {
  return (await context.ledger.list()).find((line) => line.id === resource.id) ?? resource;
}
