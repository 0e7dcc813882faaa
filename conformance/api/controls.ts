import type { KubeObject } from '../kubernetes/client';
import { asList, asRecord } from '../kubernetes/status';
import type { JudgeRow } from '../runner/judge';
import { applyAgain, applyInOrder, complaints, establish } from './apply';
import { Cases, messageOf } from './cases';
import { leftOver, removeInReverse, stableInventory } from './remove';
import type { Control } from './control';
import { configMap, crd, custom, namespace, webhook } from './control';
import { withIstiod } from './server';
import { STEP_CONTROLS } from './step-controls';
import { applyAfterIstiod } from './webhooks';

/** Mistakes made on purpose: each check of this judge has to notice the one that is meant for it. */
export async function controlRows(log: (line: string) => void, keep: (row: JudgeRow) => void): Promise<void> {
  const cases = new Cases('controls');
  await withIstiod({ controllers: true, log }, async (server, istiod) => {
    for (const [name, { notices, words }] of Object.entries({ ...CONTROLS, ...STEP_CONTROLS })) {
      const said = await notices(server, istiod).catch((error: unknown) => [`(thrown) ${messageOf(error)}`]);
      const noticed = said.some((line) => words.test(line));
      cases.judge(name, noticed ? undefined : `it was not noticed; what was said: ${said.join('; ') || 'nothing'}`);
    }
  });
  keep(cases.row('mistakes made on purpose, each of them noticed by the check that it is for'));
}

const CONTROLS: Readonly<Record<string, Control>> = {
  'first apply: a field that a kind of Kubernetes does not have': {
    notices: async (server) => complaints(await applyInOrder(server, [{ ...configMap('unknown-field'), dta: {} }])),
    words: /ConfigMap default\/unknown-field: .*\.dta: field not declared in schema/,
  },
  'first apply: a field that a custom kind does not have': {
    notices: async (server) => complaints(await applyInOrder(server, [crd('Closed'), { ...custom('Closed'), spc: {} }])),
    words: /Closed default\/one: .*(\.spc: field not declared in schema|unknown field "spc")/,
  },
  'first apply: an object before its namespace': {
    notices: async (server) => {
      const object = configMap('early', 'control-early');
      return complaints(await applyInOrder(server, [object, namespace('control-early')]));
    },
    words: /ConfigMap control-early\/early: .*not found/,
  },
  'first apply: an object before the CRD of its kind': {
    notices: async (server) => complaints(await applyInOrder(server, [custom('Early'), crd('Early')])),
    words: /Early default\/one: the server has no kind Early/,
  },
  'first apply: a CRD, then its kind (this one is right)': {
    notices: async (server) => {
      const said = complaints(await applyInOrder(server, [crd('Timely'), custom('Timely')]));
      return said.length === 0 ? ['nothing'] : said;
    },
    words: /^nothing$/,
  },
  'second apply: a field that another manager has taken': {
    notices: async (server) => {
      const object = configMap('contested');
      await applyInOrder(server, [object]);
      await server.apply({ ...object, data: { key: 'theirs' } }, { fieldManager: 'somebody-else', force: true });
      return complaints(await applyAgain(server, [object]));
    },
    words: /ConfigMap default\/contested: .*conflict.*somebody-else/,
  },
  'second apply: a namespace of which nothing but the name was applied': {
    // The server begins to keep book of who wrote what at the second apply only, and counts that as a change.
    notices: async (server) => {
      await applyInOrder(server, [namespace('control-bare')]);
      return complaints(await applyAgain(server, [namespace('control-bare')]));
    },
    words: /Namespace control-bare: it was changed at \.metadata\.managedFields/,
  },
  'second apply: a value that is another one': {
    notices: async (server) => {
      const object = configMap('unsteady');
      await applyInOrder(server, [object]);
      return complaints(await applyAgain(server, [{ ...object, data: { key: 'another' } }]));
    },
    words: /ConfigMap default\/unsteady: it was changed at \.data\.key/,
  },
  'apply after istiod: a certificate that overwrites the one of istiod': {
    notices: async (server) => {
      const object = webhook('overwriting');
      await applyInOrder(server, [object]);
      await applyAfterIstiod(server, [object]);
      return complaints(await applyAgain(server, [withCertificate(object)]));
    },
    words: /overwriting: .*conflict.*pilot-discovery.*caBundle/s,
  },
  'deletion: an object that stays': {
    notices: async (server) => {
      const object = { ...configMap('held'), metadata: { name: 'held', namespace: 'default', finalizers: ['example.com/held'] } };
      await applyInOrder(server, [object]);
      const said = complaints(await removeInReverse(server, [object], { timeoutMs: 1_000 }));
      await server.patch(object, 'merge', { metadata: { finalizers: null } }, 'mesh-constructs');
      return said;
    },
    words: /ConfigMap default\/held: waited/,
  },
  'deletion: a namespace that goes before what is in it': {
    notices: async (server) => {
      const [outer, inner] = [namespace('control-late'), configMap('late', 'control-late')];
      await applyInOrder(server, [outer, inner]);
      // Deleted in reverse: the namespace, and then the object that it has taken along.
      return complaints(await removeInReverse(server, [inner, outer]));
    },
    words: /ConfigMap control-late\/late: it was gone before its turn/,
  },
  'deletion: an object that nobody deletes': {
    notices: async (server) => {
      const before = await stableInventory(server);
      await applyInOrder(server, [configMap('forgotten')]);
      return await leftOver(server, before, 1_000);
    },
    words: /^v1 configmaps default forgotten$/,
  },
  'CRDs: a schema that is none': {
    notices: async (server) => lines(await establish(server, crd('Shapeless', { type: 'object', properties: { spec: {} } }))),
    words: /Required value: must not be empty/,
  },
  'CRDs: a kind that another CRD has already': {
    notices: async (server) => {
      await establish(server, crd('Taken'));
      return lines(await establish(server, crd('Taken', undefined, 'others'), 5_000));
    },
    words: /Taken.*is already in use/,
  },
};

function withCertificate(object: KubeObject): KubeObject {
  const [first] = asList(object['webhooks']).map(asRecord);
  const clientConfig = { ...asRecord(first?.['clientConfig']), caBundle: Buffer.from('another certificate').toString('base64') };
  return { ...object, webhooks: [{ ...first, clientConfig }] };
}

function lines(said: string | undefined): string[] {
  return said === undefined ? [] : [said];
}
