import { each } from '../template/nodes';
import type { Template } from '../template/nodes';
import { go } from '../template/go';
import type { InjectionSettings } from '../settings';
import { fromField, variable } from './proxy-env';
import { empty, mount } from './proxy-volumes';

const VOLUME = 'grpc-io-proxyless-bootstrap';
const FOLDER = '/var/lib/grpc/data/';
const BOOTSTRAP = mount(VOLUME, FOLDER);

/**
 * Writes which istiod a gRPC client asks, and as whom. The text is in the pod, so it is Istio's to the last blank: a shell
 * puts its variables between the quotes.
 */
function script(): string {
  const variables = {
    NODE_ID: 'sidecar~${INSTANCE_IP}~${POD_NAME}.${POD_NAMESPACE}~cluster.local',
    SERVER_URI: 'dns:///istiod.${ISTIO_NAMESPACE}.svc:15010',
  };
  const server = ['"server_uri": "\'${SERVER_URI}\'"', '"channel_creds": [{"type": "insecure"}]', '"server_features" : ["xds_v3"]'];
  const bootstrap = braces(
    [
      `"xds_servers": [\n${indent(braces(server))}\n]`,
      `"node": ${braces(['"id": "\'${NODE_ID}\'"', `"metadata": ${braces(['"GENERATOR": "grpc"'])}`])}`,
    ],
  );
  const lines = Object.entries(variables).map(([name, value]) => `${name}="${value}"`);
  return [...lines, `echo '\n${bootstrap}' > ${FOLDER}bootstrap.json`].join('\n');
}

function braces(entries: readonly string[]): string {
  return `{\n${indent(entries.join(',\n'))}\n}`;
}

function indent(text: string): string {
  return text.replace(/^/gm, '  ');
}

/** Pods whose gRPC libraries speak to istiod themselves, in plain text: no proxy, and nothing captured. */
export function grpcSimpleTemplate(settings: InjectionSettings): Template {
  const container = {
    name: go('$container.Name'),
    env: [
      variable('GRPC_XDS_BOOTSTRAP', `${FOLDER}bootstrap.json`),
      variable('GRPC_GO_LOG_VERBOSITY_LEVEL', '99'),
      variable('GRPC_GO_LOG_SEVERITY_LEVEL', 'info'),
    ],
    volumeMounts: [BOOTSTRAP],
  };
  return {
    documents: [
      {
        metadata: { annotations: { 'sidecar.istio.io/rewriteAppHTTPProbers': 'false' } },
        spec: {
          initContainers: [
            {
              name: 'grpc-bootstrap-init',
              image: 'busybox:1.28',
              volumeMounts: [BOOTSTRAP],
              env: [
                fromField('INSTANCE_IP', 'status.podIP'),
                fromField('POD_NAME', 'metadata.name'),
                fromField('POD_NAMESPACE', 'metadata.namespace'),
                variable('ISTIO_NAMESPACE', `${settings.namespace}\n`),
              ],
              command: ['sh', '-c', script()],
            },
          ],
          containers: [each('$index, $container', go('.Spec.Containers'), [container])],
          volumes: [empty(VOLUME)],
        },
      },
    ],
  };
}
