import type { QueryValue } from '../query-protocol.ts';
import { AwsError } from '../service.ts';
import type { Tags } from './resources.ts';

export type Params = { readonly [name: string]: QueryValue | undefined };

export function text(value: QueryValue | undefined): string {
  if (typeof value !== 'string') throw new AwsError('MissingParameter', 'A required parameter is missing.');
  return value;
}

export function list(value: QueryValue | undefined): readonly string[] | undefined {
  return Array.isArray(value) ? value.map(text) : undefined;
}

/** A resource's name: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_RestoreDBInstanceFromDBSnapshot.html. Kept in lower case. */
export function newName(parameter: string, value: QueryValue | undefined, longest = 63): string {
  const name = text(value);
  if (name.length > longest || !/^[a-z](-?[a-z0-9])*$/i.test(name)) {
    throw new AwsError(
      'InvalidParameterValue',
      `The parameter ${parameter} is not a valid identifier. Identifiers must begin with a letter; must contain only ASCII letters, digits, and hyphens; and must not end with a hyphen or contain two consecutive hyphens.`,
    );
  }
  return name.toLowerCase();
}

/** Letters, digits, white space and _.:/=+-@ are allowed: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_Tag.html. */
export function readTags(given: QueryValue | undefined): Tags {
  const tags: Tags = new Map();
  for (const tag of Array.isArray(given) ? given : []) {
    if (typeof tag !== 'object' || Array.isArray(tag)) throw new AwsError('InvalidParameterValue', 'A tag is a key and a value.');
    const key = text(tag.Key);
    const value = text(tag.Value ?? '');
    const allowed = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;
    if (key.length > 128 || value.length > 256 || key === '' || key.startsWith('aws:') || !allowed.test(key) || !allowed.test(value)) {
      throw new AwsError('InvalidParameterValue', `The tag ${key} is not valid.`);
    }
    tags.set(key, value);
  }
  if (tags.size > 50) throw new AwsError('InvalidParameterValue', 'A resource can have 50 tags.');
  return tags;
}

/** PostgreSQL's masters: 8 to 128 printable characters, and not these four. */
export function readPassword(value: QueryValue | undefined): string | undefined {
  if (value === undefined) return undefined;
  const password = text(value);
  const says = 'The parameter MasterUserPassword is not a valid password';
  if (password.length < 8) throw new AwsError('InvalidParameterValue', `${says} because it is shorter than 8 characters.`);
  if (password.length > 128) throw new AwsError('InvalidParameterValue', `${says} because it is longer than 128 characters.`);
  if (!/^[!-~]+$/.test(password) || /[/@"]/.test(password)) {
    throw new AwsError('InvalidParameterValue', `${says}. Only printable ASCII characters besides '/', '@', '"', ' ' may be used.`);
  }
  return password;
}
