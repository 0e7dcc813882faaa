import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CaseFile } from '../../conformance/verdict/case-file';
import { compare } from '../../conformance/verdict/compare';
import { Ours } from '../../conformance/verdict/ours';

const folder = join(__dirname, '../../conformance/verdict/cases');
const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.json')) : [];

/** Each object once made us differ from a real API server, whose verdict stands in the file. */
describe('objects that a real API server has judged', () => {
  test('a case file holds an object and the verdict of the server', () => {
    const incomplete = files.filter((file) => {
      const { object, server } = read(file);
      return object === undefined || typeof server?.accepted !== 'boolean' || !Array.isArray(server.causes);
    });
    expect(incomplete).toEqual([]);
  });

  for (const file of files) test(`${file}: our verdict is the same`, () => {
    const { object, server, isBuiltIn, channel } = read(file);
    const ours = new Ours({ istio: '1.31.1', gatewayApi: '1.6.1', channel, kubernetes: '1.36.3' });
    const { outcome, why } = compare(object, ours.judge(object), server, isBuiltIn);
    expect({ outcome, why }).not.toMatchObject({ outcome: 'disagree' });
  });
});

function read(file: string): CaseFile {
  return JSON.parse(readFileSync(join(folder, file), 'utf8')) as CaseFile;
}
