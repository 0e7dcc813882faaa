import { createServer } from 'node:net';

const MOST_ATTEMPTS = 3;

/**
 * Hands a free port to `start`, and another one when it was taken between the look and the use of it, which `isTaken` tells
 * from other failures.
 *
 * @throws what `start` throws, when it failed for another reason or three times for this one
 */
export async function withFreePort<T>(start: (port: number) => Promise<T>, isTaken: (error: unknown) => boolean): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await start(await freePort());
    } catch (error) {
      if (attempt === MOST_ATTEMPTS || !isTaken(error)) throw error;
    }
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => {
        if (address === null || typeof address === 'string') reject(new Error('no free port'));
        else resolve(address.port);
      });
    });
  });
}
