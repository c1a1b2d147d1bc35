import { type Failure, failure } from '../../../core/failure.ts';
import { fail, ok, type Result } from '../../../core/result.ts';

/** Parameters by libpq's names, as they were written. */
export type Parameters = ReadonlyMap<string, string>;

const form = 'Write it as postgres://user@host:5432/database or as host=… dbname=… user=…';

function wrong(sentence: string, cure = form): { readonly ok: false; readonly failure: Failure } {
  // The text itself is never quoted: it may hold a password, also in a wrong place.
  return fail(failure('usage', `the connection string is not understood: ${sentence}`, { cure }));
}

/** Takes a connection string apart. An empty one is allowed: everything then comes from the environment. */
export function readConnectionString(text: string): Result<Parameters> {
  const uri = /^postgres(?:ql)?:\/\//.exec(text);
  if (uri !== null) return readUri(text.slice(uri[0].length));
  if (text.trim() === '') return ok(new Map());
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return wrong('it is a URL, but not of Postgres');
  return text.includes('=') ? readPairs(text) : wrong('it is neither a URL nor key=value pairs');
}

/** `[user[:password]@][host][:port][/database][?name=value&…]`, as libpq reads it. */
function readUri(text: string): Result<Parameters> {
  const found = new Map<string, string>();
  const [authorityAndPath = '', ...queries] = text.split('?');
  const slash = authorityAndPath.indexOf('/');
  const authority = slash < 0 ? authorityAndPath : authorityAndPath.slice(0, slash);
  const path = slash < 0 ? undefined : authorityAndPath.slice(slash + 1);
  const at = authority.indexOf('@');
  const [user, password] = at < 0 ? [] : splitAtFirst(authority.slice(0, at), ':');
  const place = authority.slice(at + 1);
  if (place.includes('@') || path?.includes('@')) {
    return wrong(
      'there is more than one @, or a / before it',
      'In a URL, write @ in user and password as %40, / as %2F, : as %3A, ? as %3F, # as %23, % as %25.',
    );
  }
  const placed = /^(\[[^\]]*\]|[^:]*)(?::(.*))?$/.exec(place);
  if (placed === null) return place.includes(',') ? hostList() : wrong('host and port can’t be told apart', 'Write an IPv6 address in brackets: [::1].');
  const raw: [string, string | undefined][] = [
    ['user', user],
    ['password', password],
    ['host', placed[1]?.replace(/^\[(.*)\]$/, '$1')],
    ['port', placed[2]],
    ['dbname', path],
  ];
  for (const pair of queries.join('?').split('&')) {
    if (pair === '') continue;
    const [name = '', value] = splitAtFirst(pair, '=');
    if (value === undefined) return wrong('a parameter after the ? has no value', 'In a URL, write & as %26, = as %3D and ? as %3F.');
    raw.push([name, value]);
  }
  for (const [name, value] of raw) {
    if (value === undefined || value === '') continue;
    const [key, decoded] = [decode(name), decode(value)];
    if (key === undefined || decoded === undefined) return wrong('a % is not followed by two hexadecimal digits', 'In a URL, write % as %25.');
    found.set(key === 'ssl' && decoded === 'true' ? 'sslmode' : key, key === 'ssl' && decoded === 'true' ? 'require' : decoded);
  }
  return ok(found);
}

function hostList(): ReturnType<typeof wrong> {
  return wrong('it names several hosts', 'Name one host: the replica to read from.');
}

function splitAtFirst(text: string, mark: string): [string, string | undefined] {
  const at = text.indexOf(mark);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + mark.length)];
}

function decode(text: string): string | undefined {
  if (/%(?![0-9a-f]{2})|%00/i.test(text)) return undefined;
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** `name = value name='a value'`; in and out of quotes a backslash takes the next character as it is. */
function readPairs(text: string): Result<Parameters> {
  const found = new Map<string, string>();
  const pair = /\s*([^\s=]+)\s*=\s*(?:'((?:[^'\\]|\\.)*)'(?=\s|$)|((?:[^\s'\\]|\\.)(?:[^\s\\]|\\.)*)?(?=\s|$))\s*/sy;
  while (pair.lastIndex < text.length) {
    const from = pair.lastIndex;
    const match = pair.exec(text);
    if (match === null || pair.lastIndex === from)
      return wrong('a pair is not of the form name=value', "Quote a value with blanks: password='a b'. Inside, write ' as \\' and \\ as \\\\.");
    const [, name = '', quoted, bare] = match;
    const value = (quoted ?? bare ?? '').replace(/\\(.)/gs, '$1');
    if (value !== '') found.set(name, value);
  }
  return ok(found);
}

/** Several hosts can't be the one source that a run is about. */
export function refuseHostList(parameters: Parameters): Failure | undefined {
  const isList = ['host', 'hostaddr', 'port'].some((name) => parameters.get(name)?.includes(','));
  const refused = hostList();
  return isList ? refused.failure : undefined;
}
