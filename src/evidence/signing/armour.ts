const begin = '-----BEGIN SSH SIGNATURE-----';
const end = '-----END SSH SIGNATURE-----';
/** As ssh-keygen breaks the lines (PROTOCOL.sshsig). */
const lineLength = 70;

/**
 * Whether a file is an SSH signature in the one spelling that ssh-keygen writes. Readers of base64 forgive blanks and stray bits, so that a byte could
 * be altered and the signature still be good.
 */
export function isCanonicalSshSignature(text: string): boolean {
  const lines = text.split('\n');
  const body = lines.slice(1, -2).join('');
  const wrapped = body.match(new RegExp(`.{1,${lineLength}}`, 'g')) ?? [];
  return text === [begin, ...wrapped, end, ''].join('\n') && isCanonicalBase64(body);
}

/** The first line of every minisign signature of ours; minisign itself doesn't sign it. */
export const minisignComment = 'signature of a sealed pgrehearse run';

/** As `isCanonicalSshSignature`, for minisign's four lines: untrusted comment, signature, trusted comment, signature of both. */
export function isCanonicalMinisignSignature(text: string): boolean {
  const [untrusted, signature = '', trusted = '', both = '', ...rest] = text.split('\n');
  return (
    untrusted === `untrusted comment: ${minisignComment}` &&
    isCanonicalBase64(signature) &&
    trusted.startsWith('trusted comment: ') &&
    isCanonicalBase64(both) &&
    rest.length === 1 &&
    rest[0] === ''
  );
}

function isCanonicalBase64(text: string): boolean {
  return text !== '' && Buffer.from(text, 'base64').toString('base64') === text;
}
