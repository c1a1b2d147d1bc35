/** The ways of making a clone's data folder, the best first. */
export const cloneMethodNames = ['overlay', 'overlay-rootless', 'reflink', 'copy'] as const;
export type CloneMethodName = (typeof cloneMethodNames)[number];
