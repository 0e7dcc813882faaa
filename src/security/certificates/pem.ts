/** A block of a PEM text. */
export interface PemBlock {
  /** What it says it is, such as `CERTIFICATE`. */
  readonly label: string;
  readonly bytes: Buffer;
  /** Whether lines such as `Proc-Type` stand in it: an old form of encrypted keys. */
  readonly hasHeaders: boolean;
}

const BOUNDARY = /^-----(BEGIN|END) ([A-Z0-9 ]+)-----\s*$/;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/** The blocks of a PEM text; lines around them are a comment, as they are to Go. */
export function pemBlocks(text: string): readonly PemBlock[] {
  const blocks: PemBlock[] = [];
  let open: { readonly label: string; readonly lines: string[] } | undefined;
  for (const line of text.split('\n')) {
    const [, kind, label = ''] = BOUNDARY.exec(line) ?? [];
    if (kind === 'BEGIN') open = { label, lines: [] };
    else if (kind === 'END') {
      const block = open?.label === label ? blockOf(label, open.lines) : undefined;
      if (block !== undefined) blocks.push(block);
      open = undefined;
    } else open?.lines.push(line.trim());
  }
  return blocks;
}

function blockOf(label: string, lines: readonly string[]): PemBlock | undefined {
  const encoded = lines.filter((line) => !line.includes(':')).join('');
  if (!BASE64.test(encoded) || encoded.length % 4 !== 0) return undefined;
  return { label, bytes: Buffer.from(encoded, 'base64'), hasHeaders: lines.some((line) => line.includes(':')) };
}

/** What a text seems to be. It never shows any of it: it may be a key. */
export function describePem(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value !== 'string') return value === null ? 'null' : Array.isArray(value) ? 'a list' : `a value of the type ${typeof value}`;
  if (value.trim() === '') return 'an empty text';
  const labels = pemBlocks(value).map(({ label }) => label);
  if (labels.some(isKeyLabel)) return 'a private key';
  if (labels.length > 0) return labels.every((label) => label === 'CERTIFICATE') ? `PEM of ${labels.length === 1 ? 'a certificate' : `${labels.length} certificates`}` : `PEM of ${[...new Set(labels)].join(', ')}`;
  if (value.includes('-----BEGIN ')) return 'PEM that is cut short or damaged';
  return `a text of ${value.length} characters that is no PEM`;
}

export function isKeyLabel(label: string): boolean {
  return label.endsWith('PRIVATE KEY');
}
