import type { AwsAccount } from '../../../core/aws.ts';
import type { Ec2Instance } from '../../../core/aws-things.ts';
import type { TunnelWish } from '../../../core/cloud.ts';
import { CloudError } from '../../../core/cloud-error.ts';
import { cloudFailure } from '../../../core/cloud-failure.ts';
import { failure } from '../../../core/failure.ts';
import { fail, ok, type Result } from '../../../core/result.ts';

type BastionWish = Extract<TunnelWish, { kind: 'ssm' }>['bastion'];

/** Machines that are gone for good are no candidates: EC2 still lists them for an hour. */
const gone = ['terminated', 'shutting-down'];
/** As many of several are named. */
const mostNamed = 8;

/** The id of the one running machine that is meant. Fails with `bastion-missing`, `bastion-unusable` or `bastion-ambiguous`, which name what there is. */
export async function findBastion(account: AwsAccount, wish: BastionWish, signal: AbortSignal): Promise<Result<string>> {
  // A machine outside of EC2 that was registered with Systems Manager: EC2 knows nothing of it.
  if ('instanceId' in wish && wish.instanceId.startsWith('mi-')) return ok(wish.instanceId);
  const meant = 'instanceId' in wish ? wish.instanceId : `tag ${wish.tag.name}=${wish.tag.value}`;
  const object = { object: meant };
  const found = await listInstances(account, wish, signal);
  if (!found.ok) return found;
  if (found.value === 'not-told')
    return 'instanceId' in wish ? ok(wish.instanceId) : fail(failure('cloud-access-denied', `nobody tells which machine has the ${meant}`, object));
  const there = found.value.filter(({ State }) => !gone.includes(State?.Name ?? ''));
  const running = there.filter(({ State }) => State?.Name === 'running');
  const [first, second] = running;
  if (second !== undefined) {
    const message = `${running.length} running machines in ${account.access.region} have the ${meant}: ${list(running)}`;
    return fail(failure('bastion-ambiguous', message, object));
  }
  if (first?.InstanceId !== undefined) return ok(first.InstanceId);
  if (there.length > 0) {
    const message = `the machine that the tunnel would lead through (${meant}) is not running: ${list(there)}`;
    return fail(failure('bastion-unusable', message, object));
  }
  const end = found.value.length === 0 ? '' : `; ${list(found.value)}`;
  return fail(
    failure('bastion-missing', `there is no machine ${'instanceId' in wish ? meant : `with the ${meant}`} in ${account.access.region}${end}`, object),
  );
}

/** EC2 takes `*` and `?` in a filter for any text: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Filtering.html. */
function literal(value: string): string {
  return value.replace(/[*?\\]/g, '\\$&');
}

async function listInstances(account: AwsAccount, wish: BastionWish, signal: AbortSignal): Promise<Result<readonly Ec2Instance[] | 'not-told'>> {
  const which = 'instanceId' in wish ? { InstanceIds: [wish.instanceId] } : { Filters: [{ Name: `tag:${wish.tag.name}`, Values: [literal(wish.tag.value)] }] };
  const found: Ec2Instance[] = [];
  try {
    for (let NextToken: string | undefined; ; ) {
      const page = await account.call('ec2:DescribeInstances', { ...which, ...(NextToken === undefined ? {} : { NextToken }) }, signal);
      found.push(...(page.Reservations ?? []).flatMap(({ Instances }) => Instances ?? []));
      NextToken = page.NextToken;
      if (NextToken === undefined || NextToken === '') return ok(found);
    }
  } catch (error) {
    if (error instanceof CloudError && error.code.startsWith('InvalidInstanceID')) return ok([]);
    // Who knows the id may do without: Systems Manager says itself what it can't reach.
    if ('instanceId' in wish && error instanceof CloudError && /^(UnauthorizedOperation|AccessDenied)/.test(error.code)) return ok('not-told');
    return fail(cloudFailure(error, 'looking for the machine that the tunnel leads through'));
  }
}

/** `i-1 (running, bastion-a), i-2 (stopped)`. */
function list(machines: readonly Ec2Instance[]): string {
  const named = machines.slice(0, mostNamed).map(({ InstanceId, State, Tags }) => {
    const name = Tags?.find(({ Key }) => Key === 'Name')?.Value;
    return `${InstanceId} (${[State?.Name, name].filter((word) => word !== undefined && word !== '').join(', ')})`;
  });
  return [...named.toSorted(), ...(machines.length > mostNamed ? [`and ${machines.length - mostNamed} more`] : [])].join(', ');
}
