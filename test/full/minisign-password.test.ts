import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeSystem } from '../../src/edge/system/make-system.ts';
import { prepareSigning } from '../../src/evidence/signing/prepare-signing.ts';
import { withFolder } from '../support/temporary-folder.ts';

const system = makeSystem();
const settings = { minisign: { key: 'typed.key', passwordVariable: 'MINISIGN_PASSWORD' } };

/** minisign asks for a password on purpose so that each try takes seconds. */
test('a run is signed by a key with a password, which comes from a variable and is seen by nobody', { timeout: 300_000 }, async () => {
  await withFolder({ 'run/manifest.json': '{}\n' }, async (folder) => {
    const [secret, open] = [join(folder, 'typed.key'), join(folder, 'typed.pub')];
    expect(spawnSync('minisign', ['-G', '-p', open, '-s', secret], { input: 'open sesame\nopen sesame\n' }).status).toBe(0);
    const seen: string[] = [];
    const given = (password: string) => ({
      ...system,
      environment: (name: string) => (name === 'MINISIGN_PASSWORD' ? password : system.environment(name)),
      run: async (request: Parameters<typeof system.run>[0]) => {
        seen.push(JSON.stringify([request.args, request.env]));
        return await system.run(request);
      },
    });
    const place = { runFolder: join(folder, 'run'), projectFolder: folder };
    const prepared = await prepareSigning(given('open sesame'), settings, place);
    if (!prepared.ok) throw new Error(prepared.failure.message);
    expect(await prepared.value.sign(join(folder, 'run'))).toEqual({ ok: true });
    expect(seen.length).toBe(2);
    expect(seen.join()).not.toContain('sesame');
    const verified = ['-V', '-m', join(folder, 'run/manifest.json'), '-p', open];
    expect(spawnSync('minisign', verified).status).toBe(0);
    writeFileSync(join(folder, 'run/manifest.json'), '{} \n');
    expect(spawnSync('minisign', verified).status).not.toBe(0);
    expect(readFileSync(open, 'utf8')).toContain(prepared.value.signature.key);
    expect(await prepareSigning(given('wrong'), settings, place)).toMatchObject({ ok: false, failure: { code: 'signature-not-made' } });
  });
});
