import type { LocaleSettings } from '../core/server.ts';
import type { FidelityLoss } from '../core/source-facts.ts';

export interface LocaleAttempt {
  readonly locale: LocaleSettings;
  /** What this attempt loses against the source; absent for the source's own. */
  readonly loss?: FidelityLoss;
}

/**
 * The source's locale, then what to fall back to where this machine or build lacks it: an ICU or builtin collation is kept even if the libc
 * locale beside it is missing; at last C, whose order is that of code points.
 */
export function localeAttempts(wanted: LocaleSettings): readonly LocaleAttempt[] {
  const bare = { encoding: wanted.encoding, collate: 'C' } as const;
  const unicode = /^utf-?8$/i.test(wanted.encoding);
  const attempts: LocaleAttempt[] = [{ locale: wanted }];
  if (wanted.provider !== 'libc') {
    const kept = { ...wanted, collate: 'C', ctype: 'C' };
    attempts.push({ locale: kept, loss: libcLoss(wanted, `${wanted.provider} still orders text, but libc-based functions differ`) });
  }
  // C.UTF-8 knows letters beyond ASCII, so lower(), upper() and regular expressions stay close to production's.
  for (const ctype of unicode ? ['C.UTF-8', 'C'] : ['C']) {
    attempts.push({ locale: { ...bare, ctype, provider: 'libc' }, loss: orderLoss(wanted, ctype) });
  }
  return attempts;
}

/** Whether initdb, or `create database`, refused because of the locale, and not for another reason. Messages are in English: we see to that. */
export function isLocaleProblem(initdbOutput: string): boolean {
  return /invalid (lc_\w+ )?locale (name|settings)|encoding mismatch|does not match locale|ICU is not supported|unknown language|could not (open collator|convert locale name)|locale .* (requires unsupported encoding|is not supported)|unrecognized locale provider/i.test(
    initdbOutput,
  );
}

/** One name for a locale, as people know it: `en_US.UTF-8`, `icu en-US`. */
export function localeName(locale: LocaleSettings): string {
  const libc = locale.collate === locale.ctype ? locale.collate : `${locale.collate}, LC_CTYPE ${locale.ctype}`;
  return locale.provider === 'libc' ? libc : `${locale.provider} ${locale.providerLocale ?? ''} (${libc})`;
}

function libcLoss(wanted: LocaleSettings, effect: string): FidelityLoss {
  const libc = wanted.collate === wanted.ctype ? wanted.collate : `${wanted.collate} or ${wanted.ctype}`;
  return {
    object: { kind: 'locale', name: libc },
    message: `the libc locale ${libc} is not installed here: C stands in for it; ${effect}`,
    cure: `Install the locale (Debian: add it to /etc/locale.gen and run locale-gen), or accept the loss of ${libc}.`,
  };
}

function orderLoss(wanted: LocaleSettings, ctype: string): FidelityLoss {
  const name = localeName(wanted);
  return {
    object: { kind: 'locale', name },
    message: `the source’s locale ${name} is not available here: text sorts in code point order (C, LC_CTYPE ${ctype}), so order by, ranges and unique text behave as in C`,
    cure:
      wanted.provider === 'libc'
        ? `Install the locale (Debian: add ${wanted.collate} to /etc/locale.gen and run locale-gen), or accept the loss of ${name}.`
        : `Use a Postgres build that supports ${wanted.provider} locale ${wanted.providerLocale ?? ''}, or accept the loss of ${name}.`,
  };
}
