import type { CredentialSettings } from '../../config/settings/credential.ts';
import type { AwsAccess } from '../../core/aws.ts';
import { cloudFailure } from '../../core/cloud-failure.ts';
import { failure } from '../../core/failure.ts';
import type { Context } from '../../core/ports.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { Secret } from '../../core/secret.ts';
import { showCredential } from './place.ts';

/** What a credential holds: a whole URL, or the parts that it names. */
export interface Credential {
  readonly url?: Secret;
  readonly user?: string;
  readonly password?: Secret;
  readonly host?: string;
  readonly port?: number;
  readonly database?: string;
}

/** Milliseconds. Password managers may ask a person. */
const commandTimeoutMs = 120_000;

/**
 * Reads what a name of the configuration stands for. Nothing of what was read is ever part of a message.
 *
 * Fails with `credential-missing`, and for AWS with what its calls fail with.
 *
 * @param folder the configuration's: commands are started there
 */
export async function readCredential(context: Context, given: CredentialSettings, folder: string): Promise<Result<Credential>> {
  const read = await readText(context, given, folder);
  if (!read.ok) return read;
  const text = read.value.reveal().trim();
  if (text === '') return missing(given, 'is empty');
  if (/^postgres(?:ql)?:\/\//.test(text)) return ok({ url: new Secret(text) });
  if (!text.startsWith('{')) return ok({ password: new Secret(text) });
  const parts = partsOf(text);
  return parts === undefined ? missing(given, 'is no JSON with the keys username and password, as RDS writes them') : ok(parts);
}

async function readText(context: Context, given: CredentialSettings, folder: string): Promise<Result<Secret>> {
  const { variable, ssmParameter, secret, command, region, profile } = given;
  const { system } = context.edge;
  if (variable !== undefined) {
    const value = system.environment(variable);
    return value === undefined ? missing(given, 'is not set') : ok(new Secret(value));
  }
  if (command !== undefined) return await ofCommand(context, given, folder);
  const access: AwsAccess = { region: region ?? '', ...(profile === undefined ? {} : { profile }) };
  if (ssmParameter !== undefined) {
    return await ofAws(context, given, access, async (account) => {
      const { Parameter } = await account.call('ssm:GetParameter', { Name: ssmParameter, WithDecryption: true }, context.signal);
      return Parameter?.Value;
    });
  }
  return await ofAws(context, given, access, async (account) => {
    const { SecretString } = await account.call('secretsmanager:GetSecretValue', { SecretId: secret ?? '' }, context.signal);
    return SecretString;
  });
}

type Account = Extract<Awaited<ReturnType<Context['edge']['aws']['connect']>>, { ok: true }>['value'];

async function ofAws(
  context: Context,
  given: CredentialSettings,
  access: AwsAccess,
  ask: (account: Account) => Promise<string | undefined>,
): Promise<Result<Secret>> {
  const account = await context.edge.aws.connect(access);
  if (!account.ok) return account;
  try {
    const value = await ask(account.value);
    return value === undefined ? missing(given, 'holds no text') : ok(new Secret(value));
  } catch (error) {
    return fail(cloudFailure(error, `reading ${showCredential(given)}`));
  }
}

async function ofCommand(context: Context, given: CredentialSettings, folder: string): Promise<Result<Secret>> {
  const [command = '', ...args] = given.command ?? [];
  const ran = await context.edge.system.run({ command, args, cwd: folder, inheritEnvironment: true, timeoutMs: commandTimeoutMs, signal: context.signal });
  if (!ran.ok) return ran;
  const { exitCode, stdout } = ran.value;
  // What it wrote isn't quoted: it may be half a secret.
  return exitCode === 0 ? ok(new Secret(stdout)) : missing(given, `ended with ${exitCode === null ? 'a signal' : `exit code ${exitCode}`}`);
}

function missing(given: CredentialSettings, what: string): Result<never> {
  const shown = showCredential(given);
  return fail(failure('credential-missing', `${shown[0]?.toUpperCase()}${shown.slice(1)} ${what}.`, { object: shown }));
}

/** The JSON of RDS: `{"username":"…","password":"…","host":"…","port":5432,"dbname":"…"}`; user and database by their other names too. */
function partsOf(text: string): Credential | undefined {
  let found: Record<string, unknown>;
  try {
    found = JSON.parse(text);
  } catch {
    return undefined;
  }
  const word = (...names: string[]) => names.map((key) => found[key]).find((value): value is string => typeof value === 'string' && value !== '');
  const password = word('password');
  if (password === undefined) return undefined;
  const user = word('username', 'user');
  const host = word('host');
  const database = word('dbname', 'database');
  const port = Number(found.port ?? Number.NaN);
  return {
    password: new Secret(password),
    ...(user === undefined ? {} : { user }),
    ...(host === undefined ? {} : { host }),
    ...(database === undefined ? {} : { database }),
    ...(Number.isInteger(port) ? { port } : {}),
  };
}
