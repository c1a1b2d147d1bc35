import type { QueryWrite } from '../core/queries.ts';
import { type PlanNode, visit } from './plan.ts';
import type { TablePlace } from './table-places.ts';

/** Which tables a query writes, and by which rules of theirs it could have been turned into something else. */
export function queryWrites(root: PlanNode, places: ReadonlyMap<string, TablePlace>): readonly QueryWrite[] {
  const writes: QueryWrite[] = [];
  visit(root, (node) => {
    if (node['Node Type'] !== 'ModifyTable') return;
    const { Schema: schema = '', 'Relation Name': table = '', Operation: operation = '' } = node;
    const place = places.get(`${schema}.${table}`);
    if (place !== undefined)
      writes.push({ oid: place.oid, table: `${schema}.${table}`, operation, rules: rulesOf(place, operation), triggers: triggersOf(place, operation) });
  });
  return writes;
}

function rulesOf({ rules }: TablePlace, operation: string): readonly string[] {
  return rules.filter((rule) => rule.operation === operation.toLowerCase()).map(({ name }) => name);
}

function triggersOf({ triggers }: TablePlace, operation: string): QueryWrite['triggers'] {
  return triggers.filter(({ operations }) => operations.includes(operation.toLowerCase())).map(({ name, body }) => ({ name, body }));
}

/** A rule that has one of these writes do something else, and that wasn't there elsewhere. Undefined where there is none. */
export function newRule(elsewhere: readonly QueryWrite[], places: ReadonlyMap<string, TablePlace>): string | undefined {
  const byOid = new Map([...places].map(([name, place]) => [place.oid, { name, place }]));
  for (const { oid, operation, rules } of elsewhere) {
    const here = byOid.get(oid);
    const rule = here === undefined ? undefined : rulesOf(here.place, operation).find((name) => !rules.includes(name));
    if (rule !== undefined) return `rule ${rule} has ${operation.toUpperCase()} on ${here?.name} do something else`;
  }
  return undefined;
}
