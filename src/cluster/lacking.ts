import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type Failure, failure } from '../core/failure.ts';
import type { Context } from '../core/ports.ts';
import type { ServerBuild } from '../core/server.ts';
import { buildFolders } from './build-folders.ts';
import { missingLinks } from './hydrate-links.ts';
import { extensionCure, isProceduralLanguage } from './install-hints.ts';

/** What a copy of the source needs from a server. The fields of SourceFacts that matter here. */
export interface BuildNeeds {
  readonly major: number;
  readonly extensions: readonly { readonly name: string; readonly version?: string }[];
  readonly languages: readonly string[];
  readonly features: readonly string[];
}

const builtInLanguages = new Set(['internal', 'c', 'sql', 'plpgsql']);

/**
 * What a build lacks, each thing named with the way to get it. A control file is not enough: the library behind it is tried for
 * libraries of its own that this machine doesn't have, which is how embedded builds lack PL/Perl and PL/Python.
 */
export async function lacking(context: Context, build: ServerBuild, needs: BuildNeeds): Promise<readonly Failure[]> {
  const languages = needs.languages.filter((name) => !builtInLanguages.has(name));
  const names = [...new Set([...needs.extensions.map(({ name }) => name), ...languages])];
  const problems: Failure[] = [];
  for (const name of names) {
    const code = isProceduralLanguage(name) ? 'missing-feature' : 'missing-extension';
    const cure = extensionCure(name, needs.major, context.edge.system.platform);
    if (!build.extensions.includes(name)) {
      problems.push(failure(code, `${build.origin} has no extension ${name}, which the source uses`, { object: name, cure }));
      continue;
    }
    const missing = await missingLibraries(context, build, name);
    if (missing.length > 0) {
      const what = `the extension ${name} of ${build.origin} needs ${missing.join(', ')}, which is not installed here`;
      problems.push(failure(code, what, { object: name, cure }));
    }
  }
  for (const feature of needs.features) {
    if (await hasFeature(context, build, feature)) continue;
    const cure = `Install a Postgres that has ${feature}: ${serverPackage(needs.major, context.edge.system.platform)}, then run again.`;
    problems.push(failure('missing-feature', `${build.origin} was built without ${feature}, which the source uses`, { object: feature, cure }));
  }
  return problems;
}

function serverPackage(major: number, platform: string): string {
  return platform === 'darwin' ? `brew install postgresql@${major}` : `apt-get install postgresql-${major}`;
}

/** Libraries that the extension's own library asks for and the loader doesn't find. Empty where there is no `ldd` to ask. */
async function missingLibraries(context: Context, build: ServerBuild, extension: string): Promise<readonly string[]> {
  if (context.edge.system.platform !== 'linux') return [];
  const folders = await buildFolders(context.edge.system, build.binFolder, build.major);
  if (folders === undefined) return [];
  const control = await readFile(join(folders.extensions, `${extension}.control`), 'utf8').catch(() => '');
  const module = /^\s*module_pathname\s*=\s*'\$libdir\/([^']+)'/m.exec(control)?.[1];
  // Pure SQL extensions have no library, and some of them name one all the same.
  if (module === undefined || !(await namesLibrary(folders.extensions, extension))) return [];
  const asked = await context.edge.system.run({ command: 'ldd', args: [join(folders.libraries, `${module}.so`)], env: { LC_ALL: 'C' } });
  if (!asked.ok) return [];
  // `libperl.so.5.26 => not found`; for a file that isn't there ldd itself fails.
  if (/No such file/.test(asked.value.stderr + asked.value.stdout)) return [`${module}.so`];
  // Links that npm did not make yet are no lack: they are made before the server starts.
  const toCome = build.kind === 'embedded' ? (await missingLinks(dirname(dirname(build.binFolder)))).map(({ link }) => basename(link)) : [];
  const missing = asked.value.stdout.split('\n').flatMap((line) => (line.includes('=> not found') ? [line.trim().split(' ')[0] ?? ''] : []));
  return missing.filter((name) => !toCome.includes(name));
}

/** Whether any of an extension's scripts makes something that a library has. */
async function namesLibrary(folder: string, extension: string): Promise<boolean> {
  const scripts = (await readdir(folder).catch(() => [])).filter((name) => name.startsWith(`${extension}--`) && name.endsWith('.sql'));
  const texts = await Promise.all(scripts.map((name) => readFile(join(folder, name), 'utf8').catch(() => '')));
  // Without a script nothing is known.
  return scripts.length === 0 || texts.some((text) => /MODULE_PATHNAME|\$libdir/.test(text));
}

/** Asks the server binary itself, which checks a setting's value before it looks into the data folder: any folder that exists does. */
async function hasFeature(context: Context, build: ServerBuild, feature: string): Promise<boolean> {
  if (feature !== 'lz4') return false;
  // PostgreSQL 14 brought the choice of compression.
  const asked = await context.edge.system.run({
    command: join(build.binFolder, 'postgres'),
    args: ['-C', 'default_toast_compression', '-c', 'default_toast_compression=lz4', '--config-file=/dev/null', '-D', build.binFolder],
    env: { LC_ALL: 'C' },
  });
  return asked.ok && asked.value.exitCode === 0;
}
