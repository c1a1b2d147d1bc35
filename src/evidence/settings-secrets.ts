import { Secret } from '../core/secret.ts';
import { looksSecret, passwordInUrl } from '../core/secret-name.ts';

/**
 * What of a configuration must not be written down: values under names such as `password` or `Authorization`, at any depth, and passwords in URLs.
 * Names of variables and of files aren't secret.
 */
export function settingsSecrets(settings: unknown): readonly Secret[] {
  const found = new Set<string>();
  collect('', settings, found);
  return [...found].map((value) => new Secret(value));
}

function collect(name: string, value: unknown, found: Set<string>): void {
  if (typeof value === 'string') {
    if (looksSecret(name, value) && !/variable$/i.test(name)) {
      found.add(value);
      // As HTTP has it: the scheme is no secret, and what follows may stand alone elsewhere.
      const credentials = /^(?:Basic|Bearer|Token)\s+(\S{6,})$/i.exec(value)?.[1];
      if (credentials !== undefined) found.add(credentials);
    }
    const password = passwordInUrl(value);
    if (password !== undefined) found.add(password);
  } else if (Array.isArray(value)) for (const one of value) collect(name, one, found);
  else if (typeof value === 'object' && value !== null) for (const [key, one] of Object.entries(value)) collect(key, one, found);
}
