import type { Construct } from 'constructs';
import type { Finding } from '../../errors/finding';
import { MeshError } from '../../errors/mesh-error';
import { checkInjector } from '../injection/injector-checks';
import { meshDocumentFindings } from '../mesh-config';
import type { MeshNetworks } from '../mesh-config';
import { since } from '../release';
import type { Minor, Release } from '../release';
import type { IstiodProps } from './istiod-props';

type Complaint = Omit<Finding, 'construct'>;
type Complaints = readonly (Complaint | undefined)[];

/**
 * Refuses props that no control plane can have, all at once.
 *
 * @throws MeshError naming the construct and each prop.
 */
export function checkIstiodProps(construct: Construct, props: IstiodProps, release: Release): void {
  checkInjector(construct, props);
  const complaints = [...tags(props), ...replicas(props), ...sinceWhen(props, release)];
  const findings = [
    ...complaints.flatMap((complaint) => (complaint === undefined ? [] : [{ construct: construct.node.path, ...complaint }])),
    ...documents(construct, props, release),
  ];
  if (findings.length > 0) throw new MeshError(findings);
}

/** istiod goes on without the whole of a configuration that it cannot read. */
function documents(construct: Construct, { meshConfig, meshNetworks }: IstiodProps, release: Release): readonly Finding[] {
  return [
    ...(meshConfig === undefined ? [] : meshDocumentFindings(construct, 'meshConfig', 'MeshConfig', meshConfig, release)),
    ...(meshNetworks === undefined ? [] : networkFindings(construct, meshNetworks, release)),
  ];
}

function networkFindings(construct: Construct, networks: MeshNetworks, release: Release): readonly Finding[] {
  const findings = meshDocumentFindings(construct, 'meshNetworks', 'MeshNetworks', { networks }, release);
  return findings.map((finding) => ({ ...finding, property: finding.property.replace('meshNetworks.networks', 'meshNetworks') }));
}

function tags({ revision, revisionTags = [] }: IstiodProps): Complaints {
  const twice = revisionTags.find((tag, index) => revisionTags.indexOf(tag) < index);
  const isRevision = revision !== undefined && revisionTags.includes(revision);
  return [
    twice === undefined ? undefined : { code: 'tag-twice', property: 'revisionTags', got: `the tag "${twice}" twice`, expected: 'each tag once', fix: 'leave one of them out' },
    isRevision
      ? { code: 'tag-is-revision', property: 'revisionTags', got: `"${revision}", which is the revision itself`, expected: 'names that are no revision', fix: 'leave it out: the revision has that name already' }
      : undefined,
  ];
}

function replicas({ autoscaling, disruptionBudget }: IstiodProps): Complaints {
  const { minReplicas = 1, maxReplicas = 5 } = autoscaling === false ? {} : (autoscaling ?? {});
  const { minAvailable, maxUnavailable } = disruptionBudget === false ? {} : (disruptionBudget ?? {});
  const hasBoth = (minAvailable ?? undefined) !== undefined && maxUnavailable !== undefined;
  return [
    minReplicas > maxReplicas
      ? { code: 'bad-replicas', property: 'autoscaling.minReplicas', got: `minReplicas ${minReplicas} and maxReplicas ${maxReplicas}`, expected: 'a minimum that is no larger than the maximum (1 and 5 by default)', fix: 'give both' }
      : undefined,
    hasBoth
      ? { code: 'bad-budget', property: 'disruptionBudget', got: 'minAvailable and maxUnavailable', expected: 'one of them: Kubernetes takes no more', fix: 'leave one of them out' }
      : undefined,
  ];
}

/** A prop of a later release would do nothing, and nobody would notice. */
function sinceWhen(props: IstiodProps, release: Release): Complaints {
  const tooNew = (property: string, isGiven: boolean, minor: Minor): Complaint | undefined =>
    isGiven && !since(release, minor)
      ? { code: 'needs-newer-istio', property, got: `a value, with Istio ${release.version}`, expected: `Istio ${minor} or newer`, fix: 'leave it out' }
      : undefined;
  return [
    tooNew('readerRbac', props.readerRbac === false, '1.30'),
    tooNew('readerServiceAccount', props.readerServiceAccount !== undefined, '1.31'),
    tooNew('nodeUntaint.taint', props.nodeUntaint?.taint !== undefined, '1.30'),
    tooNew('terminationMessagePolicy', props.terminationMessagePolicy !== undefined, '1.31'),
  ];
}
