import { existsSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { parseAllDocuments } from 'yaml';
import { catalog } from '../../imports/catalog';
import type { Json } from '../../src/rules/json';
import { crdOf } from '../../src/rules/crd';
import { startApiServer } from '../kubernetes/server';
import type { ApiServer } from '../kubernetes/server';
import { asRecord } from '../kubernetes/status';
import type { ServerVerdict } from './normalise';
import type { Releases } from './subjects';

/** Requests under way at the same time: enough to keep the server busy. */
const WINDOW = 24;

/** A real API server with the CRDs of the releases. */
export class ServerJudge {
  /**
   * CRDs come from the files that are given, else from the published ones where they stand beside the project, else from
   * our rules, which a test holds to be equal to the published ones.
   */
  public static async start(releases: Releases, given: readonly string[]): Promise<ServerJudge> {
    const server = await startApiServer({ connections: WINDOW });
    try {
      const files = given.length > 0 ? given : publishedFiles(releases);
      await server.installCrds(files.length > 0 ? files.flatMap(readYaml) : crdsOf(releases));
      return new ServerJudge(server, files.length > 0 ? 'published CRDs' : 'CRDs from our rules');
    } catch (error) {
      await server.stop();
      throw error;
    }
  }

  private constructor(
    private readonly server: ApiServer,
    /** Where the CRDs came from. */
    public readonly origin: string,
  ) {}

  public async verdict(object: Json): Promise<ServerVerdict> {
    const ask = (): Promise<ServerVerdict> => this.server.dryRunCreate(asRecord(object), JSON.stringify(object));
    try {
      const { accepted, causes, message } = await ask();
      return { accepted, causes, message };
    } catch (error) {
      if (!isHangUp(error)) throw error;
    }
    // The server's own code fails over some objects: it drops the connection, and lives on. Twice is no accident.
    try {
      const { accepted, causes, message } = await ask();
      return { accepted, causes, message };
    } catch (error) {
      if (!isHangUp(error)) throw error;
      return { accepted: false, causes: [], message: 'the server dropped the connection' };
    }
  }

  /** The verdicts of many objects, in their order. */
  public async all(objects: readonly Json[], onProgress: (done: number) => void): Promise<readonly ServerVerdict[]> {
    const verdicts: ServerVerdict[] = [];
    let next = 0;
    let done = 0;
    const work = async (): Promise<void> => {
      for (let at = next++; at < objects.length; at = next++) {
        verdicts[at] = await this.verdict(objects[at] as Json);
        done += 1;
        onProgress(done);
      }
    };
    await Promise.all(Array.from({ length: WINDOW }, work));
    return verdicts;
  }

  public async stop(): Promise<void> {
    await this.server.stop();
  }
}

function isHangUp(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ECONNRESET';
}

function publishedFiles({ istio, gatewayApi, channel }: Releases): readonly string[] {
  const folder = path.join(__dirname, '../../../shared/crds');
  const files = [`istio-${istio}.yaml`, `gateway-api-${gatewayApi}-${channel}.yaml`].map((name) => path.join(folder, name));
  return files.every((file) => existsSync(file)) ? files : [];
}

function crdsOf(releases: Releases): Json[] {
  return catalog.flatMap((entry) => {
    const wanted = entry.source === 'istio' ? { release: releases.istio } : { release: releases.gatewayApi, channel: releases.channel };
    const crd = entry.source === 'kubernetes' ? undefined : crdOf(entry.load(), wanted);
    return crd === undefined ? [] : [crd];
  });
}

function readYaml(file: string): unknown[] {
  return parseAllDocuments(readFileSync(file, 'utf8')).map((document) => document.toJS() as unknown);
}
