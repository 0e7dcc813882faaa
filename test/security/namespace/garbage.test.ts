import { App, Chart } from 'cdk8s';
import { Mesh, StrictMtlsNamespace } from '../../../src';
import { unknown } from '../../../src/core/unknown';
import { MeshError } from '../../../src/errors/mesh-error';
import { synthTo } from '../../../src/testing';

/** Programs in plain JavaScript may give anything: what is refused is refused as a MeshError, with all that it says. */

const GARBAGE = [null, 0, -1, NaN, '', 'x', true, [], [null], [[]], {}, { from: 5 }, { to: [{}] }, { container: [] }, { enforce: null }, { pods: {} }, { ports: 1, from: 2 }, () => 0, Symbol('x'), new Date(0), new Map(), unknown('later')];
const PROPS = ['mesh', 'name', 'denyByDefault', 'dataPlane', 'podSecurity', 'metrics', 'networkPolicy', 'resourceQuota', 'limitRange', 'labels'];

test.each(PROPS)('%s may be anything', (prop) => {
  let refused = 0;
  for (const value of GARBAGE) {
    const app = new App({ outdir: 'unused' });
    const chart = new Chart(app, 'shop');
    const mesh = new Mesh(chart, 'mesh', { controlPlane: false });
    try {
      new StrictMtlsNamespace(chart, 'ns', { mesh, [prop]: value } as never);
      synthTo(chart);
    } catch (error) {
      if (!MeshError.isMeshError(error)) throw error;
      refused += 1;
      for (const finding of error.findings) expect(finding).toMatchObject({ construct: expect.stringContaining('shop') as string, got: expect.any(String) as string, expected: expect.any(String) as string });
    }
  }
  expect(refused).toBeGreaterThan(GARBAGE.length / 2);
});

test('a misspelt prop is refused, and told', () => {
  const chart = new Chart(new App({ outdir: 'unused' }), 'shop');
  expect(() => new StrictMtlsNamespace(chart, 'ns', { mesh: new Mesh(chart, 'mesh', { controlPlane: false }), denyByDefualt: false } as never)).toThrow(/did you mean "denyByDefault"/);
});
