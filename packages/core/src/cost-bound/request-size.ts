/** How large a request is, for a bound on the tokens that it can be counted as. */
export interface RequestSize {
  /** Of all text and member names in UTF-8, with room for what stands between them. */
  bytes: number;
  images: number;
  /** Audio and files that hold no text, with their bytes as far as those are here. */
  files: number;
  fileBytes: number;
  /** Some part asks for the provider's prompt cache, whose writes may be dearer than plain input. */
  marksCache: boolean;
}

// A chat template writes a few tokens around each message, a serialiser some around each member.
const BYTES_AN_OBJECT = 16;
const BYTES_A_MEMBER = 4;
const BYTES_A_NUMBER = 24;
// Deeper than any request that a provider reads; what is below is counted as text.
const DEEPEST = 128;
// Where no media can stand, whatever it looks like there: else a schema dressed up as a picture would weigh too little.
const TEXT_ONLY = new Set([
  'tools',
  'output',
  'metadata',
  'opaque',
  'passthrough',
  'providerOptions',
]);

const TEXT_FILE = /^text\/|[/+](?:json|xml|yaml|csv|javascript|x-ndjson)\b/iu;

/** Measures a request, or any part of one. Every byte of text counts; media are counted by the piece. */
export function sizeOfRequest(request: unknown): RequestSize {
  const size: RequestSize = { bytes: 0, images: 0, files: 0, fileBytes: 0, marksCache: false };
  measure(request, '', 0, size);
  return size;
}

const SHORT_TEXT = 32;

/** How many bytes a text is in UTF-8; a lone half of a pair is three, as it is written. */
export function utf8Length(text: string): number {
  // Names and short texts are mostly ASCII, and counted before a call into the runtime would be.
  if (text.length > SHORT_TEXT) return Buffer.byteLength(text);
  for (let index = 0; index < text.length; index++) {
    if (text.charCodeAt(index) > 0x7f) return Buffer.byteLength(text);
  }
  return text.length;
}

function measure(value: unknown, name: string, depth: number, size: RequestSize): void {
  if (typeof value === 'string') {
    size.bytes += utf8Length(value);
    return;
  }
  if (typeof value !== 'object' || value === null) {
    if (value !== undefined) size.bytes += BYTES_A_NUMBER;
    return;
  }
  if (depth > DEEPEST) {
    size.bytes += textLength(value);
    return;
  }
  if (Array.isArray(value)) {
    size.bytes += BYTES_AN_OBJECT;
    for (const item of value as readonly unknown[]) {
      if (item === undefined) continue;
      size.bytes += BYTES_A_MEMBER;
      measure(item, name, depth + 1, size);
    }
    return;
  }
  const isText = TEXT_ONLY.has(name);
  if (!isText && isMedium(value)) {
    measureMedium(value, name, size);
    return;
  }
  size.bytes += BYTES_AN_OBJECT;
  // Own members only: what a prototype has is no part of the request.
  for (const key of Object.keys(value)) {
    const member = (value as Readonly<Record<string, unknown>>)[key];
    if (member === undefined) continue;
    if (key === 'cache' || key === 'cache_control') size.marksCache = true;
    size.bytes += BYTES_A_MEMBER + utf8Length(key);
    measure(member, isText ? name : key, depth + 1, size);
  }
}

interface Medium {
  readonly type?: unknown;
  readonly data?: unknown;
  readonly mediaType?: unknown;
}

function isMedium(value: object): value is Medium {
  if (ArrayBuffer.isView(value)) return true;
  const { type } = value as Medium;
  return (
    type === 'base64' ||
    type === 'bytes' ||
    type === 'file-id' ||
    (type === 'url' && 'url' in value)
  );
}

function measureMedium(medium: Medium, name: string, size: RequestSize): void {
  const { mediaType, data = medium } = medium;
  if (!ArrayBuffer.isView(medium)) {
    const { data: _data, ...names } = medium;
    size.bytes += textLength(names);
  }
  const isImage =
    typeof mediaType === 'string' ? mediaType.startsWith('image/') : /image|mask/u.test(name);
  if (isImage) {
    size.images++;
    return;
  }
  let bytes = 0;
  if (typeof data === 'string') bytes = Math.ceil(data.length * 0.75);
  else if (ArrayBuffer.isView(data)) bytes = data.byteLength;
  size.files++;
  // A file of text is put into the prompt as it stands, and has as many tokens as text has.
  if (typeof mediaType === 'string' && TEXT_FILE.test(mediaType)) size.bytes += bytes;
  else size.fileBytes += bytes;
}

function textLength(value: object): number {
  try {
    return utf8Length(JSON.stringify(value) ?? '');
  } catch {
    // What JSON cannot hold reaches no provider.
    return 0;
  }
}
