import type { gateFamilies, singleGates } from '../core/gate-names.ts';
import { checkCatalogue } from './check-catalogue.ts';
import { recordingChecks } from './recording/recording-checks.ts';

export type GateName = (typeof singleGates)[number] | (typeof gateFamilies)[number];

export interface GateAbout {
  /** What it decides, in a sentence. */
  readonly question: string;
  /** The checks whose findings it goes by; of most gates the one of the same name. */
  readonly checks: readonly string[];
}

/** The gates that are called otherwise than the check behind them. */
const otherwise: Partial<Record<GateName, GateAbout>> = {
  'lineage-heads': { question: 'Has the history of migrations exactly one end? Asked before anything is copied.', checks: ['lineage'] },
  'lineage-applied': { question: 'Was exactly what is expected applied, in the expected order?', checks: ['lineage'] },
  'approved-evidence': { question: 'Is production’s structure still what it was in the run that was approved?', checks: ['approved-structure'] },
  'fidelity-losses': { question: 'Did the copy bring over everything of production?', checks: ['fidelity-loss'] },
  'forbidden-errors': { question: 'Did any statement meet an error that must not happen?', checks: ['forbidden-error'] },
  locks: {
    question: 'Did the migrations stay clear of locks, rewrites and scans that stall production?',
    checks: [...recordingChecks.map(({ about }) => about.check), 'unobserved'],
  },
  traffic: { question: 'Could readers and writers go on while the migrations ran?', checks: ['stall', 'application-errors'] },
  'required-objects': { question: 'Are the objects that the team names there and valid after migrating?', checks: ['required-object'] },
  'required-tables': { question: 'Can the application’s role read and write the tables that the team names?', checks: ['required-table'] },
  'schema-equality': { question: 'Does the migrated clone have the schema that the repo says it should have?', checks: ['schema-equality', 'waiver'] },
  before: { question: 'Does what the runbook asks before a migration hold?', checks: ['before-check'] },
  verify: { question: 'Does what the runbook asks after a migration hold, and did it not hold before?', checks: ['verify-query'] },
  'smoke-before': { question: 'Does today’s application work on today’s schema and data?', checks: ['smoke'] },
  'smoke-old-on-new': { question: 'Does today’s application work on the migrated schema, as it must while a deploy goes on?', checks: ['smoke'] },
};

/**
 * What a gate decides, by its name in a report or in JSON, or by the part before its first colon.
 *
 * @example gateAbout('locks')?.checks // ['rewrite', 'volatile-default', …]
 */
export function gateAbout(name: string): GateAbout | undefined {
  if (Object.hasOwn(otherwise, name)) return otherwise[name as GateName];
  const check = checkCatalogue.find((about) => about.check === name);
  return check === undefined ? undefined : { question: check.question, checks: [check.check] };
}

/** The names of the gates that no check bears: what `explain` lists besides the checks. */
export const gatesByOtherNames = Object.keys(otherwise).filter((name) => !checkCatalogue.some(({ check }) => check === name));
