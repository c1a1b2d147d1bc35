import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Secret } from '../core/secret.ts';
import { makeRedactor } from './redact.ts';
import { secretForms } from './secret-forms.ts';

const nasty = `p@ss w0rd/"quote"\\back'tick<&>:é%`;

test('a secret is taken out in every spelling that tools use', () => {
  const redact = makeRedactor([new Secret(nasty)]);
  const spellings = [
    nasty,
    `postgres://u:${encodeURIComponent(nasty)}@h/db`,
    `postgres://u:${encodeURIComponent(nasty).toLowerCase()}@h/db`,
    new URLSearchParams({ password: nasty }).toString(),
    JSON.stringify({ password: nasty }),
    JSON.stringify(JSON.stringify({ password: nasty })),
    nasty.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;').replaceAll("'", '&#39;'),
    `alter role u password '${nasty.replaceAll("'", "''")}'`,
    `Authorization: Basic ${Buffer.from(nasty).toString('base64')}`,
    ...['u:', 'us:', 'app:'].map((user) => `Authorization: Basic ${Buffer.from(`${user}${nasty}`).toString('base64')}`),
    `{"Basic":"${Buffer.from(`app:${nasty}@host`).toString('base64url')}"}`,
    `\\x${Buffer.from(nasty).toString('hex')}`,
  ];
  for (const spelling of spellings) {
    const text = redact.text(`before ${spelling} after`);
    expect(text).toContain('***');
    expect(text).toMatch(/^before .*after$/);
    for (const form of secretForms(nasty)) expect(text).not.toContain(form);
    expect(text).not.toMatch(/w0rd/i);
  }
});

test('any secret of some length vanishes from any text around it', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 12 }), fc.string(), fc.string(), (secret, before, after) => {
      fc.pre(!'***'.includes(secret.trim()) && secret.trim() !== '');
      const text = makeRedactor([new Secret(secret)]).text(`${before}${secret}${after}`);
      // The mark may build the secret anew only out of asterisks, which the strings that matter don't consist of.
      expect(text.includes(secret) && !secret.includes('*')).toBe(false);
    }),
  );
});

test('a short password goes where it stands alone, and not out of the middle of other words', () => {
  const redact = makeRedactor([new Secret('app')]);
  expect(redact.text('the application as app/app with postgres%3A%2F%2Fu%3Aapp%40h and app_role')).toBe(
    'the application as ***/*** with postgres%3A%2F%2Fu%3A***%40h and app_role',
  );
  expect(redact.text(JSON.stringify({ line: 'x\napp' }))).toBe('{"line":"x\\n***"}');
});

test('the record keeps its own words, even when a password is one of them', () => {
  const redact = makeRedactor([new Secret('migrate'), new Secret('correct horse battery staple')]);
  expect(redact.value({ type: 'step', phase: 'migrate', text: 'password migrate', settings: { 'correct horse battery staple': 1 } })).toEqual({
    type: 'step',
    phase: 'migrate',
    text: 'password ***',
    settings: { '***': 1 },
  });
  expect(redact.renderedText('<section id="migrate">correct horse battery staple</section>')).toBe('<section id="migrate">***</section>');
});

test('bytes that are not text survive, without the secret', () => {
  const redact = makeRedactor([new Secret('pässwörd-långt')]);
  const bytes = Buffer.concat([Buffer.from([0xff, 0xfe, 0x00]), Buffer.from('x pässwörd-långt y'), Buffer.from([0xc3])]);
  expect(redact.bytes(bytes)).toEqual(Buffer.concat([Buffer.from([0xff, 0xfe, 0x00]), Buffer.from('x *** y'), Buffer.from([0xc3])]));
});

test('an empty secret takes nothing out', () => {
  expect(makeRedactor([new Secret('')]).text('all of it')).toBe('all of it');
});
