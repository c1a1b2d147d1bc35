import { failure } from '../../core/failure.ts';
import type { Session } from '../../core/ports.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import type { SourceFacts } from '../../core/source-facts.ts';

/** Stops before anything is made when the copy's server lacks an extension that production uses. All of them are named at once. */
export async function checkExtensions(session: Session, facts: Pick<SourceFacts, 'extensions'>): Promise<Result<void>> {
  const available = await session.query<{ name: string }>('select name::text from pg_catalog.pg_available_extensions order by name collate "C"');
  const names = new Set(available.map((row) => row.name));
  const missing = facts.extensions.filter((extension) => !names.has(extension.name));
  const [first] = missing;
  if (first === undefined) return ok();
  const list = missing.map(({ name, version }) => (version === '' ? name : `${name} ${version}`)).join(', ');
  return fail(
    failure('missing-extension', `The server for the copy lacks ${missing.length === 1 ? 'an extension' : 'extensions'} of production: ${list}.`, {
      object: first.name,
      problems: missing.map((extension) =>
        failure('missing-extension', `${extension.name} is not available on the copy’s server.`, { object: extension.name }),
      ),
    }),
  );
}
