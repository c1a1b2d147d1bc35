import type { LockInterval, RecordedRelation, RecordedStatement, Recording } from '../../../core/recording.ts';
import type { Stall, TrafficReport } from '../../../core/traffic.ts';
import { isStrong, whatItBlocks } from '../../locks.ts';

/** A piece of a lane. */
export interface Bar {
  readonly kind: 'statement' | 'failed-statement' | 'waiting' | 'blocks-all' | 'blocks-writing' | 'stall';
  readonly fromMs: number;
  readonly toMs: number;
  /** What it is, for those who point at it or hear it. */
  readonly statement?: RecordedStatement;
  readonly lock?: LockInterval;
  readonly stall?: Stall;
}

/** A table over time: who held it, and who was kept waiting. */
export interface TableLane {
  readonly name: string;
  readonly locks: readonly Bar[];
  readonly stalls: readonly Bar[];
  /** The longest that reading and writing, or only writing, was shut out. */
  readonly worst: { readonly blocks: 'reading and writing' | 'writing'; readonly ms: number } | undefined;
}

export interface Lanes {
  readonly fromMs: number;
  readonly toMs: number;
  /** One row for each connection that ran something. */
  readonly statements: readonly (readonly Bar[])[];
  /** Tables that were locked strongly or where somebody stalled: those that were shut out longest first. */
  readonly tables: readonly TableLane[];
}

/** What the chart shows of a recording. Pure: no names are shortened and nothing is left out here. */
export function layLanes(recording: Recording, traffic: TrafficReport | undefined): Lanes {
  const { statements } = recording;
  const stalls = traffic?.stalls ?? [];
  const ends = [...statements.map(({ endedMs }) => endedMs), ...recording.locks.map(({ releasedMs }) => releasedMs), ...stalls.map(({ toMs }) => toMs)];
  const begins = [...statements.map(({ startedMs }) => startedMs), ...stalls.map(({ fromMs }) => fromMs)];
  return {
    fromMs: begins.reduce((first, ms) => Math.min(first, ms), recording.endedMs),
    toMs: ends.reduce((last, ms) => Math.max(last, ms), 0),
    statements: recording.connections
      .map(({ id }) => statements.filter(({ connection }) => connection === id).map(statementBar))
      .filter((bars) => bars.length > 0),
    tables: tableLanes(recording, stalls),
  };
}

function statementBar(statement: RecordedStatement): Bar {
  const { startedMs: fromMs, endedMs: toMs, error } = statement;
  return { kind: error === undefined ? 'statement' : 'failed-statement', fromMs, toMs, statement };
}

function tableLanes({ locks, relations }: Recording, stalls: readonly Stall[]): readonly TableLane[] {
  const byOid = new Map(relations.map((relation) => [relation.oid, relation]));
  const lanes = new Map<string, { locks: Bar[]; stalls: Bar[] }>();
  const sequences = new Set<string>();
  const lane = (name: string) => {
    const known = lanes.get(name) ?? { locks: [], stalls: [] };
    lanes.set(name, known);
    return known;
  };
  for (const lock of locks) {
    const table = tableOf(byOid, lock.relation);
    // A table that the migrations made themselves keeps nobody waiting.
    if (!isStrong(lock.mode) || table?.existedBefore === false) continue;
    const name = table === undefined ? `relation ${lock.relation}` : shownName(table);
    lane(name).locks.push(...lockBars(lock));
    if (table?.kind === 'sequence') sequences.add(name);
  }
  for (const stall of stalls) {
    const relation = relations.find(({ name, nameAfter }) => stall.table !== undefined && [name, nameAfter].includes(stall.table));
    lane(relation === undefined ? (stall.table ?? stall.session) : shownName(relation)).stalls.push({
      ...{ kind: 'stall', fromMs: stall.fromMs, toMs: stall.toMs, stall },
    });
  }
  // A sequence is locked with the table that it belongs to, and says nothing new.
  const rank = ({ name }: TableLane) => Number(sequences.has(name));
  return [...lanes].map(([name, bars]) => ({ name, ...bars, worst: worstOf(bars.locks) })).sort((a, b) => rank(a) - rank(b) || byHarm(a, b));
}

/** Locks of an index or of a table's toast are the table's. */
function tableOf(relations: ReadonlyMap<number, RecordedRelation>, oid: number): RecordedRelation | undefined {
  const relation = relations.get(oid);
  return relation?.table === undefined ? relation : (relations.get(relation.table) ?? relation);
}

function shownName({ name, nameAfter }: RecordedRelation): string {
  return nameAfter === undefined || nameAfter === name ? name : `${name} → ${nameAfter}`;
}

function lockBars(lock: LockInterval): readonly Bar[] {
  const { requestedMs, grantedMs, releasedMs, mode } = lock;
  const held = { kind: whatItBlocks(mode) === 'writing' ? 'blocks-writing' : 'blocks-all', toMs: releasedMs, lock } as const;
  if (grantedMs === undefined) return [{ kind: 'waiting', fromMs: requestedMs, toMs: releasedMs, lock }];
  const waited: readonly Bar[] = grantedMs > requestedMs ? [{ kind: 'waiting', fromMs: requestedMs, toMs: grantedMs, lock }] : [];
  return [...waited, { ...held, fromMs: grantedMs }];
}

function worstOf(bars: readonly Bar[]): TableLane['worst'] {
  const longest = (kind: Bar['kind']) => bars.reduce((most, bar) => (bar.kind === kind ? Math.max(most, bar.toMs - bar.fromMs) : most), -1);
  const all = longest('blocks-all');
  if (all >= 0) return { blocks: 'reading and writing', ms: all };
  const writing = longest('blocks-writing');
  return writing >= 0 ? { blocks: 'writing', ms: writing } : undefined;
}

function byHarm(a: TableLane, b: TableLane): number {
  const stalled = (lane: TableLane) => lane.stalls.reduce((most, { fromMs, toMs }) => Math.max(most, toMs - fromMs), 0);
  return stalled(b) - stalled(a) || (b.worst?.ms ?? 0) - (a.worst?.ms ?? 0) || (a.name < b.name ? -1 : 1);
}
