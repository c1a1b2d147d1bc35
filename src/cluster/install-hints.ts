/** Debian packages whose name isn't made from the extension's by rule; `%` is the major version. */
const debianPackages: Readonly<Record<string, string>> = {
  vector: 'postgresql-%-pgvector',
  postgis: 'postgresql-%-postgis-3',
  postgis_raster: 'postgresql-%-postgis-3',
  postgis_topology: 'postgresql-%-postgis-3',
  pgrouting: 'postgresql-%-pgrouting',
  pg_cron: 'postgresql-%-cron',
  pg_repack: 'postgresql-%-repack',
  pg_partman: 'postgresql-%-partman',
  plperl: 'postgresql-plperl-%',
  plperlu: 'postgresql-plperl-%',
  plpython3u: 'postgresql-plpython3-%',
  pltcl: 'postgresql-pltcl-%',
  pltclu: 'postgresql-pltcl-%',
};

const languages = new Set(['plperl', 'plperlu', 'plpython3u', 'pltcl', 'pltclu', 'plv8']);

export function isProceduralLanguage(name: string): boolean {
  return languages.has(name);
}

/** The command that brings an extension, as the platform's package manager wants it. */
export function extensionCure(name: string, major: number, platform: string): string {
  if (platform === 'darwin') {
    return `Install it for a Postgres ${major} of Homebrew (\`brew install postgresql@${major}\`, then the extension ${name}), and run again.`;
  }
  const debian = (debianPackages[name] ?? `postgresql-%-${name.replaceAll('_', '-')}`).replace('%', String(major));
  return `Install it for a Postgres of the system, which is then used: \`apt-get install postgresql-${major} ${debian}\` (packages of other majors than your distribution’s are at apt.postgresql.org).`;
}
