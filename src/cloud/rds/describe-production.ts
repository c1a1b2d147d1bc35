import type { AwsAccount } from '../../core/aws.ts';
import type { DbInstance } from '../../core/aws-things.ts';
import { closestName } from '../../core/closest-name.ts';
import type { RdsWish } from '../../core/cloud.ts';
import { cloudFailure } from '../../core/cloud-failure.ts';
import { failure } from '../../core/failure.ts';
import type { Context } from '../../core/ports.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { checkPlace } from '../check-place.ts';
import { describeInstance, listInstances } from './instance.ts';
import { accountOfArn } from './snapshot-arn.ts';

/** At most this many names in a sentence. */
const namesShown = 8;

/**
 * Production as RDS knows it. Undefined where it needn't be there: a snapshot of another account is restored by what the wish itself says of network and class.
 * Fails with `cloud-not-found`, which names what there is instead, and with what `checkPlace` fails with: what is configured is looked for here, before anything is made.
 */
export async function describeProduction(context: Context, account: AwsAccount, wish: RdsWish): Promise<Result<DbInstance | undefined>> {
  const doing = `describing the instance ${wish.instance}`;
  try {
    const found = await describeInstance(account, wish.instance, context.signal);
    if (found !== undefined || isForeign(wish)) {
      const fits = found === undefined ? checkCompleteness(wish) : checkEngine(found);
      if (!fits.ok) return fits;
      const place = await checkPlace(context, account, { ...wish, kmsKey: wish.snapshot.kmsKey, engine: 'postgres', engineVersion: found?.EngineVersion });
      return place.ok ? fits : place;
    }
    const names = (await listInstances(account, context.signal)).flatMap(({ DBInstanceIdentifier: name }) => (name === undefined ? [] : [name]));
    const close = closestName(wish.instance, names);
    const there = names.length === 0 ? 'there are none' : `there are ${names.slice(0, namesShown).join(', ')}${names.length > namesShown ? ' and others' : ''}`;
    const text = `${wish.account} has no instance ${wish.instance} in ${wish.access.region}: ${there}`;
    return fail(
      failure('cloud-not-found', text, {
        object: wish.instance,
        ...(close === undefined ? {} : { cure: `Did you mean ${close}? Else check region and account.` }),
      }),
    );
  } catch (error) {
    return fail(cloudFailure(error, doing));
  }
}

/** Whether the snapshot that is named belongs to another account, which shares it. */
export function isForeign({ snapshot: { identifier }, account }: RdsWish): boolean {
  const owner = identifier === undefined ? undefined : accountOfArn(identifier);
  return owner !== undefined && owner !== account;
}

function checkEngine(instance: DbInstance): Result<DbInstance> {
  const { Engine: engine = 'postgres', DBInstanceIdentifier: name = '' } = instance;
  if (engine === 'postgres') return ok(instance);
  const cure = engine.startsWith('aurora')
    ? `Name its cluster with kind aurora${instance.DBClusterIdentifier === undefined ? '' : `: ${instance.DBClusterIdentifier}`}.`
    : undefined;
  return fail(failure('cloud-refused', `${name} runs ${engine}, not PostgreSQL on RDS`, { object: name, ...(cure === undefined ? {} : { cure }) }));
}

function checkCompleteness(wish: RdsWish): Result<undefined> {
  const missing = [...(wish.classes.length === 0 ? ['an instance class'] : []), ...(wish.subnetGroup === undefined ? ['a subnet group'] : [])];
  if (missing.length === 0) return ok(undefined);
  const text = `${wish.instance} isn’t in this account, so that ${missing.join(' and ')} for the snapshot of another account can’t be taken from it`;
  return fail(failure('cloud-not-found', text, { object: wish.instance, cure: 'Configure them for this source.' }));
}
