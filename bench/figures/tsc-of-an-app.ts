import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { median } from '../figure';
import type { Figure } from '../figure';
import { binOf, hasShared, ISTIO_CRDS, NO_SHARED, node, secondsOf, withProject } from '../processes';

const RUNS = 5;

/** The options of a project that `cdk8s init typescript-app` makes. */
const TSCONFIG = {
  compilerOptions: {
    alwaysStrict: true,
    declaration: true,
    experimentalDecorators: true,
    inlineSourceMap: true,
    inlineSources: true,
    lib: ['es2016'],
    module: 'CommonJS',
    noEmit: false,
    noEmitOnError: true,
    noFallthroughCasesInSwitch: true,
    noImplicitAny: true,
    noImplicitReturns: true,
    noImplicitThis: true,
    noUnusedLocals: true,
    noUnusedParameters: true,
    resolveJsonModule: true,
    strict: true,
    strictNullChecks: true,
    strictPropertyInitialization: true,
    stripInternal: true,
    target: 'ES2017',
  },
  include: ['**/*.ts'],
  exclude: ['node_modules'],
};

const SPECS = {
  VirtualService: `{ hosts: ['reviews'], http: [{ route: [{ destination: { host: 'reviews', subset: 'v1' }, weight: 100 }] }] }`,
  DestinationRule: `{ host: 'reviews', subsets: [{ name: 'v1', labels: { version: 'v1' } }] }`,
};

const POLICY = `rules: [{ from: [{ source: { principals: ['a'] } }] }]`;

const OURS = `
import { App, Chart } from 'cdk8s';
import { AuthorizationPolicy, DestinationRule, VirtualService } from 'mesh-constructs/istio';
const chart = new Chart(new App(), 'shop', { namespace: 'shop' });
new VirtualService(chart, 'route', { spec: ${SPECS.VirtualService} });
new DestinationRule(chart, 'subsets', { spec: ${SPECS.DestinationRule} });
new AuthorizationPolicy(chart, 'access', { spec: { action: 'ALLOW', ${POLICY} } });
`;

const THEIRS = `
import { App, Chart } from 'cdk8s';
import { DestinationRule, VirtualService } from './imports/networking.istio.io';
import { AuthorizationPolicy, AuthorizationPolicySpecAction } from './imports/security.istio.io';
const chart = new Chart(new App(), 'shop', { namespace: 'shop' });
new VirtualService(chart, 'route', { spec: ${SPECS.VirtualService} });
new DestinationRule(chart, 'subsets', { spec: ${SPECS.DestinationRule} });
new AuthorizationPolicy(chart, 'access', { spec: { action: AuthorizationPolicySpecAction.ALLOW, ${POLICY} } });
`;

/** Compiles the same app on our bindings and on those of `cdk8s import`, in turn. */
export const tscOfAnApp: Figure = {
  name: 'tsc of an app',
  what: 'tsc of an app with VirtualService, DestinationRule and AuthorizationPolicy, against `cdk8s import` output',
  unit: 'x',
  target: 0.4,
  measure: () => {
    if (!hasShared()) return { skipped: NO_SHARED };
    return withProject((folder) => {
      const ours = appIn(join(folder, 'ours'), OURS);
      const theirs = appIn(join(folder, 'theirs'), THEIRS);
      node([binOf('cdk8s'), 'import', ISTIO_CRDS, '--language', 'typescript'], theirs);
      const compile = (app: string): number => secondsOf([binOf('tsc'), '-p', app, '--outDir', `${app}-compiled`], app);
      compile(ours);
      compile(theirs);
      return median(Array.from({ length: RUNS }, () => compile(ours) / compile(theirs)));
    });
  },
};

function appIn(folder: string, program: string): string {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(TSCONFIG));
  writeFileSync(join(folder, 'main.ts'), program);
  return folder;
}
