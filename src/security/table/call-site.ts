import { isAbsolute, join, relative } from 'node:path';

/** A line of a program. */
export interface CallSite {
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
}

/** Where `mesh-constructs access` has the table of the program that it runs written. */
export const SITES_ASKED = 'MESH_CONSTRUCTS_ACCESS_TABLE';

const FRAME = /\(?((?:file:\/\/)?(?:\/|[A-Za-z]:\\)[^()]*?):(\d+):\d+\)?$/;

/**
 * The line of the program that called. It is read when somebody asks for it: to write out a stack costs more than all else that a
 * sentence about access does, and most programs never ask.
 */
export function callSite(): CallSite {
  const holder: { stack?: string } = {};
  Error.captureStackTrace(holder, callSite);
  return new StackSite(holder);
}

/** The line that a site stands for; undefined where no frame is of the program. */
export function knownSite(site: CallSite | undefined): CallSite | undefined {
  return site === undefined || site.file === '' ? undefined : { file: site.file, line: site.line };
}

class StackSite implements CallSite {
  private read: CallSite | undefined;

  public constructor(private holder: { readonly stack?: string }) {}

  public get file(): string {
    return this.found().file;
  }

  public get line(): number {
    return this.found().line;
  }

  private found(): CallSite {
    if (this.read === undefined) {
      this.read = programFrame(this.holder.stack ?? '') ?? { file: '', line: 0 };
      this.holder = {};
    }
    return this.read;
  }
}

/** The first frame that is not of this library. */
function programFrame(stack: string): CallSite | undefined {
  for (const line of stack.split('\n').slice(1)) {
    const [, file, number] = FRAME.exec(line.trim()) ?? [];
    if (file === undefined || number === undefined) continue;
    const plain = file.startsWith('file://') ? decodeURI(file.slice('file://'.length)) : file;
    if (isOurs(plain)) continue;
    const near = relative(process.cwd(), plain);
    return { file: near.startsWith('..') || isAbsolute(near) ? plain : near, line: Number(number) };
  }
  return undefined;
}

/** The folders of this library's modules, of the sources or of what is built of them. */
const OWN = [join(__dirname, '..', '..'), join(__dirname, '..', '..', '..', 'imports')].map((folder) => `${folder}/`.replaceAll('\\', '/'));

function isOurs(file: string): boolean {
  const plain = file.replaceAll('\\', '/');
  return plain.includes('node:internal') || OWN.some((folder) => plain.startsWith(folder));
}
