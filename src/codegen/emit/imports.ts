/** Where generated modules import the library from; our own imports use relative paths, a user's the package. */
export interface Imports {
  /** Module of `MeshObject`, seen from a source's folder. */
  readonly meshObject: string;
  /** Module of `KindRules` and `SharedRules`, seen from a source's folder. */
  readonly rulesTypes: string;
  /** Module of `KindEntry`, seen from the out folder. */
  readonly catalogTypes: string;
  /** Module of `ObjectMeta`, seen from a source's folder. */
  readonly objectMeta: string;
  /** What a relative import ends with: nothing for CommonJS, `.js` for ES modules. */
  readonly extension: '' | '.js';
}

/** Modules that a user's own imports come from. */
export const PACKAGE_IMPORTS: Imports = {
  meshObject: 'mesh-constructs',
  rulesTypes: 'mesh-constructs',
  catalogTypes: 'mesh-constructs',
  objectMeta: 'mesh-constructs',
  extension: '',
};

/** Modules that the committed imports of this project come from. */
export const OWN_IMPORTS: Imports = {
  meshObject: '../../src/core/mesh-object',
  rulesTypes: '../../src/rules/kind-rules',
  catalogTypes: '../src/rules/kind-rules',
  objectMeta: '../kubernetes/meta-v1',
  extension: '',
};
