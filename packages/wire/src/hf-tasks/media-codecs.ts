import {
  fileBase64,
  isJsonObject,
  sniffMediaType,
  type FileData,
  type JsonObject,
  type JsonValue,
} from '@inferway/core';
import { fromBase64 } from '../base64.js';
import { BytesBody } from '../body.js';
import { mediaOfUrl } from '../data-url.js';
import { defined } from '../json-body.js';
import { asNumber, asString, asText } from '../lenient.js';
import { listCodec, type OutputCodec } from './codec.js';
import type { AudioPiece, ImageSegment } from './outputs.js';

/** Files of one kind: the answer's own bytes, or base64 or URLs in JSON (`data[].b64_json`, `output[]`, `images[].url`). */
export function files(kind: string): OutputCodec<readonly FileData[]> {
  return {
    decode(body) {
      const found = filesOf(body, kind);
      return found.length === 0 ? undefined : found;
    },
    encode: (output) => {
      const [first] = output;
      if (output.length === 1 && first?.type === 'bytes') {
        return new BytesBody(first.data, first.mediaType);
      }
      return { output: output.map((file) => (file.type === 'url' ? file.url : asDataUrl(file))) };
    },
  };
}

/** One file. */
export function file(kind: string): OutputCodec<FileData> {
  const { decode, encode } = files(kind);
  return { decode: (body) => decode(body)?.[0], encode: (output) => encode([output]) };
}

/** Sounds that were taken apart or made better: `blob` is base64, or the answer is one file. */
export const audioPieces: OutputCodec<readonly AudioPiece[]> = listCodec(
  (entry) => {
    const data = asText(entry['blob']);
    if (data === undefined) {
      const [audio] = filesIn(entry, 'audio', 0);
      return audio === undefined ? undefined : { label: asText(entry['text']) ?? '', audio };
    }
    const mediaType = asText(entry['content-type']) ?? 'audio/wav';
    return { label: asString(entry['label']) ?? '', audio: { type: 'base64', data, mediaType } };
  },
  ({ label, audio }) => ({
    label,
    blob: fileBase64(audio),
    'content-type': 'mediaType' in audio ? (audio.mediaType ?? 'audio/wav') : 'audio/wav',
  }),
);

/** Segments of an image: `mask` is a PNG in base64, or the answer is one mask without a label. */
export const segments: OutputCodec<readonly ImageSegment[]> = listCodec(
  (entry) => {
    const data = asText(entry['mask']);
    const label = asString(entry['label']);
    if (data === undefined || label === undefined) {
      const [whole] = filesIn(entry, 'image', 0);
      return whole === undefined ? undefined : { label: '', mask: whole };
    }
    const mask = { type: 'base64', data, mediaType: 'image/png' } as const;
    return defined({ label, score: asNumber(entry['score']), mask });
  },
  ({ mask, ...rest }) => ({ ...rest, mask: fileBase64(mask) }),
);

// Where services put files; each member may hold one, several, or an object that has one.
const MEMBERS = [
  'output',
  'outputs',
  'images',
  'image',
  'image_result',
  'videos',
  'video',
  'audio',
  'audio_file',
  'data',
] as const;
const ADDRESSES = ['url', 'video_url', 'image_url', 'audio_url'] as const;
const DEEPEST = 4;

function filesOf(body: unknown, kind: string): readonly FileData[] {
  if (body instanceof BytesBody) return body.data.length === 0 ? [] : [fileOfBytes(body, kind)];
  return isJsonObject(body) ? filesIn(body, kind, 0) : [];
}

function filesIn(value: JsonValue | undefined, kind: string, depth: number): FileData[] {
  if (depth > DEEPEST) return [];
  if (typeof value === 'string') return fileIn(value);
  if (Array.isArray(value)) {
    return (value as JsonValue[]).flatMap((entry) => filesIn(entry, kind, depth + 1));
  }
  if (!isJsonObject(value)) return [];
  const data = asText(value['b64_json']);
  if (data !== undefined) return [{ type: 'base64', data, mediaType: usual(kind) }];
  for (const name of ADDRESSES) {
    const url = value[name];
    if (typeof url === 'string' && isAddress(url)) return [withType(mediaOfUrl(url), value)];
  }
  return MEMBERS.flatMap((name) => filesIn(value[name], kind, depth + 1));
}

// A URL, or base64 whose first bytes are those of a file.
function fileIn(text: string): FileData[] {
  if (isAddress(text)) return [mediaOfUrl(text)];
  const start = text.length < 64 ? undefined : fromBase64(text.slice(0, 64));
  const mediaType = start === undefined ? undefined : sniffMediaType(start);
  return mediaType === undefined ? [] : [{ type: 'base64', data: text, mediaType }];
}

function withType(file: FileData, told: JsonObject): FileData {
  const mediaType = asText(told['content_type']);
  return file.type === 'url' && mediaType !== undefined ? { ...file, mediaType } : file;
}

function isAddress(text: string): boolean {
  return /^(?:https?|data):/iu.test(text);
}

/** What bytes are, as their server says where it says it, else as they show. */
export function fileOfBytes({ data, mediaType }: BytesBody, kind: string): FileData {
  const told = mediaType.startsWith(`${kind}/`) ? mediaType : sniffMediaType(data);
  return { type: 'bytes', data, mediaType: told ?? mediaType };
}

function usual(kind: string): string {
  return kind === 'image' ? 'image/jpeg' : kind === 'audio' ? 'audio/wav' : 'video/mp4';
}

function asDataUrl(media: FileData): string {
  const mediaType = 'mediaType' in media ? media.mediaType : undefined;
  return `data:${mediaType ?? 'application/octet-stream'};base64,${fileBase64(media)}`;
}
