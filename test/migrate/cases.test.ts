import { expressedPart, faultOf, ownCases, runProgram } from '../../tools/parity/migrate-family';
import { printProgram } from '../../src/migrate/program/print-program';
import { renderInstallation } from '../../src/migrate/render';

// `npm run parity` does the same for every release, and asks the compiler as well
test.each(ownCases().filter(({ istio }) => istio.startsWith('1.31.')).map((each) => [each.name, each] as const))('%s: the program makes what render makes', (_, { make }) => {
  const installation = make();
  const { text, notExpressed } = printProgram(installation);
  const named = installation.components.flatMap(({ id, overlays = [] }) => overlays.map(({ kind, name }) => `${id}: overlay of ${kind} ${name} `));
  expect(named.filter((each) => !notExpressed.some((line) => line.startsWith(each)))).toEqual([]);
  expect(faultOf(text, renderInstallation(installation))).toBeUndefined();
  expect(runProgram(text)).toEqual(renderInstallation(expressedPart(installation)));
});

test('a program that says more than the manifests is told', () => {
  const objects = [{ kind: 'ConfigMap' }];
  expect(faultOf('x'.repeat(100), objects)).toMatch(/^the program has 100 characters/);
  expect(faultOf('new JsonPatch', objects)).toBe('the program holds JsonPatch');
  expect(faultOf('', objects)).toBeUndefined();
});
