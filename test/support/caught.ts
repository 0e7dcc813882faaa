import { MeshError } from '../../src/errors/mesh-error';

/** The MeshError that `body` throws; anything else it throws, or nothing, fails the test. */
export function caught(body: () => unknown): MeshError {
  try {
    body();
  } catch (error) {
    if (MeshError.isMeshError(error)) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}
