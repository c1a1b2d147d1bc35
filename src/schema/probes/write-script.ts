import type { Probe, SamePair } from './probe.ts';

/** Names that a script of probes is written for. */
export interface ScriptNames {
  /** Before the number in the names of the schemas; `s` unless told. */
  readonly prefix?: string;
  readonly role: string;
  readonly other: string;
}

/** The schema of the probe at this place of its list. */
export function probeSchema(index: number, prefix = 's'): string {
  return `${prefix}${String(index).padStart(3, '0')}`;
}

/**
 * The SQL that makes one side of all these probes in an empty database, each in a schema of its own. Probes that the major lacks are left out, and keep
 * their number.
 *
 * @param major of the server that runs it
 */
export function writeProbeScript(probes: readonly (Probe | SamePair)[], side: 'left' | 'right', major: number, names: ScriptNames): string {
  return probes.map((probe, index) => ((probe.since ?? 0) > major ? '' : writeProbe(probe, side, probeSchema(index, names.prefix), names))).join('\n');
}

/** The SQL of one side of one probe in this schema. */
export function writeProbe(probe: Probe | SamePair, side: 'left' | 'right', schema: string, { role, other }: ScriptNames): string {
  const sql = `${probe.both ?? ''};\n${probe[side] ?? ''};`
    .replaceAll('$s.', `${schema}.`)
    .replace(/\$s(?![a-z])/g, schema)
    .replaceAll('$role', role)
    .replaceAll('$other', other);
  return `create schema ${schema}; set search_path = ${schema};\n${sql}\nreset search_path; reset role;`;
}
