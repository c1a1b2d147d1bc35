import { significantTokens } from '../../sql/significant-tokens.ts';
import { describeStatement } from './describe-statement.ts';

/** What is done with a statement so that nothing on a copy can reach out to production's neighbours. */
export type OutboundDecision =
  | { readonly kind: 'keep'; readonly text: string }
  | { readonly kind: 'changed'; readonly text: string; readonly note: string }
  | { readonly kind: 'dropped'; readonly note: string };

/** A connection string that leads nowhere: `.invalid` never resolves (RFC 2606). */
const nowhere = "'host=removed.invalid'";

/**
 * User mappings (the way into foreign servers, with passwords) are left out. Subscriptions exist, but disabled, without a slot, and
 * pointing nowhere: they would pull changes into the copy, and dropping the copy would drop production's slot.
 */
export function withoutOutboundEffects(statement: string): OutboundDecision {
  if (!/mapping|subscription/i.test(statement)) return { kind: 'keep', text: statement };
  const { verb, kind, name, action } = describeStatement(statement);
  if (kind === 'user mapping' && (verb === 'CREATE' || verb === 'ALTER')) {
    return { kind: 'dropped', note: `user mapping for ${name} was left out on purpose: a copy must not reach foreign servers` };
  }
  if (kind !== 'subscription') return { kind: 'keep', text: statement };
  if (verb === 'ALTER' && /^(ENABLE|REFRESH|CONNECTION)/.test(action)) {
    return { kind: 'dropped', note: `alter subscription ${name} ${action.toLowerCase()} was left out on purpose: a copy must not subscribe` };
  }
  if (verb !== 'CREATE') return { kind: 'keep', text: statement };
  return { kind: 'changed', text: disconnected(statement), note: `subscription ${name} was made without connection and slot on purpose` };
}

/** `CREATE SUBSCRIPTION s CONNECTION '…' PUBLICATION p WITH (connect = false, slot_name = 's')` with the connection and slot replaced. */
function disconnected(statement: string): string {
  const tokens = significantTokens(statement);
  const edits: { start: number; end: number; text: string }[] = [];
  let optionsAt: number | undefined;
  const seen = new Set<string>();
  tokens.forEach((token, index) => {
    const next = tokens[index + 1];
    const value = tokens[index + 2];
    if (token.keyword === 'CONNECTION' && next?.kind === 'string') edits.push({ start: next.start, end: next.end, text: nowhere });
    if (token.keyword === 'WITH' && next?.text === '(') optionsAt = next.end;
    if (optionsAt === undefined || next?.text !== '=' || value === undefined) return;
    const name = token.name?.toLowerCase() ?? '';
    const forced = forcedOptions.get(name);
    if (forced === undefined) return;
    seen.add(name);
    edits.push({ start: value.start, end: value.end, text: forced });
  });
  const missing = [...forcedOptions].filter(([name]) => !seen.has(name) && name === 'connect').map(([name, value]) => `${name} = ${value}`);
  if (!seen.has('slot_name')) missing.push('slot_name = NONE');
  if (optionsAt !== undefined && missing.length > 0) edits.push({ start: optionsAt, end: optionsAt, text: `${missing.join(', ')}, ` });
  let text = statement;
  for (const edit of edits.sort((left, right) => right.start - left.start)) text = text.slice(0, edit.start) + edit.text + text.slice(edit.end);
  return optionsAt === undefined ? `${text} WITH (${missing.join(', ')})` : text;
}

const forcedOptions = new Map([
  ['connect', 'false'],
  ['slot_name', 'NONE'],
  ['enabled', 'false'],
  ['create_slot', 'false'],
  ['copy_data', 'false'],
]);
