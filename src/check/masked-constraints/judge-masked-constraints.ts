import type { CheckOutcome } from '../../core/check-outcome.ts';
import { type Finding, findingId } from '../../core/finding.ts';
import { conclude } from '../conclude.ts';
import { showCount } from '../show-count.ts';
import { maskedConstraints } from './about.ts';
import type { MaskedConstraint, MaskedState } from './read-masked-state.ts';

/**
 * Names constraints that the migrations added and that were checked over masked rows only, where production's own could break them. A hash or a fake
 * keeps equal values equal and different ones different, so that it says the truth of uniqueness and of foreign keys. Undefined when there is nothing to tell.
 */
export function judgeMaskedConstraints(before: MaskedState, after: MaskedState): CheckOutcome | undefined {
  const startedAt = performance.now();
  const known = new Set(before.constraints.map(({ oid }) => oid));
  const strategies = new Map(after.attributes.map(({ name, strategy }) => [name, strategy]));
  const added = after.constraints.filter((constraint) => !known.has(constraint.oid) && !keepsAnswer(constraint, strategies));
  if (added.length === 0) return undefined;
  return conclude({
    gate: maskedConstraints.check,
    phase: maskedConstraints.phase,
    required: true,
    couldFail: false,
    proof: 'production’s own values were not there',
    summary: `${showCount(added.length, 'new constraint')} checked over masked rows only: ${added.map(({ name, table }) => `${name} on ${table}`).join(', ')}.`,
    findings: added.map((constraint) => finding(constraint, strategies)),
    startedAt,
  });
}

function keepsAnswer({ kind, partial, columns }: MaskedConstraint, strategies: ReadonlyMap<string, string>): boolean {
  if (kind === 'check' || kind === 'exclusion' || partial) return false;
  return columns.every((name) => /^(hash|fake:)/.test(strategies.get(name) ?? ''));
}

function finding({ kind, name, table, definition, expression, columns }: MaskedConstraint, strategies: ReadonlyMap<string, string>): Finding {
  const object = { kind: kind === 'unique' ? 'index' : 'constraint', name: `${name} on ${table}` };
  const masks = columns.map((column) => `${column} by ${strategies.get(column) ?? 'a mask'}`).join(', ');
  return {
    id: findingId(maskedConstraints.check, object),
    check: maskedConstraints.check,
    phase: maskedConstraints.phase,
    severity: 'doubt',
    rootCause: 'data-loss',
    object,
    title: `Production’s rows may break ${name} on ${table}: it was checked over masked values only`,
    detail: `Masked are ${masks}. ${maskedConstraints.effect}`,
    actual: definition,
    cure: maskedConstraints.cure,
    ...(expression === null ? {} : { showSql: `select count(*) from ${table} where not (${expression});` }),
  };
}
