/** Majors whose catalogs the families know. */
const oldest = 13;
const newest = 18;

/** Whether the catalogs of this major are known: those of a newer one are compared as far as the newest known one goes. */
export function isKnownMajor(major: number): boolean {
  return major >= oldest && major <= newest;
}

/** Which major's queries to use for a server. */
export function queriesFor(major: number): number {
  return Math.min(Math.max(major, oldest), newest);
}
