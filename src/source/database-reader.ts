import type { LocaleSettings } from '../core/server.ts';
import type { SourceFacts } from '../core/source-facts.ts';
import { type SignificantToken, significantTokens } from '../sql/significant-tokens.ts';
import { hideSecretSettings } from './hide-secret-settings.ts';
import { literalValue, storedSetting } from './literal-value.ts';

type Grants = NonNullable<SourceFacts['databaseGrants']>;

/** Reads the statements about the database itself, which only `pg_dump --create` writes. */
export class DatabaseReader {
  name: string | undefined;
  owner = '';
  comment: string | undefined;
  locale: Partial<LocaleSettings> | undefined;
  readonly settings: string[] = [];
  readonly hidden: string[] = [];
  #grants: Grants | undefined;

  /** What the ACL statements amount to; undefined when there were none: then it is what a new database has. */
  get grants(): Grants | undefined {
    return this.#grants;
  }

  /** True when the statement was about a database. */
  take(statement: string): boolean {
    if (!/^(create|alter|drop|comment|grant|revoke|security)\b[^']*\bdatabase\b/i.test(statement)) return false;
    const tokens = significantTokens(statement);
    const [verb, second] = tokens.map((token) => token.keyword);
    if (verb === 'GRANT' || verb === 'REVOKE') return this.#takeAcl(verb, tokens);
    if (verb === 'COMMENT') {
      if (tokens[2]?.keyword !== 'DATABASE') return false;
      const text = tokens.at(-1);
      if (text?.kind === 'string') this.comment = literalValue(text);
      return true;
    }
    if (second !== 'DATABASE') return verb === 'SECURITY' && tokens.some((token) => token.keyword === 'DATABASE');
    if (verb === 'CREATE') {
      this.name = tokens[2]?.name;
      this.locale = readLocale(tokens.slice(3));
    }
    if (verb === 'ALTER') this.#takeAlter(tokens.slice(3));
    return true;
  }

  #takeAlter(tokens: readonly SignificantToken[]): void {
    if (tokens[0]?.keyword === 'OWNER') this.owner = tokens[2]?.name ?? '';
    if (tokens[0]?.keyword !== 'SET' || tokens[1]?.keyword === 'TABLESPACE') return;
    const setting = storedSetting(tokens.slice(1));
    if (setting === undefined) return;
    const { settings, hidden } = hideSecretSettings([setting]);
    this.settings.push(...settings);
    this.hidden.push(...hidden.map((name) => `${name} of the database`));
  }

  #takeAcl(verb: string, tokens: readonly SignificantToken[]): boolean {
    const on = tokens.findIndex((token) => token.keyword === 'ON');
    if (tokens[on + 1]?.keyword !== 'DATABASE') return false;
    const all = ['CONNECT', 'CREATE', 'TEMPORARY'];
    const words = tokens.slice(1, on).map((token) => token.keyword);
    const privileges = words.includes('ALL') ? all : words.map((word) => (word === 'TEMP' ? 'TEMPORARY' : word)).filter((word) => all.includes(word));
    const to = tokens.findLastIndex((token) => token.keyword === 'TO' || token.keyword === 'FROM');
    const names = tokens.slice(to + 1).filter((token) => token.name !== undefined && !['WITH', 'GRANT', 'OPTION', 'GRANTED', 'BY'].includes(token.keyword));
    const grantable = tokens.slice(to).some((token) => token.keyword === 'OPTION');
    const initial: Grants = [
      { grantee: '', privilege: 'CONNECT', grantable: false },
      { grantee: '', privilege: 'TEMPORARY', grantable: false },
    ];
    let grants = this.#grants ?? initial;
    for (const token of names) {
      const grantee = token.keyword === 'PUBLIC' ? '' : (token.name ?? '');
      grants = grants.filter((grant) => grant.grantee !== grantee || !privileges.includes(grant.privilege));
      if (verb === 'GRANT') grants = [...grants, ...privileges.map((privilege) => ({ grantee, privilege, grantable }))];
    }
    this.#grants = grants;
    return true;
  }
}

/** `WITH TEMPLATE = template0 ENCODING = 'UTF8' LOCALE_PROVIDER = icu LOCALE = 'C' ICU_LOCALE = 'de'`. */
function readLocale(tokens: readonly SignificantToken[]): Partial<LocaleSettings> {
  const value = (word: string) => {
    const at = tokens.findIndex((token, index) => token.keyword === word && tokens[index + 1]?.text === '=');
    const found = tokens[at + 2];
    return at === -1 || found === undefined ? undefined : literalValue(found);
  };
  const encoding = value('ENCODING');
  const locale = value('LOCALE');
  const collate = value('LC_COLLATE') ?? locale;
  const ctype = value('LC_CTYPE') ?? locale;
  const provider = value('LOCALE_PROVIDER');
  const providerLocale = value('ICU_LOCALE') ?? value('BUILTIN_LOCALE');
  const icuRules = value('ICU_RULES');
  return {
    ...(encoding === undefined ? {} : { encoding }),
    ...(collate === undefined ? {} : { collate }),
    ...(ctype === undefined ? {} : { ctype }),
    ...(provider === 'icu' || provider === 'builtin' || provider === 'libc' ? { provider } : {}),
    ...(providerLocale === undefined ? {} : { providerLocale }),
    ...(icuRules === undefined ? {} : { icuRules }),
  };
}
