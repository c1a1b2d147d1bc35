import { rmSync } from 'node:fs';
import type { SettingsInput } from '../../src/config/schema.ts';
import { settingsSchema } from '../../src/config/schema.ts';
import type { Event } from '../../src/core/event.ts';
import type { Address } from '../../src/core/server.ts';
import type { SyncedTable, TablesPlan } from '../../src/core/sync.ts';
import type { RunResult } from '../../src/rehearsal/rehearse.ts';
import { stampStaging } from '../../src/rehearsal/sync/stamp-staging.ts';
import { sync } from '../../src/rehearsal/sync/sync.ts';
import { bookMasks } from '../support/book-store/read-book-store.ts';
import { makeFolder } from '../support/temporary-folder.ts';
import { testContext } from '../support/test-context.ts';
import { unwrap } from '../support/unwrap.ts';

type Sync = NonNullable<SettingsInput['sync']>;

export interface Synced {
  readonly result: RunResult;
  readonly events: readonly Event[];
  readonly plan: TablesPlan | undefined;
  /** What became of each table, by its name. */
  readonly tables: ReadonlyMap<string, SyncedTable>;
  readonly findings: readonly string[];
}

export const urlOf = ({ user, host, port, database }: Address) => `postgres://${user}@${host}:${port}/${database}`;

/** What a project has that syncs one database to another. */
export function syncSettings(
  production: Address,
  staging: Address,
  change: { readonly sync?: Partial<Sync>; readonly settings?: Partial<SettingsInput> } = {},
) {
  return settingsSchema.parse({
    source: { url: urlOf(production), allowPrimary: true },
    migrate: { tool: 'alembic' },
    baseline: { mode: 'init-then-migrations' },
    masking: { columns: bookMasks },
    ...change.settings,
    sync: { production: { url: urlOf(production), allowPrimary: true }, staging: { url: urlOf(staging) }, ...change.sync },
  });
}

/** Stamps staging and syncs it, in a folder that is gone afterwards. */
export async function syncOnce(
  production: Address,
  staging: Address,
  change: { readonly sync?: Partial<Sync>; readonly settings?: Partial<SettingsInput>; readonly tables?: readonly string[]; readonly stamps?: boolean } = {},
): Promise<Synced> {
  const folder = makeFolder('pgr-sync-');
  const context = testContext();
  const settings = syncSettings(production, staging, change);
  try {
    if (change.stamps !== false) unwrap(await stampStaging(context, { settings, folder }));
    const result = unwrap(await sync(context, { settings, folder, toolVersion: '0.0.0', tables: change.tables }));
    const report = context.events.findLast((event) => event.type === 'tables-synced')?.report;
    return {
      result,
      events: context.events,
      plan: context.events.findLast((event) => event.type === 'tables-planned')?.plan,
      tables: new Map(report?.tables.map((table) => [table.table, table])),
      findings: context.events.flatMap((event) => (event.type === 'finding' ? [event.finding.id] : [])),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
