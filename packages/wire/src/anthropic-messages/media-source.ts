import type { FilePart, JsonObject, Media } from '@inferway/core';
import { parseDataUrl } from '../data-url.js';

/** The `source` of an image. A `data:` URL is sent as the bytes that it holds. */
export function imageSource(media: Media): JsonObject {
  switch (media.type) {
    case 'base64':
      return { type: 'base64', media_type: media.mediaType, data: media.data };
    case 'file-id':
      return { type: 'file', file_id: media.id };
    case 'url': {
      const inline = parseDataUrl(media.url);
      if (inline === undefined) return { type: 'url', url: media.url };
      return { type: 'base64', media_type: inline.mediaType, data: inline.data };
    }
  }
}

/** The `source` of a document: PDF, text, a URL or a file id. Undefined for a kind of file that the protocol has no block for. */
export function documentSource(file: FilePart['file']): JsonObject | undefined {
  switch (file.type) {
    case 'text':
      return { type: 'text', media_type: 'text/plain', data: file.text };
    case 'base64': {
      const kind = file.mediaType.split(';', 1)[0] ?? '';
      if (kind === 'application/pdf')
        return { type: 'base64', media_type: 'application/pdf', data: file.data };
      if (!kind.startsWith('text/') && kind !== 'application/json') return undefined;
      return { type: 'text', media_type: 'text/plain', data: utf8Of(file.data) };
    }
    default:
      return imageSource(file);
  }
}

function utf8Of(base64: string): string {
  const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
  return new TextDecoder().decode(bytes);
}
