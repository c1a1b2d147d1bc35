import type { Failure } from '../../core/failure.ts';
import { failureCatalogue } from '../../core/failure-catalogue.ts';
import type { Context } from '../../core/ports.ts';
import { type PreflightReport, preflightFormat } from '../../core/preflight.ts';
import { isKnown, type Known, type Production } from '../../core/production.ts';
import { ok, type Result } from '../../core/result.ts';
import { showAddress } from '../../core/server.ts';
import { migrationHashes } from '../../migrate/migration-hashes.ts';
import { readMigrations } from '../../migrate/read-migrations.ts';
import { decide, weightsOf } from '../../preflight/decide.ts';
import { rehearsedOf } from '../../preflight/rehearsed.ts';
import { placeOfProduction, showPlace } from '../cloud/place.ts';
import { withRunbookWaysDown } from '../runbook/runbook-ways-down.ts';
import { askFreeBytes, askRestorableInstant } from './ask-team.ts';
import { judgeAll } from './judge-all.ts';
import { lookAtProduction, type ProductionNow } from './look-at-production.ts';
import { openProduction } from './open-production.ts';
import { openPreflightFolder, type PreflightFolder } from './preflight-folder.ts';
import type { PreflightRequest, PreflightResult } from './preflight-request.ts';
import { catalogFile, productionFile } from './record-production.ts';
import { readRehearsedRun } from './rehearsed-run.ts';

/**
 * Looks at production, which is only read, and says whether the evidence of a rehearsal still applies to it. The look is sealed evidence itself.
 *
 * Fails with `evidence-not-found` and `evidence-damaged` where there is no record of a rehearsal at all, with `config-invalid` and others that are the user's to correct
 * where nothing says how production is reached, with `interrupted`, and with `evidence-not-written`. Whatever else can't be known, a broken tunnel's production too, is
 * `unknown`, never GO.
 *
 * @example
 * const looked = await preflight(context, { settings, folder, toolVersion: '1.0.0', rehearsal: '.pgrehearse/runs/20261121-024500-7f3a' });
 * if (looked.ok && looked.value.report.decision === 'GO') …
 */
export async function preflight(context: Context, request: PreflightRequest): Promise<Result<PreflightResult>> {
  const startedAt = performance.now();
  const { settings, folder, root, transcript } = request;
  const way = await openProduction(context, settings, folder);
  if (!way.ok && !leavesUnknown(way.failure)) return way;
  await using open = way.ok ? way.value : undefined;
  const label = open?.label ?? labelOf(context, settings);
  const run = await readRehearsedRun(context, request.rehearsal, { settings, folder, root });
  if (!run.ok) return run;
  const opened = await openPreflightFolder(context, request, { label, address: open?.address });
  if (!opened.ok) return opened;
  const record = opened.value;
  const rehearsed = rehearsedOf(run.value.evidence.summary);
  const looked = way.ok ? await lookAtProduction(record.context, way.value, settings, rehearsed) : way;
  if (!looked.ok) record.context.emit({ type: 'failure', phase: 'preconditions', failure: looked.failure });
  const production: Known<ProductionNow> = looked.ok ? await written(record, looked.value) : { unknown: looked.failure.message };
  const read = await readMigrations(settings.migrate, folder);
  const files = read.ok ? await withRunbookWaysDown(settings, folder, read.value) : read;
  const now = context.now();
  const findings = judgeAll({
    settings,
    now,
    run: run.value,
    rehearsed,
    configSha256: record.header.configSha256,
    git: record.header.git,
    migrations: files.ok ? { value: files.value.map(migrationHashes) } : { unknown: files.failure.message },
    root,
    transcript,
    production,
    free: await askFreeBytes(context, folder, settings.preflight),
    restorable: await askRestorableInstant(context, folder, settings.preflight),
  });
  const { decision, exitCode, summary, checks } = decide(findings, weightsOf(settings));
  const report: PreflightReport = {
    format: preflightFormat,
    decision,
    exitCode,
    summary,
    checkedAt: now.toISOString(),
    production: label,
    rehearsal: run.value.told,
    checks,
    durationMs: Math.round(performance.now() - startedAt),
  };
  return ok(await record.close(report));
}

/** A production that isn't reached leaves a question open; what is wrong with the configuration or with this machine is told as that. */
function leavesUnknown({ code }: Failure): boolean {
  return failureCatalogue[code].ending === 'inconclusive' && code !== 'interrupted';
}

function labelOf(context: Context, settings: PreflightRequest['settings']): string {
  const place = placeOfProduction(settings);
  return place === undefined ? 'production' : showPlace(context, place, showAddress);
}

/**
 * Writes down what production is now, and reads it as it was written: what is taken out as secret was taken out of the rehearsal's record too, and would be a
 * difference else. Unknown where a secret is so short a word that nothing readable is left.
 */
async function written(record: PreflightFolder, found: ProductionNow): Promise<Known<ProductionNow>> {
  const production = `${JSON.stringify(found.production, null, 2)}\n`;
  const catalog = isKnown(found.catalog) ? `${JSON.stringify(found.catalog.value)}\n` : undefined;
  await record.writeArtifact(productionFile, 'What production is', production);
  if (catalog !== undefined) await record.writeArtifact(catalogFile, 'What production’s catalogs say', catalog);
  try {
    const kept = { ...found, production: JSON.parse(record.redact(production)) as Production };
    return { value: catalog === undefined ? kept : { ...kept, catalog: { value: JSON.parse(record.redact(catalog)) } } };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { unknown: 'what was read of it can’t be told apart from a password' };
  }
}
