import { fileBase64, isJsonObject, sniffMediaType, type FileData } from '@inferway/core';
import { BytesBody } from '../body.js';
import { mediaOfUrl } from '../data-url.js';
import { defined } from '../json-body.js';
import { asList, asNumber, asObject, asString, asText } from '../lenient.js';
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

/** Sounds that were taken apart or made better: `blob` is base64. */
export const audioPieces: OutputCodec<readonly AudioPiece[]> = listCodec(
  (entry) => {
    const data = asText(entry['blob']);
    if (data === undefined) return undefined;
    const mediaType = asText(entry['content-type']) ?? 'audio/wav';
    return { label: asString(entry['label']) ?? '', audio: { type: 'base64', data, mediaType } };
  },
  ({ label, audio }) => ({
    label,
    blob: fileBase64(audio),
    'content-type': 'mediaType' in audio ? (audio.mediaType ?? 'audio/wav') : 'audio/wav',
  }),
);

/** Segments of an image: `mask` is a PNG in base64. */
export const segments: OutputCodec<readonly ImageSegment[]> = listCodec(
  (entry) => {
    const data = asText(entry['mask']);
    const label = asString(entry['label']);
    if (data === undefined || label === undefined) return undefined;
    const mask = { type: 'base64', data, mediaType: 'image/png' } as const;
    return defined({ label, score: asNumber(entry['score']), mask });
  },
  ({ mask, ...rest }) => ({ ...rest, mask: fileBase64(mask) }),
);

function filesOf(body: unknown, kind: string): readonly FileData[] {
  if (body instanceof BytesBody) return body.data.length === 0 ? [] : [fileOfBytes(body, kind)];
  if (!isJsonObject(body)) return [];
  const base64 = asList(body['data']).flatMap((entry) => {
    const data = asText(asObject(entry)?.['b64_json']);
    return data === undefined ? [] : [{ type: 'base64', data, mediaType: usual(kind) } as const];
  });
  const { output, images } = body;
  const urls = [...(Array.isArray(output) ? asList(output) : [output]), ...asList(images)];
  return [
    ...base64,
    ...urls.flatMap((entry) => {
      const url = asText(entry) ?? asText(asObject(entry)?.['url']);
      return url !== undefined && /^(?:https?|data):/iu.test(url) ? [mediaOfUrl(url)] : [];
    }),
  ];
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
