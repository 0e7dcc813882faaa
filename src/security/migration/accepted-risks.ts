import { Chart } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { isConstruct } from '../../core/place';
import { describeReference, requireSameCluster } from '../../core/references';
import { describeValue } from '../../core/refusal';
import { oneOf, placeOf, refuse, requireKeys, someText, within } from '../../traffic/rules/refuse';
import type { Place } from '../../traffic/rules/refuse';
import type { MtlsRisk, MtlsRiskCode } from './mtls-risk';
import { isAbout } from './stage-risks';

/** A risk of a migration that is known not to be one. */
export interface AcceptedMtlsRisk {
  /** The code of the refusal. A `mtls-clash` cannot be accepted: every call would fail. */
  readonly code: Exclude<MtlsRiskCode, 'mtls-clash'>;
  /** What the refusal names: a client, a workload, a service, an Ingress, … */
  readonly construct: IConstruct;
  /** Why it is none, for whoever reads the program later. */
  readonly because: string;
}

const CODES: readonly AcceptedMtlsRisk['code'][] = [
  'auto-mtls-off',
  'called-by-api-server',
  'client-of-other-mesh',
  'client-outside-mesh',
  'client-past-its-proxy',
  'external-client',
  'headless-without-proxies',
  'other-certificates',
  'port-not-captured',
  'probe-not-rewritten',
  'scraped-directly',
  'told-plain-text',
];

/** @throws MeshError when one of them is no risk of this cluster, is for a whole chart, or says no reason. */
export function checkedAcceptedRisks(migration: IConstruct, given: unknown): readonly AcceptedMtlsRisk[] {
  if (given === undefined) return [];
  const place = within(placeOf(migration), 'acceptedRisks');
  if (!Array.isArray(given)) throw refuse(place, 'bad-list', describeValue(given), 'a list of risks', 'put it in brackets');
  return (given as readonly AcceptedMtlsRisk[]).map((risk, index) => checkedRisk(migration, { ...place, property: `${place.property}[${index}]` }, risk));
}

function checkedRisk(migration: IConstruct, place: Place, risk: AcceptedMtlsRisk): AcceptedMtlsRisk {
  requireKeys(place, risk, ['code', 'construct', 'because']);
  const { construct } = risk;
  const code = oneOf(within(place, 'code'), risk.code, CODES);
  const because = someText(within(place, 'because'), risk.because);
  requireSameCluster(migration, construct, within(place, 'construct').property, 'the construct that the refusal names');
  if (!isConstruct(construct) || Chart.isChart(construct) || construct === construct.node.root) {
    throw refuse(within(place, 'construct'), 'too-wide', describeReference(construct), 'one client, workload or service: whatever comes to a chart later would be accepted with it', 'give the construct that the refusal names');
  }
  return { code, construct, because };
}

/** The first that accepts a risk. */
export function acceptedBy(accepted: readonly AcceptedMtlsRisk[], risk: MtlsRisk): AcceptedMtlsRisk | undefined {
  return accepted.find(({ code, construct }) => code === risk.code && isAbout(risk, construct));
}
