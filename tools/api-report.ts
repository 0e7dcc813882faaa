import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import ts from 'typescript';

/**
 * The public surface as text: every name that an entry of the package exports, with its declaration, without comments
 * but for deprecations. `npm run api` writes it to API.md; a test holds the two equal, so that a change of the surface
 * shows in the change itself.
 */

const ROOT = resolve(__dirname, '..');
const API_FILE = join(ROOT, 'API.md');

/** Entries whose declarations are shown in full; kinds are generated, so of those the names are enough. */
const FULL = ['src/index', 'src/testing/index'];
const NAMES = ['imports/istio/index', 'imports/gateway-api/index', 'imports/kubernetes/index'];

/** The text of API.md for what is in lib/. */
export function apiReport(): string {
  const files = [...FULL, ...NAMES].map((entry) => join(ROOT, 'lib', `${entry}.d.ts`));
  const program = ts.createProgram(files, { skipLibCheck: true, types: [] });
  const checker = program.getTypeChecker();
  const sections = [...FULL, ...NAMES].map((entry, index) => {
    const source = program.getSourceFile(files[index] as string);
    const module = source === undefined ? undefined : checker.getSymbolAtLocation(source);
    const symbols = module === undefined ? [] : checker.getExportsOfModule(module).sort((a, b) => (a.name < b.name ? -1 : 1));
    const body = FULL.includes(entry) ? symbols.map((symbol) => declarationOf(symbol, checker)).join('\n\n') : classNames(symbols, checker);
    return `## ${titleOf(entry)}\n\n\`\`\`${FULL.includes(entry) ? 'ts' : 'text'}\n${body}\n\`\`\`\n`;
  });
  const head = '# The public surface\n\nWritten by `npm run api`; a test holds it against the code. CONTRIBUTING.md says how names may change.\n';
  return [head, ...sections].join('\n');
}

function titleOf(entry: string): string {
  const name = dirname(entry).replace(/^src\/?|^imports\//, '');
  return name === '' ? 'mesh-constructs' : `mesh-constructs/${name}`;
}

function classNames(symbols: readonly ts.Symbol[], checker: ts.TypeChecker): string {
  const classes = symbols.filter((symbol) => resolved(symbol, checker).declarations?.some(ts.isClassDeclaration) === true);
  return classes.map((symbol) => symbol.name).join('\n');
}

function declarationOf(symbol: ts.Symbol, checker: ts.TypeChecker): string {
  const target = resolved(symbol, checker);
  const printer = ts.createPrinter({ removeComments: true });
  const texts = (target.declarations ?? []).map((declaration) => {
    // a variable's own node is only its name and type
    const node = ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration;
    const text = printer.printNode(ts.EmitHint.Unspecified, node, node.getSourceFile());
    return withoutPrivate(text.replace(/^export (declare )?/, ''));
  });
  const deprecated = ts.displayPartsToString(target.getJsDocTags(checker).find(({ name }) => name === 'deprecated')?.text);
  return [...(deprecated === '' ? [] : [`// deprecated: ${deprecated}`]), ...texts].join('\n');
}

function withoutPrivate(text: string): string {
  return text
    .split('\n')
    .filter((line) => !/^\s*private\b/.test(line) || /^\s*private constructor/.test(line))
    .join('\n');
}

function resolved(symbol: ts.Symbol, checker: ts.TypeChecker): ts.Symbol {
  return (symbol.flags & ts.SymbolFlags.Alias) === 0 ? symbol : checker.getAliasedSymbol(symbol);
}

if (require.main === module) {
  const report = apiReport();
  const before = ((): string => {
    try {
      return readFileSync(API_FILE, 'utf8');
    } catch {
      return '';
    }
  })();
  writeFileSync(API_FILE, report);
  process.stdout.write(`${relative(process.cwd(), API_FILE)} ${before === report ? 'is as it was' : 'has changed'}\n`);
}
