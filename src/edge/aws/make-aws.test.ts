import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { FakeAws } from '../../../test/support/fake-aws/fake-aws.ts';
import { unwrap } from '../../../test/support/unwrap.ts';
import { CloudError } from '../../core/cloud-error.ts';
import { makeAws } from './make-aws.ts';

let aws: FakeAws;

beforeAll(async () => {
  aws = await FakeAws.start();
  for (const [name, value] of Object.entries(aws.environment)) vi.stubEnv(name, value);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await aws[Symbol.asyncDispose]();
});

const connect = async () => unwrap(await makeAws().connect({ region: FakeAws.region }));
const errorOf = async (call: Promise<unknown>) => (await call.catch((error: unknown) => error)) as CloudError;

test('a call is signed, made and answered', async () => {
  const account = await connect();
  expect(await account.call('sts:GetCallerIdentity', {})).toMatchObject({ Account: FakeAws.account });
});

test('a refusal has the service’s code without the ending that only some have', async () => {
  const account = await connect();
  const error = await errorOf(account.call('rds:DescribeDBInstances', { DBInstanceIdentifier: 'nobody' }));
  expect(error).toBeInstanceOf(CloudError);
  expect(error).toMatchObject({ code: 'DBInstanceNotFound', status: 404, refused: true, operation: 'rds:DescribeDBInstances' });
});

test('an answer that is lost leaves open whether the call was done', async () => {
  const account = await connect();
  aws.fault = () => ({ what: 'drop' });
  const error = await errorOf(account.call('sts:GetCallerIdentity', {}));
  aws.fault = () => undefined;
  expect(error).toMatchObject({ code: 'NoAnswer', refused: false });
});

test('throttling is waited out', async () => {
  const account = await connect();
  let times = 0;
  aws.fault = () => (times++ < 1 ? { what: 'throttle' } : undefined);
  expect(await account.call('sts:GetCallerIdentity', {})).toMatchObject({ Account: FakeAws.account });
  expect(times).toBe(2);
  aws.fault = () => undefined;
});
