import { expect, test } from 'vitest';
import { useProduction } from './shop-production.ts';
import { rehearse, type ToldRun, withStage } from './stage.ts';

const production = useProduction();

/** Whether the traffic met so quick a migration is a matter of chance. */
const unrecorded = { record: { enabled: false } };

/** What a run examined, and with what result. */
function judged({ summary }: ToldRun): unknown {
  return summary.gates.map(({ gate, phase, outcome, couldFail, required }) => ({ gate, phase, outcome, couldFail, required }));
}

test('a second run starts from the image of the first, examines the same, and says how old its data is', async () => {
  await withStage(production, { settings: { image: { keepHours: 1 }, ...unrecorded } }, async (stage) => {
    const first = await rehearse(stage);
    expect(first).toMatchObject({ exitCode: 0, summary: { verdict: { kind: 'PASS' } } });
    expect(first.text).toContain('copied');
    const [image] = JSON.parse((await stage.cli(['images', '--json'])).stdout);
    expect(image).toMatchObject({ masked: false, kept: true, clones: [], source: expect.stringMatching(/\/shop$/) });

    const second = await rehearse(stage);
    expect(second).toMatchObject({
      exitCode: 0,
      summary: { verdict: { kind: 'PASS' }, source: first.summary.source, copy: { ...first.summary.copy, fromImage: { id: image.id } } },
    });
    expect(second.text).toMatch(/Nothing is copied: data of \d+ min ago, from image-/);
    expect(judged(second)).toEqual(judged(first));

    expect((await stage.cli(['images'])).stdout).toContain(image.id);
    expect((await stage.cli(['drop', '--image', image.id])).stdout).toContain('Dropped image of shop');
    expect((await stage.cli(['images'])).stderr).toContain('No images');
  });
});
