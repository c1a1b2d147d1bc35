import type { CloudKind } from '../core/cloud.ts';
import { partitionOf } from '../core/iam.ts';

/** Public prices of one region, in US dollars: of servers an hour, on demand, in one zone. */
interface PriceList {
  readonly region: string;
  readonly servers: ReadonlyMap<string, number>;
  /** Of the disk, a gigabyte and month; absent where it isn't paid for by its size. */
  readonly disk?: number;
}

/** https://aws.amazon.com/rds/postgresql/pricing/, as quoted by several price lists of 2025 and 2026 that agree; the disk is gp3. */
const rds: PriceList = {
  region: 'us-east-1',
  servers: new Map([
    ['db.t3.micro', 0.018],
    ['db.t3.small', 0.036],
    ['db.t3.medium', 0.072],
    ['db.t3.large', 0.145],
    ['db.t4g.micro', 0.016],
    ['db.t4g.small', 0.032],
    ['db.t4g.medium', 0.065],
    ['db.t4g.large', 0.129],
    ['db.t4g.xlarge', 0.258],
    ['db.m5.large', 0.178],
    ['db.m5.xlarge', 0.356],
    ['db.m6g.large', 0.159],
    ['db.m6g.xlarge', 0.318],
    ['db.m6g.2xlarge', 0.636],
    ['db.m6i.large', 0.178],
    ['db.m6i.xlarge', 0.356],
    ['db.r5.large', 0.25],
    ['db.r5.xlarge', 0.5],
    ['db.r6g.large', 0.225],
    ['db.r6g.xlarge', 0.45],
    ['db.r6i.large', 0.25],
    ['db.r6i.xlarge', 0.5],
  ]),
  disk: 0.115,
};

/**
 * Aurora Standard, https://aws.amazon.com/rds/aurora/pricing/. Each price is in AWS's own table (aws/agent-toolkit-for-aws, io_optimized_analyzer.py of amazon-aurora-postgresql) and in
 * another list that was made without it: what Infracost's tests got from the price API for aurora-postgresql, or readings of AWS's offer file and price page of 2024 to 2026. Storage is
 * paid for by what is written into it, and I/O by the request, so that no size tells what they cost.
 */
const aurora: PriceList = {
  region: 'us-east-1',
  servers: new Map([
    ['db.t3.medium', 0.082],
    ['db.t3.large', 0.164],
    ['db.t4g.medium', 0.073],
    ['db.t4g.large', 0.146],
    ['db.r5.large', 0.29],
    ['db.r5.xlarge', 0.58],
    ['db.r5.2xlarge', 1.16],
    ['db.r6g.large', 0.26],
    ['db.r6g.xlarge', 0.519],
    ['db.r7g.large', 0.276],
  ]),
};

/**
 * Flexible servers, https://azure.microsoft.com/pricing/details/postgresql/flexible-server/: what Infracost's tests got from Azure's price API for eastus, and two other lists. Of other
 * sizes those that can be read don't agree.
 */
const azure: PriceList = { region: 'eastus', servers: new Map([['standard_b1ms', 0.017]]), disk: 0.115 };

export const listPrices: Readonly<Record<CloudKind, PriceList>> = { rds, aurora, azure };

/** China's and governments' clouds have lists of their own. */
export function sharesList(cloud: CloudKind, region: string): boolean {
  if (cloud === 'azure') return !/^(?:china|usgov|usdod)/.test(region);
  return partitionOf(region) === partitionOf(listPrices[cloud].region);
}
