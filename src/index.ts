/** The public API. Everything that isn't exported here may change in any release. */
export { type ProjectRehearsal, rehearseProject as rehearse } from './cli/rehearse-project.ts';
export { defineConfig } from './config/define-config.ts';
export { type LoadedSettings, loadSettings } from './config/load-settings.ts';
export type { Bound, Expectation, Invariant, RowBounds, Settings, SettingsInput } from './config/schema.ts';
export type { Emit, Event, RunHeader } from './core/event.ts';
export type { Artifact, Evidence, JournalEntry, Manifest } from './core/evidence.ts';
export type { Failure, Place, SqlErrorFields } from './core/failure.ts';
export type { FailureCode } from './core/failure-catalogue.ts';
export type { Finding, ObjectName, Severity } from './core/finding.ts';
export type { GateOutcome, GateResult } from './core/gate.ts';
export type { Phase, PhaseOutcome } from './core/phase.ts';
export type { Result } from './core/result.ts';
export type { RootCause } from './core/root-cause.ts';
export type { DifferenceClass, SchemaDifference } from './core/schema-difference.ts';
export type { Verdict, VerdictKind } from './core/verdict.ts';
export { readEvidence } from './evidence/read-evidence.ts';
export { type Verification, verifyEvidence } from './evidence/verify-evidence.ts';
export type { RunResult } from './rehearsal/rehearse.ts';
