import type { Chart } from 'cdk8s';
import type { Finding } from '../errors/finding';
import type { JudgedBy } from '../validation/validator';
import { isCovered } from '../validation/known-releases';
import { nearestRelease, sourceTitle } from '../validation/versions';
import { Cluster } from './cluster';

/** Which rules judged the objects of each chart. */
export class JudgedCharts {
  private readonly charts = new Map<Chart, Set<readonly JudgedBy[]>>();

  /** @param judgedBy the same list for all objects of a kind and version, as a Validator gives it */
  public add(chart: Chart, judgedBy: readonly JudgedBy[]): void {
    const seen = this.charts.get(chart);
    if (seen === undefined) this.charts.set(chart, new Set([judgedBy]));
    else seen.add(judgedBy);
  }

  /** A warning for each version that a Cluster declares, of which it is not known whether the rules that judged its objects fit. */
  public standIns(): Finding[] {
    const clusters = new Map<Cluster, JudgedBy[]>();
    for (const [chart, seen] of this.charts) {
      const cluster = Cluster.find(chart);
      if (cluster !== undefined) clusters.set(cluster, [...(clusters.get(cluster) ?? []), ...[...seen].flat()]);
    }
    return [...clusters].flatMap(([cluster, judgedBy]) => standInsOf(cluster, judgedBy));
  }
}

function standInsOf(cluster: Cluster, judgedBy: readonly JudgedBy[]): Finding[] {
  const { istio, kubernetes, gatewayApi } = cluster.facts;
  const declared = [
    { property: 'istio', source: 'istio', versions: istio },
    { property: 'kubernetes', source: 'kubernetes', versions: kubernetes },
    { property: 'gatewayApi', source: 'gateway-api', versions: gatewayApi },
  ];
  return declared.flatMap(({ property, source, versions }) => {
    const releases = [...new Set(judgedBy.filter((rules) => rules.source === source).map(({ release }) => release))];
    return versions.flatMap((version) => {
      const release = nearestRelease(version, releases);
      if (release === undefined || isCovered(source, version)) return [];
      return [standIn(cluster, property, version, `${sourceTitle(source)} ${release}`)];
    });
  });
}

function standIn(cluster: Cluster, property: string, version: string, release: string): Finding {
  return {
    code: 'version-stand-in',
    severity: 'warning',
    construct: cluster.node.path,
    property,
    got: `"${version}"`,
    expected: 'a version whose rules are known',
    fix: `the rules of ${release} stand in for it`,
  };
}
