import * as path from 'node:path';
import { goBinaries } from '../kubernetes/binaries';
import type { BinariesOptions } from '../kubernetes/binaries';

/** Where the programs over Istio's own code are. */
export interface IstioBinaries {
  readonly validate: string;
  readonly analyze: string;
  readonly xds: string;
  readonly inject: string;
}

/** Where each program is, built if it is not there yet. */
export async function istioBinaries(options: BinariesOptions = {}): Promise<IstioBinaries> {
  const folder = await goBinaries(
    {
      name: 'istio',
      module: __dirname,
      programs: ['istio-validate', 'istio-analyze', 'istio-xds', 'istio-inject'],
      sources: ['cmd', 'internal', 'agentgateway-api'],
      flags: '-s -w',
    },
    options,
  );
  return {
    validate: path.join(folder, 'istio-validate'),
    analyze: path.join(folder, 'istio-analyze'),
    xds: path.join(folder, 'istio-xds'),
    inject: path.join(folder, 'istio-inject'),
  };
}
