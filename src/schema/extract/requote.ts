import { quotedKeywords } from '../../sql/keywords.ts';
import { identifierOf } from '../../sql/quote.ts';
import { isBlank, scan } from '../../sql/scan.ts';
import { StatementReader } from '../text/statement-reader.ts';

/** Names that no server quotes, as nearly all are: `public.invoice.total`, `invoice_pkey on public.invoice`, `public.f(integer)`. What stands in parentheses stays. */
const bare = /^([a-z_0-9. ]+)(?:\([a-z_0-9,. [\]]*\))?$/;

/**
 * The name of an object in the quoting of this program. Servers quote by the keywords of their own major, and pg_dump by those of its own, so that
 * the same name may come in two forms.
 *
 * @example requoted('"offset" on public.system_user') // "offset" on public."system_user"
 */
export function requoted(name: string): string {
  const words = bare.exec(name)?.[1]?.split(/[. ]/);
  if (words?.every((word) => word === 'on' || !quotedKeywords.has(word))) return name;
  return splitAtOn(name).map(requotedPart).join(' on ');
}

/** A name may hold ` on ` itself, in quotes. */
function splitAtOn(name: string): readonly string[] {
  const parts: string[] = [];
  let from = 0;
  for (const token of scan(name)) {
    if (isBlank(token.kind) || token.kind !== 'word' || identifierOf(name, token) !== 'on') continue;
    parts.push(name.slice(from, token.start).trim());
    from = token.end;
  }
  return [...parts, name.slice(from).trim()];
}

/** `a.b` or `a.f(integer)`; anything else stays as it is. */
function requotedPart(part: string): string {
  const reader = new StatementReader(part);
  const name = reader.qualifiedName();
  if (name === undefined) return part;
  if (reader.done) return name;
  const rest = reader.peekRest();
  return reader.group() !== undefined && reader.done ? name + rest : part;
}

/** Keywords that some of the majors know and others don't, so that a name like them is quoted by some servers only. */
const disputed = [
  ...['system_user', 'merge_action', 'json', 'json_array', 'json_arrayagg', 'json_exists', 'json_object', 'json_objectagg', 'json_query', 'json_scalar'],
  ...['json_serialize', 'json_table', 'json_value', 'normalize'],
];
const disputedInQuotes = new RegExp(`"(?:${disputed.join('|')})"`);

/**
 * A value without quotes around names that only servers of some majors quote: for the comparison of two majors. String constants stay as they are.
 *
 * @example withoutDisputedQuotes('PRIMARY KEY ("system_user")') // PRIMARY KEY (system_user)
 */
export function withoutDisputedQuotes(value: string): string {
  if (!disputedInQuotes.test(value)) return value;
  return [...scan(value)]
    .map((token) => {
      const text = value.slice(token.start, token.end);
      return token.kind === 'quoted-identifier' && disputed.includes(text.slice(1, -1)) ? text.slice(1, -1) : text;
    })
    .join('');
}
