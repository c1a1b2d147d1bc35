import { expect, test } from 'vitest';
import { isCanonicalMinisignSignature, isCanonicalSshSignature, minisignComment } from './armour.ts';

const body = Buffer.alloc(100, 7).toString('base64');
const lines = [body.slice(0, 70), body.slice(70)];
const ssh = ['-----BEGIN SSH SIGNATURE-----', ...lines, '-----END SSH SIGNATURE-----', ''].join('\n');
const minisign = [`untrusted comment: ${minisignComment}`, body, 'trusted comment: pgrehearse', body, ''].join('\n');

test('one spelling of a signature counts', () => {
  expect(isCanonicalSshSignature(ssh)).toBe(true);
  expect(isCanonicalMinisignSignature(minisign)).toBe(true);
});

test.each([
  ['a blank at its end', ssh.replace('\n-----END', ' \n-----END')],
  ['another line length', ssh.replace(lines.join('\n'), body)],
  ['an empty line', ssh.replace('\n', '\n\n')],
  ['something behind it', `${ssh}x`],
  ['no last line feed', ssh.trimEnd()],
  ['Windows’ line ends', ssh.replaceAll('\n', '\r\n')],
  ['stray bits', ssh.replace('=\n', '=\n').replace(/(.)(==?)\n/, (_, sign: string, pad: string) => `${sign === 'w' ? 'x' : 'w'}${pad}\n`)],
  ['nothing in it', ssh.replace(lines.join('\n'), '')],
])('of ssh-keygen, with %s, it doesn’t', (_, text) => {
  expect(text).not.toBe(ssh);
  expect(isCanonicalSshSignature(text)).toBe(false);
});

test.each([
  ['another comment', minisign.replace(minisignComment, 'x')],
  ['a line more', `${minisign}x`],
  ['a blank in it', minisign.replace(body, ` ${body}`)],
  ['no trusted comment', minisign.replace('trusted comment: pgrehearse', '')],
])('of minisign, with %s, it doesn’t', (_, text) => {
  expect(isCanonicalMinisignSignature(text)).toBe(false);
});
