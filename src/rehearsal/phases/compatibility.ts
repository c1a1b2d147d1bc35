import { join } from 'node:path';
import { type Finding, findingId } from '../../core/finding.ts';
import type { Context } from '../../core/ports.ts';
import { commandEnvironment, leadsElsewhere } from '../../migrate/command-environment.ts';
import type { RehearseRequest } from '../request.ts';
import { goOn, type PhaseReport, type Run, report } from '../run.ts';
import type { Migrated } from './migrate.ts';

/** Does the application still work? The team's own smoke commands, against the migrated clone. */
export async function compatibility(context: Context, run: Run, { settings, folder }: RehearseRequest, { clone }: Migrated): Promise<PhaseReport<void>> {
  const { smoke } = settings.compatibility;
  if (smoke.length === 0) return goOn(undefined, 'not-applicable', 'No smoke command is configured.');
  const ofTool = settings.migrate.tool === 'command' ? settings.migrate : {};
  const env = commandEnvironment(clone.login, {
    env: {},
    ...ofTool,
    ...(settings.clone.databaseNameVariable === undefined ? {} : { databaseNameVariable: settings.clone.databaseNameVariable }),
  });
  for (const { name, command, timeoutSeconds } of smoke) {
    const startedAt = performance.now();
    const [program = '', ...args] = command;
    const last: string[] = [];
    const ran = await context.edge.system.run({
      command: program,
      args,
      cwd: join(folder),
      env,
      inheritEnvironment: true,
      withoutVariable: leadsElsewhere({}),
      timeoutMs: timeoutSeconds * 1000,
      signal: context.signal,
      onLine: (stream, line) => {
        last.push(line);
        if (last.length > 8) last.shift();
        context.emit({ type: 'output', phase: 'compatibility', stream, line });
      },
    });
    const passed = ran.ok && ran.value.exitCode === 0;
    const gate = `smoke:${name}`;
    const object = { kind: 'smoke command', name };
    const how = ran.ok ? `ended with ${ran.value.exitCode ?? ran.value.signal}` : ran.failure.message;
    const finding: Finding = {
      id: findingId('smoke', object),
      check: 'smoke',
      phase: 'compatibility',
      severity: ran.ok ? 'blocker' : 'doubt',
      rootCause: 'compatibility',
      object,
      title: `The smoke command ${name} ${how}`,
      ...(last.length === 0 ? {} : { detail: last.join('\n') }),
      cure: 'Read its output; correct the application or the migration.',
    };
    report(context, {
      gate: {
        gate,
        phase: 'compatibility',
        required: true,
        outcome: passed ? 'passed' : ran.ok ? 'failed' : 'inconclusive',
        couldFail: ran.ok,
        proof: 'a non-zero exit code fails it',
        summary: passed ? `${name} succeeded.` : finding.title,
        findingIds: passed ? [] : [finding.id],
        durationMs: Math.round(performance.now() - startedAt),
      },
      findings: passed ? [] : [finding],
    });
  }
  return goOn(undefined, run.outcomeOf('compatibility'), `${smoke.length} smoke commands run.`);
}
