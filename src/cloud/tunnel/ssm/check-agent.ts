import type { AwsAccount } from '../../../core/aws.ts';
import { CloudError } from '../../../core/cloud-error.ts';
import { cloudFailure } from '../../../core/cloud-failure.ts';
import { failure } from '../../../core/failure.ts';
import { fail, ok, type Result } from '../../../core/result.ts';
import { isAtLeast } from '../version.ts';

/** Since this version of its agent a machine forwards to another host. */
const remoteHostSince = '3.1.1374.0';

/** Whether Systems Manager reaches a machine, and its agent can forward to another host. Fails with `bastion-not-connected` or `bastion-agent-old`. */
export async function checkAgent(account: AwsAccount, instanceId: string, signal: AbortSignal): Promise<Result<void>> {
  const object = { object: instanceId };
  try {
    const { InstanceInformationList = [] } = await account.call(
      'ssm:DescribeInstanceInformation',
      { Filters: [{ Key: 'InstanceIds', Values: [instanceId] }] },
      signal,
    );
    const agent = InstanceInformationList.find(({ InstanceId }) => InstanceId === instanceId);
    if (agent === undefined) {
      return fail(failure('bastion-not-connected', `Systems Manager in ${account.access.region} doesn’t know ${instanceId}`, object));
    }
    if (agent.PingStatus !== 'Online') {
      return fail(failure('bastion-not-connected', `Systems Manager has no connection to ${instanceId} (${agent.PingStatus})`, object));
    }
    if (agent.AgentVersion !== undefined && !isAtLeast(agent.AgentVersion, remoteHostSince)) {
      const message = `the SSM agent of ${instanceId} is ${agent.AgentVersion}; forwarding to another host came with 3.1.1374`;
      return fail(failure('bastion-agent-old', message, object));
    }
    return ok();
  } catch (error) {
    // Starting the session tells the same, in fewer words.
    if (error instanceof CloudError && error.code.startsWith('AccessDenied')) return ok();
    return fail(cloudFailure(error, `asking Systems Manager about ${instanceId}`));
  }
}
