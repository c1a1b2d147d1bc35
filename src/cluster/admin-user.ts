/**
 * The bootstrap superuser of every server of ours. It isn't `postgres`, so that production's own `postgres` can be made again
 * with its real attributes.
 */
export const adminUser = 'pgrehearse_admin';
