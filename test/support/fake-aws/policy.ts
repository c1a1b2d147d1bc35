/** An IAM policy, as its JSON: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html. */
export interface PolicyDocument {
  readonly Version?: string;
  readonly Statement: readonly Statement[] | Statement;
}

interface Statement {
  readonly Sid?: string;
  readonly Effect: string;
  readonly Action?: OneOrMore;
  readonly NotAction?: OneOrMore;
  readonly Resource?: OneOrMore;
  readonly NotResource?: OneOrMore;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, OneOrMore>>>>;
}

type OneOrMore = string | readonly string[];

/** What one call needs of one resource; a call may need several of these. */
export interface Need {
  /** `rds:DeleteDBInstance`. */
  readonly action: string;
  readonly resource: string;
  /** Condition keys that are known for it: `aws:ResourceTag/owner`, `aws:RequestTag/owner`, `aws:TagKeys` … Names are compared without regard to case. */
  readonly keys: Readonly<Record<string, OneOrMore>>;
}

/**
 * Whether a policy allows what a call needs, by https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html: what is denied is denied,
 * and what isn't allowed neither is allowed. An operator that isn't known here is an error, never a yes.
 */
export function decide(policy: PolicyDocument, need: Need): 'allowed' | 'denied' | 'not-allowed' {
  const statements = many(policy.Statement).filter((statement) => applies(statement, need));
  if (statements.some(({ Effect }) => Effect === 'Deny')) return 'denied';
  return statements.some(({ Effect }) => Effect === 'Allow') ? 'allowed' : 'not-allowed';
}

/** The sentence that AWS refuses with. */
export function refusalOf(who: string, need: Need, decided: 'denied' | 'not-allowed'): string {
  const because =
    decided === 'denied' ? 'with an explicit deny in an identity-based policy' : `because no identity-based policy allows the ${need.action} action`;
  return `User: ${who} is not authorized to perform: ${need.action} on resource: ${need.resource} ${because}`;
}

function applies(statement: Statement, need: Need): boolean {
  const { Action, NotAction, Resource, NotResource, Condition } = statement;
  // Actions are compared without regard to case, resources with it.
  const action = need.action.toLowerCase();
  const acts = (pattern: string) => isLike(action, pattern.toLowerCase());
  const names = (pattern: string) => isLike(need.resource, filled(pattern, need));
  const hasAction = Action !== undefined ? many(Action).some(acts) : NotAction !== undefined && !many(NotAction).some(acts);
  const hasResource = Resource !== undefined ? many(Resource).some(names) : NotResource !== undefined && !many(NotResource).some(names);
  return hasAction && hasResource && Object.entries(Condition ?? {}).every(([operator, keys]) => holds(operator, keys, need));
}

function holds(operator: string, keys: Readonly<Record<string, OneOrMore>>, need: Need): boolean {
  return Object.entries(keys).every(([key, wanted]) => {
    const known = valuesOf(key, need);
    const values = many(wanted).map((value) => filled(String(value), need));
    if (operator === 'Null') return values.some((value) => (value === 'true') === (known === undefined));
    const { quantifier, name, ifExists } = readOperator(operator);
    if (known === undefined) return ifExists || quantifier === 'all' || (quantifier === undefined && name.includes('Not'));
    const compare = comparisons[name];
    if (compare === undefined) throw new Error(`the stand-in for IAM doesn't know the operator ${operator}`);
    const fits = (value: string) =>
      name.includes('Not') ? values.every((pattern) => !compare(value, pattern)) : values.some((pattern) => compare(value, pattern));
    return quantifier === 'all' ? known.every(fits) : known.some(fits);
  });
}

const comparisons: Readonly<Record<string, (value: string, pattern: string) => boolean>> = {
  StringEquals: (value, pattern) => value === pattern,
  StringNotEquals: (value, pattern) => value === pattern,
  StringEqualsIgnoreCase: (value, pattern) => value.toLowerCase() === pattern.toLowerCase(),
  StringLike: isLike,
  StringNotLike: isLike,
  ArnEquals: isLike,
  ArnLike: isLike,
  Bool: (value, pattern) => value.toLowerCase() === pattern.toLowerCase(),
};

function readOperator(operator: string): { readonly quantifier: 'any' | 'all' | undefined; readonly name: string; readonly ifExists: boolean } {
  const [first, rest] = operator.split(':');
  const quantifier = first === 'ForAllValues' ? 'all' : first === 'ForAnyValue' ? 'any' : undefined;
  const name = (quantifier === undefined ? first : rest) ?? '';
  return { quantifier, name: name.replace(/IfExists$/, ''), ifExists: name.endsWith('IfExists') };
}

/** Variables such as `${aws:userid}`; one whose key isn't known can match nothing. */
function filled(pattern: string, need: Need): string {
  return pattern.replace(/\$\{([^}]+)\}/g, (whole, key: string) => valuesOf(key, need)?.[0] ?? whole);
}

function valuesOf(key: string, need: Need): readonly string[] | undefined {
  const found = Object.entries(need.keys).find(([name]) => name.toLowerCase() === key.toLowerCase());
  return found === undefined ? undefined : many(found[1]);
}

function isLike(value: string, pattern: string): boolean {
  const escaped = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${escaped}$`, 's').test(value);
}

function many<T>(value: T | readonly T[]): readonly T[] {
  return Array.isArray(value) ? value : [value as T];
}
