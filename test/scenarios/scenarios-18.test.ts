import { describeScenarios } from './describe-scenarios.ts';

describeScenarios(18);
