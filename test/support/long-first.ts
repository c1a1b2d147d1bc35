import { relative } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Where tests start servers and the program again and again. */
const long = ['test/full/', 'test/scenarios/', 'test/demo/', 'test/external/', 'test/program/', 'src/cluster/', 'test/cli/'];

/** Starts long test files first: where nothing is known of earlier runs, vitest goes by size, and the last file keeps one worker busy while the others are done. */
export class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const path = relative(this.ctx.config.root, moduleId);
      const at = long.findIndex((folder) => path.startsWith(folder));
      return at === -1 ? long.length : at;
    };
    return (await super.sort(files)).toSorted((a, b) => rank(a) - rank(b));
  }
}
