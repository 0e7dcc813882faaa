import type { AuthorizationPolicyRules } from '../../../imports/istio';
import { rulesOf } from '../../../src/security/access/policy-rules';
import type { NamedGrant } from '../../../src/security/access/policy-rules';
import { Random } from '../../support/random';

/** Rules that are put together let in what each grant alone lets in, and nothing else: of requests, and of bytes. */

interface Asked {
  readonly principal: string;
  readonly token: string | undefined;
  readonly method: string;
  readonly port: string;
  readonly header: string;
}

const OF_REQUESTS = /"(requestPrincipals|notRequestPrincipals|methods|notMethods|request\.headers)/;

const says = (values: readonly string[] | undefined, asked: string | undefined): boolean => values === undefined || (asked !== undefined && (values.includes(asked) || (values.includes('*') && asked !== '')));
const saysNot = (values: readonly string[] | undefined, asked: string | undefined): boolean => values === undefined || !says(values, asked);

/** As Istio has a rule of a grant decide; of bytes it leaves out a rule with anything of requests in it. */
function fits(rule: AuthorizationPolicyRules, asked: Asked, isBytes: boolean): boolean {
  if (isBytes && OF_REQUESTS.test(JSON.stringify(rule))) return false;
  const from = (rule.from ?? [{}]).some(({ source = {} }) => says(source.principals, asked.principal) && saysNot(source.notPrincipals, asked.principal) && says(source.requestPrincipals, asked.token));
  const to = (rule.to ?? [{}]).some(({ operation = {} }) => says(operation.methods, asked.method) && saysNot(operation.notMethods, asked.method) && says(operation.ports, asked.port) && saysNot(operation.notPorts, asked.port));
  return from && to && (rule.when ?? []).every(({ values }) => says(values, asked.header));
}

function grantOf(chance: Random): NamedGrant {
  const some = <T>(values: readonly T[]): T[] => values.filter(() => chance.below(2) === 0);
  const list = (key: string, values: readonly (string | number)[]): object => {
    const chosen = chance.below(3) === 0 ? some(values) : [];
    return chosen.length === 0 ? {} : { [key]: chosen };
  };
  const callers = [
    ...some(['a', 'b']).map((name) => ({ source: { principals: [name] }, conditions: [] })),
    ...(chance.below(3) === 0 ? [{ source: { requestPrincipals: [chance.pick(['*', 't'])] }, conditions: [] }] : []),
  ];
  return {
    action: 'ALLOW',
    from: callers.length === 0 ? [{ source: {}, conditions: [] }] : callers,
    notFrom: chance.below(4) === 0 ? [{ source: { principals: ['b'] }, conditions: [] }] : [],
    rule: { ...list('methods', ['GET', 'POST']), ...list('ports', [80, 90]), ...list('notMethods', ['POST']), ...list('notPorts', [90]) },
    ports: {},
    conditions: chance.below(4) === 0 ? [{ key: 'request.headers[x]', values: [chance.pick(['1', '2'])] }] : [],
  } as unknown as NamedGrant;
}

const ASKED: readonly Asked[] = ['a', 'b', 'c'].flatMap((principal) =>
  [undefined, 't', 'u'].flatMap((token) => ['GET', 'POST'].flatMap((method) => ['80', '90', '70'].flatMap((port) => ['1', '2'].map((header) => ({ principal, token, method, port, header }))))),
);

test('whatever is granted', () => {
  const chance = new Random(11);
  let [letIn, refused] = [0, 0];
  for (let round = 0; round < 300; round += 1) {
    const grants = Array.from({ length: 1 + chance.below(6) }, () => grantOf(chance));
    const [together, alone] = [rulesOf(grants), grants.flatMap((grant) => grant.from.flatMap((caller) => rulesOf([{ ...grant, from: [caller] }])))];
    expect(together.length).toBeLessThanOrEqual(alone.length);
    for (const asked of ASKED) {
      for (const isBytes of [false, true]) {
        const expected = alone.some((rule) => fits(rule, asked, isBytes));
        if (together.some((rule) => fits(rule, asked, isBytes)) !== expected) throw new Error(`${JSON.stringify({ asked, isBytes, expected })} by ${JSON.stringify(together)} for ${JSON.stringify(grants)}`);
        if (expected) letIn += 1;
        else refused += 1;
      }
    }
  }
  // neither is an answer for all
  expect(Math.min(letIn, refused)).toBeGreaterThan(10_000);
});

test('the order of grants does not matter', () => {
  const chance = new Random(12);
  for (let round = 0; round < 100; round += 1) {
    const grants = Array.from({ length: 6 }, () => grantOf(chance));
    expect(rulesOf([...grants].reverse())).toEqual(rulesOf(grants));
  }
});
