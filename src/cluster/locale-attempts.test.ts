import { expect, test } from 'vitest';
import { localeAttempts } from './locale-attempts.ts';

const names = (attempts: ReturnType<typeof localeAttempts>) =>
  attempts.map(({ locale, loss }) => `${locale.provider} ${locale.collate}/${locale.ctype}${loss === undefined ? '' : ` loses ${loss.object.name}`}`);

test('libc falls back to C, with C.UTF-8’s letters where the encoding has them', () => {
  expect(names(localeAttempts({ encoding: 'UTF8', collate: 'de_DE.UTF-8', ctype: 'de_DE.UTF-8', provider: 'libc' }))).toEqual([
    'libc de_DE.UTF-8/de_DE.UTF-8',
    'libc C/C.UTF-8 loses de_DE.UTF-8',
    'libc C/C loses de_DE.UTF-8',
  ]);
  expect(names(localeAttempts({ encoding: 'LATIN1', collate: 'de_DE', ctype: 'C', provider: 'libc' }))).toEqual([
    'libc de_DE/C',
    'libc C/C loses de_DE, LC_CTYPE C',
  ]);
});

test('an ICU collation outlives the libc locale beside it', () => {
  expect(names(localeAttempts({ encoding: 'UTF8', collate: 'de_DE.UTF-8', ctype: 'de_DE.UTF-8', provider: 'icu', providerLocale: 'de' }))).toEqual([
    'icu de_DE.UTF-8/de_DE.UTF-8',
    'icu C/C loses de_DE.UTF-8',
    'libc C/C.UTF-8 loses icu de (de_DE.UTF-8)',
    'libc C/C loses icu de (de_DE.UTF-8)',
  ]);
});
