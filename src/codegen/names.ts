/** `HTTPRoute` → `http-route`, `XBackendTLSPolicy` → `x-backend-tls-policy`. */
export function kebabCase(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1-$2')
    .replace(/[^A-Za-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .toLowerCase();
}

/**
 * A name as one word of a type's name: `portLevelSettings` → `PortLevelSettings`, `x-header` → `XHeader`. A letter
 * after a digit is raised as well, which is how json-schema-to-typescript writes names.
 */
export function pascalCase(name: string): string {
  return name
    .split(/[^A-Za-z0-9]+/)
    .filter((part) => part !== '')
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join('')
    .replace(/\d[a-z]/g, (match) => match.toUpperCase());
}

/** Names that a class of a kind would shadow in its own module or that TypeScript keeps for itself. */
const TAKEN = new Set(['Object', 'Function', 'Construct', 'MeshObject', 'ObjectMeta', 'Record', 'Promise', 'Array', 'String']);

/** The class of a kind; never a name that cannot be a class. */
export function className(kind: string): string {
  const name = pascalCase(kind);
  if (name === '' || /^\d/.test(name)) return `Kind${name}`;
  return TAKEN.has(name) ? `${name}Kind` : name;
}
