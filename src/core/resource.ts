/** Something that pgrehearse makes and must be able to remove: on this machine, and later in a cloud. */
export interface Resource {
  /** Unique; also the ledger file's name. */
  readonly id: string;
  readonly kind: ResourceKind;
  /** What a person calls it: `clone tenant-rename`, `run folder 2026-11-21T…`. */
  readonly label: string;
  /** What is needed to remove it: path, pid, start time, port, role name, cloud id. No secrets. */
  readonly facts: Readonly<Record<string, string | number>>;
  /** ISO 8601, or absent for things that live only as long as the process that made them. */
  readonly expiresAt?: string;
  /** Kept on purpose (`load`, images, dumps): `gc` removes it only when past `expiresAt`. */
  readonly kept: boolean;
  readonly runId?: string;
  /** The process that made it; when it is gone and `kept` is false, the resource is an orphan. */
  readonly owner: { readonly pid: number; readonly processStartedAt: string; readonly host: string };
  readonly createdAt: string;
}

export const resourceKinds = ['folder', 'server', 'image', 'clone', 'dump', 'database', 'role', 'throwaway', 'snapshot', 'tunnel', 'upload'] as const;
export type ResourceKind = (typeof resourceKinds)[number];
