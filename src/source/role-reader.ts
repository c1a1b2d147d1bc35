import type { RoleFacts, RoleMembership } from '../core/source-facts.ts';
import { type SignificantToken, significantTokens } from '../sql/significant-tokens.ts';
import { hideSecretSettings } from './hide-secret-settings.ts';
import { literalValue, storedSetting } from './literal-value.ts';

type Draft = { -readonly [Key in keyof RoleFacts]: RoleFacts[Key] };

const flags = new Map<
  string,
  readonly [keyof Pick<RoleFacts, 'superuser' | 'inherit' | 'createRole' | 'createDb' | 'canLogin' | 'replication' | 'bypassRls'>, boolean]
>(
  Object.entries({
    SUPERUSER: ['superuser', true],
    NOSUPERUSER: ['superuser', false],
    INHERIT: ['inherit', true],
    NOINHERIT: ['inherit', false],
    CREATEROLE: ['createRole', true],
    NOCREATEROLE: ['createRole', false],
    CREATEDB: ['createDb', true],
    NOCREATEDB: ['createDb', false],
    LOGIN: ['canLogin', true],
    NOLOGIN: ['canLogin', false],
    REPLICATION: ['replication', true],
    NOREPLICATION: ['replication', false],
    BYPASSRLS: ['bypassRls', true],
    NOBYPASSRLS: ['bypassRls', false],
  } as const),
);

/** What is known of a role of which only the name is known: what CREATE ROLE gives. */
export function plainRole(name: string): RoleFacts {
  return {
    name,
    superuser: false,
    inherit: true,
    createRole: false,
    createDb: false,
    canLogin: false,
    replication: false,
    bypassRls: false,
    connectionLimit: -1,
    settings: {},
  };
}

/** Reads the statements of `pg_dumpall --roles-only`, in whatever script they stand. Passwords are passed over. */
export class RoleReader {
  readonly hidden: string[] = [];
  readonly #roles = new Map<string, Draft>();
  readonly #memberships: RoleMembership[] = [];

  get roles(): readonly RoleFacts[] {
    return [...this.#roles.values()].filter((role) => !role.name.startsWith('pg_'));
  }

  get memberships(): readonly RoleMembership[] {
    return this.#memberships.filter((grant) => !grant.member.startsWith('pg_'));
  }

  /** True when the statement was about roles and nothing else. */
  take(statement: string): boolean {
    if (!/^(create|alter|drop|grant|revoke|comment)\b/i.test(statement)) return false;
    const tokens = significantTokens(statement);
    const [verb, kind] = tokens.map((token) => token.keyword);
    if (verb === 'GRANT' || verb === 'REVOKE') {
      if (tokens.some((token) => token.keyword === 'ON')) return false;
      if (verb === 'GRANT') this.#takeGrant(tokens);
      return true;
    }
    if (verb === 'COMMENT') {
      const name = tokens[3]?.name;
      const text = tokens.at(-1);
      if (tokens[2]?.keyword !== 'ROLE' || name === undefined || text === undefined) return false;
      if (text.kind === 'string') this.#role(name).comment = literalValue(text);
      return true;
    }
    const name = tokens[2]?.name;
    if (!['ROLE', 'USER', 'GROUP'].includes(kind ?? '') || name === undefined || tokens[2]?.keyword === 'MAPPING') return false;
    if (verb === 'CREATE') {
      this.#role(name).canLogin = kind === 'USER';
      this.#takeOptions(name, tokens.slice(3));
    }
    if (verb === 'ALTER') this.#takeAlter(name, tokens.slice(3));
    return true;
  }

  #role(name: string): Draft {
    const role = this.#roles.get(name) ?? { ...plainRole(name) };
    this.#roles.set(name, role);
    return role;
  }

  #takeOptions(name: string, tokens: readonly SignificantToken[]): void {
    const role = this.#role(name);
    tokens.forEach((token, index) => {
      const flag = flags.get(token.keyword);
      if (flag !== undefined) role[flag[0]] = flag[1];
      if (token.keyword === 'LIMIT')
        role.connectionLimit = Number(
          tokens
            .slice(index + 1, index + 3)
            .map((part) => part.text)
            .join('')
            .match(/^-?\d+/)?.[0] ?? -1,
        );
      const until = token.keyword === 'UNTIL' ? tokens[index + 1] : undefined;
      if (until !== undefined) role.validUntil = literalValue(until);
    });
  }

  #takeAlter(name: string, tokens: readonly SignificantToken[]): void {
    const inDatabase = tokens[0]?.keyword === 'IN' && tokens[1]?.keyword === 'DATABASE';
    const rest = inDatabase ? tokens.slice(3) : tokens;
    if (rest[0]?.keyword !== 'SET') {
      if (rest[0]?.keyword !== 'RESET') this.#takeOptions(name, rest);
      return;
    }
    const setting = storedSetting(rest.slice(1));
    if (setting === undefined) return;
    const role = this.#role(name);
    const { settings, hidden } = hideSecretSettings([setting]);
    this.hidden.push(...hidden.map((hiddenName) => `${hiddenName} of role ${name}`));
    const key = inDatabase ? (tokens[2]?.name ?? '') : '';
    role.settings = { ...role.settings, [key]: [...(role.settings[key] ?? []), ...settings] };
  }

  /** `GRANT a TO b [WITH ADMIN OPTION | WITH ADMIN OPTION, INHERIT FALSE, SET TRUE] [GRANTED BY c]`, lists on both sides allowed. */
  #takeGrant(tokens: readonly SignificantToken[]): void {
    const to = tokens.findIndex((token) => token.keyword === 'TO');
    const rest = tokens.slice(to + 1);
    const end = rest.findIndex((token) => token.keyword === 'WITH' || token.keyword === 'GRANTED');
    const options = end === -1 ? [] : rest.slice(end);
    const by = options.findIndex((token) => token.keyword === 'BY');
    const option = (word: string) => {
      const at = options.findIndex((token) => token.keyword === word);
      return at === -1 ? null : options[at + 1]?.keyword !== 'FALSE';
    };
    const names = (list: readonly SignificantToken[]) => list.flatMap((token) => (token.name === undefined ? [] : [token.name]));
    for (const role of names(tokens.slice(1, to))) {
      for (const member of names(end === -1 ? rest : rest.slice(0, end))) {
        const grantor = by === -1 ? '' : (options[by + 1]?.name ?? '');
        this.#memberships.push({ role, member, grantor, admin: option('ADMIN') ?? false, inherit: option('INHERIT'), set: option('SET') });
      }
    }
  }
}
