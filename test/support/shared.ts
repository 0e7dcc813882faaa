import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The folder of published files, beside the project. */
export const sharedFolder = join(__dirname, '../../../shared');

/** A file of published CRDs that tests compare with; it is no part of the project. */
export interface PublishedFile {
  readonly source: string;
  readonly release: string;
  readonly channel?: string;
  readonly file: string;
}

export const PUBLISHED: readonly PublishedFile[] = [
  ...['1.29.6', '1.30.3', '1.31.1'].map((release) => ({ source: 'istio', release, file: `crds/istio-${release}.yaml` })),
  ...['1.5.1', '1.6.1'].flatMap((release) =>
    ['standard', 'experimental'].map((channel) => ({
      source: 'gateway-api',
      release,
      channel,
      file: `crds/gateway-api-${release}-${channel}.yaml`,
    })),
  ),
  { source: 'flagger', release: '1.44.0', file: 'crds/flagger-1.44.0.yaml' },
  { source: 'argo-rollouts', release: '1.9.1', file: 'crds/argo-rollouts-1.9.1.yaml' },
  { source: 'cert-manager', release: '1.21.2', file: 'crds/cert-manager-1.21.2.yaml' },
  { source: 'prometheus-operator', release: '0.85.0', file: 'crds/prometheus-operator-0.85.0.yaml' },
];

export const hasShared = existsSync(sharedFolder);

/** `describe` where the published files are there, else skipped with the reason. */
export function describeShared(name: string, body: () => void): void {
  if (!hasShared) process.stdout.write(`skipped: ${name}: there is no folder ../shared with the published files\n`);
  const run = hasShared ? describe : describe.skip;
  run(name, body);
}

export function sharedText(file: string): string {
  return readFileSync(join(sharedFolder, file), 'utf8');
}
