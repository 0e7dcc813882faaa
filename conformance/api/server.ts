import type { ApiServer, ApiServerOptions } from '../kubernetes/server';
import { startApiServer } from '../kubernetes/server';
import type { JudgeRow } from '../runner/judge';
import { messageOf } from './cases';
import { RowsInOrder } from './rows-in-order';
import { StandInIstiod } from './stand-in-istiod';

/** A server that does not come up: no other one will. */
export class ServerDown extends Error {}

/** Gives `use` a fresh server, and stops it whatever comes of that. */
export async function withServer<T>(options: ApiServerOptions, use: (server: ApiServer) => Promise<T>): Promise<T> {
  const server = await startApiServer(options).catch((error: unknown) => {
    throw new ServerDown(messageOf(error));
  });
  try {
    return await use(server);
  } finally {
    await server.stop();
  }
}

/** The same with a stand-in for istiod, which is not up yet. */
export async function withIstiod<T>(options: ApiServerOptions, use: (server: ApiServer, istiod: StandInIstiod) => Promise<T>): Promise<T> {
  const istiod = await StandInIstiod.start();
  try {
    return await withServer({ ...options, serviceProxy: istiod.socket }, (server) => use(server, istiod));
  } finally {
    await istiod.stop();
  }
}

/**
 * Judges all at the same time, since most of the time goes in waiting; the rows stay in the order of the items. It comes to its
 * end only when each has, and then fails with the first failure.
 */
export async function allOf<T>(items: readonly T[], keep: (row: JudgeRow) => void, each: (item: T, keep: (row: JudgeRow) => void) => Promise<void>): Promise<void> {
  const rows = new RowsInOrder(keep);
  const places = items.map((item) => ({ item, place: rows.place() }));
  const outcomes = await Promise.allSettled(places.map(({ item, place }) => each(item, place.row).finally(place.end)));
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}
