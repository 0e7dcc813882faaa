import { Service } from '../../../imports/kubernetes';
import type { ServicePort } from '../../../src';
import { MeshService } from '../../../src';
import { synthTo } from '../../../src/testing';
import { program } from '../../support/program';

/** Codes and fixes of what is told of a Service that somebody else makes, and that has a rule for requests. */
function told(ports: readonly ServicePort[]): { code: string; severity: string | undefined; got: string; fix: string | undefined }[] {
  const { chart } = program();
  const service = new Service(chart, 'web', { metadata: { name: 'web' }, spec: { selector: { app: 'web' }, ports: ports as never } });
  MeshService.from(service).route(chart, 'patience', { timeout: '5s' });
  return synthTo(chart).warnings.map(({ code, severity, got, fix }) => ({ code, severity, got, fix }));
}

test.each<[string, ServicePort, string, string]>([
  ['no name', { port: 9080 }, 'port 9080, whose', `appProtocol: 'http', or a name such as "http"`],
  ['a name that tells nothing', { port: 9080, name: 'web' }, 'port 9080 (web), whose', '"http-web"'],
  ['a name that runs on after the protocol', { port: 9080, name: 'httpweb' }, 'port 9080 (httpweb), whose', '"http-httpweb"'],
  ['a protocol that Istio does not know', { port: 9080, name: 'http', appProtocol: 'amqp' }, 'appProtocol "amqp" on port', "appProtocol: 'http'"],
  ['a typo', { port: 9080, appProtocol: 'gprc' }, 'appProtocol "gprc" on port', 'did you mean "grpc"?'],
])('where Istio guesses, rules warn: %s', (_name, port, got, fix) => {
  expect(told([port])).toEqual([{ code: 'protocol-guessed', severity: 'warning', got: expect.stringContaining(got), fix: expect.stringContaining(fix) }]);
});

test.each<[string, ServicePort[]]>([
  ['the name', [{ port: 9080, name: 'http-web' }]],
  ['appProtocol, whatever the name', [{ port: 9080, name: 'web', appProtocol: 'kubernetes.io/h2c' }]],
  ['the name of one port, and rules are for that one', [{ port: 9080, name: 'http' }, { port: 9090, name: 'metrics' }]],
  ['names of all ports, of which some carry no requests', [{ port: 9080, name: 'grpc' }, { port: 5432, name: 'tcp-db' }, { port: 53, name: 'dns', protocol: 'UDP' }]],
])('nothing is told where %s says it', (_name, ports) => {
  expect(told(ports)).toEqual([]);
});

test('of a service of another program nothing is known but what the reference says', () => {
  const { chart } = program();
  MeshService.fromName(chart, 'far', { name: 'far', ports: [9080] }).route(chart, 'patience', { timeout: '5s' });
  expect(synthTo(chart).warnings).toEqual([]);
});

test('without rules for requests, nobody has to know', () => {
  const { chart, shop } = program();
  shop.addService('web', { port: 9080 });
  expect(synthTo(chart).warnings).toEqual([]);
});
