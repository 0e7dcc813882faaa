import { mkdtempSync, rmSync } from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { istioBinaries } from '../istio/binaries';
import type { Judge } from '../runner/judge';
import { envoyBinary } from './binary';
import type { Case } from './case';
import { access } from './cases/access';
import { failures } from './cases/failures';
import { ingress } from './cases/ingress';
import { routes } from './cases/routes';
import { rules } from './cases/rules';
import { shares } from './cases/shares';
import { CertificateAuthority } from './certificates';
import { Client } from './client';
import { rowOf } from './judge-case';

export const cases: readonly Case[] = [...shares, ...routes, ...failures, ...ingress, ...access, ...rules];

export const judge: Judge = {
  name: 'envoy',
  what: 'a real Envoy, on what Istio makes of the examples, does what the constructs promise; controls do otherwise',
  run: async (io) => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'mesh-constructs-ca-'));
    try {
      const envoy = await envoyBinary((line) => io.log(line), io.signal);
      const { xds: istioXds } = await istioBinaries({ log: io.log });
      const authority = await CertificateAuthority.make(folder);
      const client = new Client(authority.root);
      try {
        for (const one of cases) {
          if (io.signal.aborted) break;
          const row = await rowOf(one, { envoy, istioXds, authority, client }, io.signal);
          // What was cut short says nothing of the construct.
          if (!io.signal.aborted) io.row(row);
        }
      } finally {
        client.close();
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
    return { rows: [] };
  },
};
