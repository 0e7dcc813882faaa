import type { ApiServer, ApiServerOptions } from '../kubernetes/server';
import { startApiServer } from '../kubernetes/server';
import { messageOf } from './cases';

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
