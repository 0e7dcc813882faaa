import type { Finding } from '../../errors/finding';
import type { Grant } from '../access/grants';
import type { CheckedGrant } from './authorizer-planner';

/** What of a rule is for clients to choose, so that whoever likes is not asked about: the host they name, and what they speak. */
export function waysRound(grants: readonly Grant[], checked: readonly CheckedGrant[]): Finding[] {
  return [...grants.flatMap(chosenHosts), ...checked.flatMap(guessedPorts)];
}

/** Gateways have routes by host, and answer for no other; the proxy of a pod takes a request for any. */
function chosenHosts({ target, rule }: Grant): Finding[] {
  if (target.of === 'gateway') return [];
  return (['hosts', 'notHosts'] as const).filter((key) => rule[key] !== undefined).map((key) => ({
    construct: target.scope.node.path,
    property: `custom.${key}`,
    code: 'open-host',
    severity: 'warning' as const,
    got: `${(rule[key] ?? []).join(', ')}, where callers within the mesh name any host, and are let in whatever it is`,
    expected: 'a rule that callers cannot leave by naming another host',
    fix: 'say it at the gateway, which has routes for its hosts only, and let nobody but the gateway in; or tell requests by their paths',
  }));
}

/** An authorizer over HTTP is asked about requests: what does not look like one to a proxy that has to guess goes by it, as bytes. */
function guessedPorts({ target, rule, authorizer }: CheckedGrant): Finding[] {
  if (authorizer.kind === 'grpc') return [];
  const guessed = target.ports().filter(({ protocol, number }) => protocol === 'auto' && (number === undefined || (rule.notPorts?.includes(number) !== true && rule.ports?.includes(number) !== false)));
  if (guessed.length === 0) return [];
  const numbers = [...new Set(guessed.flatMap(({ number }) => number ?? []))].sort((a, b) => a - b).join(', ');
  return [
    {
      construct: target.scope.node.path,
      property: 'custom',
      code: 'guessed-port',
      severity: 'warning',
      got: `${numbers === '' ? 'a port' : `port ${numbers}`}, of which proxies guess what it carries`,
      expected: 'a port that says that it carries requests: what a client sends otherwise goes by an authorizer over HTTP',
      fix: "say appProtocol: 'http' of the port",
    },
  ];
}
