import { partitionOf } from '../core/iam.ts';

/**
 * US dollars an hour for an instance of RDS for PostgreSQL in one zone, on demand, in us-east-1: https://aws.amazon.com/rds/postgresql/pricing/ as quoted by several price lists of
 * 2025 and 2026 that agree. Only what is known is here; other regions cost up to a half more.
 */
const usEast1: Readonly<Record<string, number>> = {
  'db.t3.micro': 0.018,
  'db.t3.small': 0.036,
  'db.t3.medium': 0.072,
  'db.t3.large': 0.145,
  'db.t4g.micro': 0.016,
  'db.t4g.small': 0.032,
  'db.t4g.medium': 0.065,
  'db.t4g.large': 0.129,
  'db.t4g.xlarge': 0.258,
  'db.m5.large': 0.178,
  'db.m5.xlarge': 0.356,
  'db.m6g.large': 0.159,
  'db.m6g.xlarge': 0.318,
  'db.m6g.2xlarge': 0.636,
  'db.m6i.large': 0.178,
  'db.m6i.xlarge': 0.356,
  'db.r5.large': 0.25,
  'db.r5.xlarge': 0.5,
  'db.r6g.large': 0.225,
  'db.r6g.xlarge': 0.45,
  'db.r6i.large': 0.25,
  'db.r6i.xlarge': 0.5,
};

/** Of gp3 there, a month: the same sources. */
const dollarsPerGigabyteMonth = 0.115;
const hoursPerMonth = 730;
const listed = 'us-east-1';

/** What a server costs, by a list price that is known. */
export interface Price {
  /** US dollars. */
  readonly costPerHour: number;
  /** The region whose list price it is, where it is another one than was asked for. */
  readonly priceRegion?: string;
}

/**
 * What an instance costs with its disk, by us-east-1's list price, which is told as such elsewhere: no price is worked out for another region. Undefined where none is known, and in
 * partitions that have lists of their own (China, GovCloud).
 *
 * @param storageGb its disk; left out of the sum where absent
 * @example pricePerHour('us-east-1', 'db.t4g.small', 100) // { costPerHour: 0.048 }
 * @example pricePerHour('eu-central-1', 'db.t4g.small', 100) // { costPerHour: 0.048, priceRegion: 'us-east-1' }
 */
export function pricePerHour(region: string, instanceClass: string, storageGb = 0): Price | undefined {
  const instance = usEast1[instanceClass];
  if (instance === undefined || partitionOf(region) !== partitionOf(listed)) return undefined;
  const costPerHour = Math.round((instance + (dollarsPerGigabyteMonth * storageGb) / hoursPerMonth) * 1000) / 1000;
  return region === listed ? { costPerHour } : { costPerHour, priceRegion: listed };
}
