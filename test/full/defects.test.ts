import { defects } from '../demo/assemble-demo.ts';
import { describeRepairs, useDemo } from '../demo/describe-defects.ts';

describeRepairs(useDemo(), [[], ...defects.map(({ name }) => [name])]);
