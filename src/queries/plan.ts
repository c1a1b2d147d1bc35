import { countOf } from '../core/count-of.ts';
import type { PlanScan, QueryPlan } from '../core/queries.ts';

/** A node as `EXPLAIN (VERBOSE, FORMAT JSON)` gives it; what isn't used is left out. */
export interface PlanNode {
  readonly 'Node Type': string;
  readonly Operation?: string;
  readonly 'Parent Relationship'?: string;
  readonly 'Subplan Name'?: string;
  readonly 'Join Type'?: string;
  readonly 'Relation Name'?: string;
  readonly Schema?: string;
  readonly Alias?: string;
  readonly 'Index Name'?: string;
  readonly 'Index Cond'?: string;
  readonly Filter?: string;
  readonly 'Total Cost': number;
  readonly 'Plan Rows': number;
  readonly Output?: readonly string[];
  readonly Plans?: readonly PlanNode[];
}

/** More nodes than a person reads. */
const linesShown = 30;

/** What is compared and shown of a plan. */
export function planOf(root: PlanNode): QueryPlan {
  const scans = new Map<string, { readonly scan: Omit<PlanScan, 'indexes'>; readonly indexes: Set<string> }>();
  const tables = new Map<string, QueryPlan['tables'][number]>();
  visit(root, (node) => {
    const { 'Relation Name': table, Schema: schema } = node;
    if (table === undefined || schema === undefined) return;
    tables.set(JSON.stringify([schema, table]), { schema, table });
    if (node['Node Type'] === 'ModifyTable') return;
    const scan = { node: node['Node Type'], schema, table };
    const key = JSON.stringify(scan);
    const known = scans.get(key) ?? { scan, indexes: new Set() };
    scans.set(key, known);
    // The indexes of a bitmap scan stand in nodes below it.
    visit(node, (below) => {
      if (below['Index Name'] !== undefined && (below === node || below['Relation Name'] === undefined)) known.indexes.add(below['Index Name']);
    });
  });
  const lines = linesOf(root, 0);
  return {
    totalCost: root['Total Cost'],
    scans: [...scans.values()].map(({ scan, indexes }) => ({ ...scan, indexes: [...indexes].sort() })),
    tables: [...tables.values()],
    lines: lines.length <= linesShown ? lines : [...lines.slice(0, linesShown), `… ${lines.length - linesShown} more nodes`],
  };
}

/** Calls back for a node and all below it. */
export function visit(node: PlanNode, see: (node: PlanNode) => void): void {
  see(node);
  for (const below of node.Plans ?? []) visit(below, see);
}

function linesOf(node: PlanNode, depth: number): readonly string[] {
  const { Schema: schema, 'Relation Name': table, 'Index Name': index, Alias: alias } = node;
  const name = node['Node Type'] === 'ModifyTable' ? (node.Operation ?? 'ModifyTable') : node['Node Type'];
  const what = [
    name,
    ...(index === undefined ? [] : [`using ${index}`]),
    ...(table === undefined ? [] : [`on ${schema}.${table}${alias === undefined || alias === table ? '' : ` ${alias}`}`]),
    `(cost ${Math.round(node['Total Cost']).toLocaleString('en-US')}, ${countOf(Math.round(node['Plan Rows']), 'row')})`,
  ].join(' ');
  const condition = node['Index Cond'] ?? node.Filter;
  const indent = '  '.repeat(depth);
  return [
    `${indent}${what}`,
    ...(condition === undefined ? [] : [`${indent}    ${node['Index Cond'] === undefined ? 'filter' : 'index'} ${condition}`]),
    ...(node.Plans ?? []).flatMap((below) => linesOf(below, depth + 1)),
  ];
}
