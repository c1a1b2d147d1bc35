import type { Context } from '../core/ports.ts';
import { ok, type Result } from '../core/result.ts';
import type { Address, LocaleSettings } from '../core/server.ts';
import { quoteIdentifier, quoteLiteral } from '../sql/quote.ts';
import { withSession } from './with-session.ts';

/** Makes the database that holds a copy, from template0, with the source's encoding and collation. One that initdb made (`postgres`) is replaced. */
export async function createDatabase(context: Context, admin: Address, database: string, major: number, locale: LocaleSettings): Promise<Result<void>> {
  return await withSession(context, { ...admin, database: 'template1' }, async (session) => {
    if (database === 'postgres') await session.execute('drop database if exists postgres with (force)');
    await session.execute(`create database ${quoteIdentifier(database)} ${databaseOptions(major, locale)}`);
    return ok();
  });
}

/** The options of `create database`; PostgreSQL 15 brought the provider, 16 ICU rules, 17 the builtin provider. */
export function databaseOptions(major: number, locale: LocaleSettings): string {
  const { provider, providerLocale, icuRules } = locale;
  const options = [
    'template template0',
    `encoding ${quoteLiteral(locale.encoding)}`,
    `lc_collate ${quoteLiteral(locale.collate)}`,
    `lc_ctype ${quoteLiteral(locale.ctype)}`,
  ];
  if (major >= 15) options.push(`locale_provider ${provider}`);
  if (provider === 'icu' && providerLocale !== undefined) options.push(`icu_locale ${quoteLiteral(providerLocale)}`);
  if (provider === 'icu' && icuRules !== undefined) options.push(`icu_rules ${quoteLiteral(icuRules)}`);
  if (provider === 'builtin' && providerLocale !== undefined) options.push(`builtin_locale ${quoteLiteral(providerLocale)}`);
  return options.join(' ');
}
