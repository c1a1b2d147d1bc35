/** Whom a policy of IAM is for: each is another role or user, or may be. */
export const policyHolders = ['source', 'sync-production', 'sync-staging'] as const;
export type PolicyHolder = (typeof policyHolders)[number];
