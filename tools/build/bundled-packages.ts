/** A package that users get as part of our own files instead of by installing it. */
export interface BundledPackage {
  readonly name: string;
  /** Modules that the package loads and we never use, and what takes their place. */
  readonly stubs?: { readonly [module: string]: string };
}

/** The packages that the build writes into `lib/vendor/`; all are devDependencies. */
export const BUNDLED_PACKAGES: readonly BundledPackage[] = [
  // published as ES modules only: a CommonJS library can require it, but the jest of a user cannot
  { name: '@marcbachmann/cel-js' },
  // 0.9 MB as published, in four formats
  { name: 're2js' },
  // 17 MB in 13 packages as published, most of it prettier; only `mesh-constructs import` uses it
  { name: 'json-schema-to-typescript', stubs: { prettier: 'tools/stubs/prettier.cjs' } },
];
