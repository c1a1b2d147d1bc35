import { SqlError } from '../../core/failure.ts';
import type { OpenSource } from '../../core/open-source.ts';
import type { Context } from '../../core/ports.ts';
import type { Production } from '../../core/production.ts';
import type { SourceFacts } from '../../core/source-facts.ts';
import type { CapturedCatalog } from '../../schema/captured-catalog.ts';
import type { RehearseRequest } from '../request.ts';
import { productionOfFacts, type ReadProduction, readProduction } from './read-production.ts';

/** Names of the artifacts in a run's folder. */
export const productionFile = 'production.json';
export const catalogFile = 'production-schema.json';

interface Wanted {
  readonly facts: SourceFacts;
  /** Absent where nothing is read from it. */
  readonly source?: OpenSource;
}

/**
 * Writes down what production is at the snapshot of the run, so that a preflight can tell later whether it still is. It stops nothing: what could not be read is
 * written down as unknown, and a preflight says so.
 *
 * @returns what production's catalogs said; undefined where they were not read
 */
export async function recordProduction(
  context: Context,
  writeArtifact: (path: string, title: string, content: string) => Promise<void>,
  { settings }: Pick<RehearseRequest, 'settings'>,
  { facts, source }: Wanted,
): Promise<CapturedCatalog | undefined> {
  const { production, catalog } = source?.kind === 'live' ? await ofLive(context, settings, source) : { production: productionOfFacts(facts) };
  await writeArtifact(productionFile, 'What production was', `${JSON.stringify(production, null, 2)}\n`);
  if (catalog !== undefined) await writeArtifact(catalogFile, 'What production’s catalogs said', `${JSON.stringify(catalog)}\n`);
  return catalog;
}

async function ofLive(context: Context, settings: RehearseRequest['settings'], source: Extract<OpenSource, { kind: 'live' }>): Promise<ReadProduction> {
  // A session of its own: what fails here must not end the transaction that holds the copy's snapshot.
  const connected = await context.edge.postgres.connect(source.address, {
    applicationName: 'pgrehearse production',
    signal: context.signal,
    readOnly: { statementTimeoutMs: 120_000, lockTimeoutMs: 5_000 },
  });
  if (!connected.ok) return { production: unread(source.facts, connected.failure.message) };
  await using session = connected.value;
  try {
    return await readProduction(session, { facts: source.facts, migrate: settings.migrate, snapshot: source.snapshotId });
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    return { production: unread(source.facts, error.fields.message) };
  }
}

function unread(facts: SourceFacts, why: string): Production {
  return { ...productionOfFacts(facts), server: { unknown: why }, schema: { unknown: why }, ledger: { unknown: why }, tables: { unknown: why } };
}
