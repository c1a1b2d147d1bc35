import type { Probe, SamePair } from './probe.ts';

/** Names that a script of probes is written for. */
export interface ScriptNames {
  /** Before the number in the names of the schemas; `s` unless told. */
  readonly prefix?: string;
  readonly role: string;
  readonly other: string;
  /** A tablespace; probes that need one are left out without it. */
  readonly space?: string;
}

/** Probes that have a pair of databases together: those of schemas, and those of the database itself. */
export function groupProbes(probes: readonly Probe[]): { readonly schemas: readonly Probe[]; readonly database: readonly Probe[] } {
  return { schemas: probes.filter((probe) => probe.place === undefined), database: probes.filter((probe) => probe.place === 'database') };
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
  return probes.map((probe, index) => (canProbe(probe, major, names) ? writeProbe(probe, side, probeSchema(index, names.prefix), names) : '')).join('\n');
}

/** Whether a server of this major has what the probe is about; without a tablespace some can't be made. */
export function canProbe(probe: Probe | SamePair, major: number, { space }: ScriptNames): boolean {
  if ((probe.since ?? 0) > major || ('until' in probe && probe.until < major)) return false;
  return space !== undefined || ![probe.both, probe.left, probe.right].some((sql) => sql?.includes('$space'));
}

/** Takes away what keeps a database from being dropped. Run it there before. */
export const dropSubscriptions = `do $do$ declare name text; begin
  for name in select s.subname from pg_catalog.pg_subscription s join pg_catalog.pg_database d on d.oid = s.subdbid where d.datname = current_database() loop
    execute format('alter subscription %I set (slot_name = none)', name);
    execute format('drop subscription %I', name);
  end loop;
end $do$`;

/** The SQL of one side of one probe in this schema. */
export function writeProbe(probe: Probe | SamePair, side: 'left' | 'right', schema: string, { role, other, space = '' }: ScriptNames): string {
  const sql = `${probe.both ?? ''};\n${probe[side] ?? ''};`
    .replaceAll('$s.', `${schema}.`)
    .replace(/\$s(?![a-z])/g, schema)
    .replaceAll('$space', space)
    .replaceAll('$role', role)
    .replaceAll('$other', other);
  return `create schema ${schema}; set search_path = ${schema};\n${sql}\nreset search_path; reset role;`;
}
