import { type HeldNews, readHeld } from './held-relations.ts';

/** What an event trigger told of the statement that is running in its session. */
export type TriggerReport =
  | {
      readonly event: 'ddl';
      readonly tag: string;
      /** What the report before in the same transaction hasn't told. Absent where that is too much for a notice. */
      readonly held?: HeldNews;
      /** Absent where they can't be named any more. */
      readonly objects?: readonly CommandObject[];
      /** Position in the WAL, in bytes. */
      readonly lsn: number;
      readonly lockTimeoutMs: number;
      readonly statementTimeoutMs: number;
    }
  | { readonly event: 'dropped'; readonly tag: string; readonly objects: readonly DroppedObject[] }
  /** Sent before the table is written anew. `reason` is PostgreSQL's bitmap. */
  | { readonly event: 'rewrite'; readonly tag: string; readonly relation: number; readonly reason: number }
  | { readonly event: 'failed'; readonly tag: string; readonly sqlstate: string };

export interface CommandObject {
  readonly relation?: number;
  readonly tag: string;
  readonly kind: string;
  readonly name: string;
}

export interface DroppedObject {
  readonly relation?: number;
  readonly kind: string;
  readonly name: string;
  /** Nobody named it: CASCADE took it along. */
  readonly cascaded?: true;
}

/** Reads a notice's message after its token; undefined where it can't be read, which no session of ours has ever sent. */
export function readTriggerReport(encoded: string): TriggerReport | undefined {
  let report: Raw;
  try {
    report = JSON.parse(Buffer.from(encoded, 'base64').toString('utf8')) as Raw;
  } catch {
    return undefined;
  }
  switch (report.event) {
    case 'ddl':
      return {
        event: 'ddl',
        tag: report.tag,
        ...(report.held === null ? {} : { held: readHeld(report.held) }),
        ...(report.objects === null
          ? {}
          : { objects: report.objects.map(([isRelation, oid, tag, kind, name]) => ({ ...relationOf(isRelation, oid), tag, kind, name: name ?? '' })) }),
        lsn: report.lsn,
        lockTimeoutMs: readDuration(report.lockTimeout),
        statementTimeoutMs: readDuration(report.statementTimeout),
      };
    case 'dropped':
      return {
        event: 'dropped',
        tag: report.tag,
        objects: (report.objects ?? []).map(([isRelation, oid, part, kind, name, cascaded]) => ({
          ...relationOf(isRelation && part === 0, oid),
          kind,
          name,
          ...(cascaded ? { cascaded } : {}),
        })),
      };
    case 'rewrite':
      return { event: 'rewrite', tag: report.tag, relation: report.relation, reason: report.reason };
    default:
      return { event: 'failed', tag: report.tag, sqlstate: report.sqlstate };
  }
}

function relationOf(isRelation: boolean, oid: number): { readonly relation?: number } {
  return isRelation ? { relation: oid } : {};
}

const unitMs: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1_000, min: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * Milliseconds of a setting as `show` prints it.
 *
 * @example readDuration('5s') // 5000
 */
export function readDuration(text: string): number {
  const [, amount = '0', unit = 'ms'] = /^(\d+)(us|ms|s|min|h|d)?$/.exec(text) ?? [];
  return Number(amount) * (unitMs[unit] ?? 1);
}

type Raw =
  | {
      event: 'ddl';
      tag: string;
      held: unknown[] | null;
      objects: [boolean, number, string, string, string | null][] | null;
      lsn: number;
      lockTimeout: string;
      statementTimeout: string;
    }
  | { event: 'dropped'; tag: string; objects: [boolean, number, number, string, string, boolean][] | null }
  | { event: 'rewrite'; tag: string; relation: number; reason: number }
  | { event: 'failed'; tag: string; sqlstate: string };
