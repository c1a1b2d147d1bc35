import { judgeFidelityLosses } from '../../check/fidelity-losses/judge-fidelity-losses.ts';
import type { Content } from '../../check/preservation/content.ts';
import { judgeRoles } from '../../check/roles-fidelity/judge-roles.ts';
import { type RolesRead, readRoles } from '../../check/roles-fidelity/read-roles.ts';
import { judgeRowParity } from '../../check/row-parity/judge-row-parity.ts';
import type { Settings } from '../../config/schema.ts';
import { countRows } from '../../copy/parity/count-rows.ts';
import { hashColumns, hashTables } from '../../copy/parity/hash-tables.ts';
import { administratorSettings } from '../../copy/restore/server-settings.ts';
import { countOf } from '../../core/count-of.ts';
import type { TableColumnHashes, TableCount, TableHash } from '../../core/data.ts';
import type { Context } from '../../core/ports.ts';
import { ok } from '../../core/result.ts';
import type { FidelityLoss, SourceFacts } from '../../core/source-facts.ts';
import { qualifiedName } from '../../sql/quote.ts';
import { compareContent, sampledPercent, saysEnough } from '../comparing/compare-content.ts';
import { compareForRun } from '../comparing/compare-for-run.ts';
import { leaveToOthers } from '../comparing/disregard-differences.ts';
import { readContent } from '../comparing/judge-content.ts';
import { fidelityInPlace } from '../in-place/fidelity-in-place.ts';
import type { Recorder } from '../record-run.ts';
import type { RehearseRequest } from '../request.ts';
import { goOn, type PhaseReport, type Run, report, stop } from '../run.ts';
import { withSession } from '../with-session.ts';
import type { Provided } from './provision.ts';

/**
 * Is the clone a true copy? Rows, roles, schema, and whatever the restore itself had to leave out.
 *
 * @returns what every column of the clone holds before it is migrated; undefined where nobody wants to know
 */
export async function fidelity(
  context: Context,
  run: Run,
  recorder: Recorder,
  { settings }: RehearseRequest,
  provided: Provided,
): Promise<PhaseReport<Content | undefined>> {
  if (provided.image.inPlace === true) return await fidelityInPlace(context, run, { settings }, provided);
  const { clone, facts, image, report: copy, sourceSchemaText, sourceCatalog, shared } = provided;
  const accepted = settings.clone.acceptLosses;
  report(context, judgeFidelityLosses({ losses: copy.losses, accepted, restored: copy.sourceCounts.length }));

  const { parity, parityPercent, parityExceptions, preservation } = settings.data;
  // One reading tells how many rows there are, whether they are production's, and what must be there after migrating.
  const sourceHashes = saysEnough(parity, copy.sourceHashes) ? copy.sourceHashes : undefined;
  const wish = wishOf(preservation, sourceHashes);
  const toHash = copy.loaded === undefined ? wish : undefined;
  const compared = toHash !== undefined && sourceHashes !== undefined ? await hashClone(context, provided, sourceHashes, toHash) : undefined;
  // Whole rows are compared with the source's alone.
  const hashed = compared ?? (toHash === undefined ? undefined : await hashClonesColumns(context, provided, toHash));
  const whole = wish?.sample === undefined ? hashed?.map(({ schema, table, rows }) => ({ schema, table, rows })) : undefined;
  const counted = copy.loaded?.counts ?? whole ?? (await countClone(context, provided));
  const counts = counted.filter((count) => !isToldEmpty(count, copy.losses));
  context.emit({ type: 'counted', moment: 'clone', counts });
  const content = await compareContent(recorder, sourceHashes, copy.loaded?.hashes ?? compared);
  const parityFound = judgeRowParity({
    source: copy.sourceCounts,
    clone: counts,
    limitPercent: parityPercent,
    content,
    wanted: parity,
    exceptions: parityExceptions,
    beforeHooks: copy.loaded !== undefined,
  });
  const maskedToo = content !== undefined && (copy.masking?.columns.length ?? 0) > 0;
  report(
    context,
    maskedToo
      ? { ...parityFound, gate: { ...parityFound.gate, weakenedBy: 'masked columns are compared as production masked them, not as they are there' } }
      : parityFound,
  );

  const roles = await withSession(context, clone.admin, async (session) => ok(await readRoles(session)));
  if (!roles.ok) return stop(roles.failure);
  const ours = shared === undefined ? roles.value : rolesOfProduction(roles.value, facts);
  const adminSettings = shared === undefined ? administratorSettings : [];
  report(context, judgeRoles({ source: facts, clone: ours, cloneDatabase: clone.admin.database, adminUser: image.adminUser, adminSettings }));

  // A dump's schema is the one that was loaded: there is no second one to compare it with.
  if (sourceSchemaText !== undefined) {
    const compared = await compareForRun(context, recorder, settings, {
      phase: 'fidelity',
      gate: 'schema-fidelity',
      required: true,
      left: { address: clone.admin, label: 'the clone' },
      right: { text: sourceSchemaText, label: 'production', serverVersion: facts.serverVersion, catalog: sourceCatalog },
      adjust: (compared) => leaveToOthers(compared, copy.losses),
      exclude: accepted.map(({ object }) => object),
      policies: { environment: 'fail' },
      severity: 'doubt',
      scratchOn: clone.admin,
      shared,
    });
    if (!compared.ok) return stop(compared.failure);
  }
  const outcome = run.outcomeOf('fidelity');
  const tables = `${countOf(counts.length, 'table')} ${counts.length === 1 ? 'has' : 'have'}`;
  const rows = content === undefined ? 'rows' : 'rows, equal in every column';
  const sample = typeof preservation === 'object' ? preservation.sample : undefined;
  const held = preservation === 'off' ? undefined : await readContent(context, clone.admin, wish?.sample === sample ? hashed : undefined, sample);
  if (outcome === 'passed') return goOn(held, outcome, `${tables} production’s ${rows}; schema and roles are production’s.`);
  const lost = run.findings.some(({ phase, severity }) => phase === 'fidelity' && (severity === 'doubt' || severity === 'blocker'));
  if (!lost) return goOn(held, outcome, `${tables} production’s rows; the source could not tell all that there is to compare.`);
  return {
    go: false,
    outcome: outcome === 'failed' ? outcome : 'inconclusive',
    summary: 'The clone is not a true copy of production: what is rehearsed on it would prove nothing.',
  };
}

interface HashWish {
  /** Percent of the rows, where not all are. */
  readonly sample: number | undefined;
}

/** How the clone is to be hashed: as its source was; where that wasn't, as it is compared later. Undefined where nobody wants to know. */
function wishOf(preservation: Settings['data']['preservation'], source: readonly TableHash[] | undefined): HashWish | undefined {
  if (source !== undefined) return { sample: sampledPercent(source) };
  return preservation === 'off' ? undefined : { sample: typeof preservation === 'object' ? preservation.sample : undefined };
}

async function hashClone(context: Context, provided: Provided, expected: readonly TableHash[], { sample }: HashWish): Promise<readonly TableHash[]> {
  tellHashing(context, provided);
  return await hashTables(context, provided.clone.admin, { expected, sample: sample === undefined ? undefined : { percent: sample } });
}

async function hashClonesColumns(context: Context, provided: Provided, { sample }: HashWish): Promise<readonly TableColumnHashes[]> {
  tellHashing(context, provided);
  return await hashColumns(context, provided.clone.admin, { sample: sample === undefined ? undefined : { percent: sample } });
}

function tellHashing(context: Context, { report }: Provided): void {
  context.emit({ type: 'step', phase: 'fidelity', text: `hashing ${countOf(report.sourceCounts.length, 'table')} of the clone` });
}

async function countClone(context: Context, { clone }: Provided): Promise<readonly TableCount[]> {
  return await countRows(context, clone.admin, { materializedViews: false });
}

/** Rows that could not be read at all (an unlogged table of a standby) are a loss of their own, not a second difference. */
function isToldEmpty(count: TableCount, losses: readonly FidelityLoss[]): boolean {
  const name = qualifiedName(count.schema, count.table);
  return count.rows === 0 && losses.some(({ object }) => object.kind === 'table' && object.name === name);
}

/** On a server that others use too, only production's own roles are compared; but what they may do there because of others' counts. */
function rolesOfProduction({ roles, memberships }: RolesRead, facts: SourceFacts): RolesRead {
  const known = new Set(facts.roles.map(({ name }) => name));
  return { roles: roles.filter(({ name }) => known.has(name)), memberships: memberships.filter(({ member }) => known.has(member)) };
}
