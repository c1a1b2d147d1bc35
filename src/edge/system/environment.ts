import { Secret } from '../../core/secret.ts';
import { looksSecret, passwordInUrl } from '../../core/secret-name.ts';

/** The only place that reads the environment. A blank variable counts as unset. */
export function environment(name: string): string | undefined {
  const value = process.env[name];
  return value === undefined || value.trim() === '' ? undefined : value;
}

/** Values of the caller's variables whose names say that they are secret, and passwords in URLs: a team's tool may print what it is given. */
export function environmentSecrets(): readonly Secret[] {
  return Object.entries(process.env).flatMap(([name, value = '']) => {
    const found = [...(looksSecret(name, value) ? [value] : []), passwordInUrl(value)];
    return found.filter((text) => text !== undefined).map((text) => new Secret(text));
  });
}

/** What a program of ours needs to know of the machine; nothing of the caller's secrets. */
const minimal = ['PATH', 'HOME', 'LANG', 'LC_ALL', 'TZ'];

/**
 * The environment for a child.
 *
 * @param inherit true for the team's own tools, which get the caller's whole environment
 * @param asOtherUser leaves HOME out: the other user may not enter ours
 * @param without true for an inherited variable that is left out
 */
export function childEnvironment(
  inherit: boolean,
  asOtherUser: boolean,
  added: Readonly<Record<string, string>> = {},
  without: (name: string, value: string) => boolean = () => false,
): Record<string, string> {
  const names = inherit ? Object.keys(process.env) : minimal;
  const kept = names.filter((name) => !(asOtherUser && name === 'HOME')).map((name) => [name, process.env[name]] as const);
  return { ...Object.fromEntries(kept.filter((pair): pair is readonly [string, string] => pair[1] !== undefined && !without(pair[0], pair[1]))), ...added };
}
