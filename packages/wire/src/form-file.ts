import { fileBytes, InferwayError, type FileData } from '@inferway/core';
import type { FormFile } from './body.js';

/** Endings of file names where they are not the subtype: servers tell the format of an upload by its name. */
const ENDINGS: Readonly<Record<string, string>> = {
  'audio/mpeg': 'mp3',
  'audio/mp4': 'm4a',
  'audio/x-m4a': 'm4a',
  'audio/x-wav': 'wav',
  'audio/wave': 'wav',
  'image/jpeg': 'jpg',
  'application/octet-stream': 'bin',
  'text/plain': 'txt',
};

/** A file as a part of a form, under its own name or one that tells its format. @throws {InferwayError} `invalid_request` for a URL or an id. */
export function formFile(name: string, file: FileData, param: string = name): FormFile {
  const mediaType = ('mediaType' in file ? file.mediaType : undefined) ?? UNKNOWN;
  return {
    name,
    data: heldBytes(file, param),
    fileName: ('name' in file ? file.name : undefined) ?? `${name}.${endingOf(mediaType)}`,
    mediaType,
  };
}

const UNKNOWN = 'application/octet-stream';

function endingOf(mediaType: string): string {
  const [type = ''] = mediaType.split(';');
  return ENDINGS[type] ?? /^[\w]+\/(?:x-)?([\w]+)/u.exec(type)?.[1] ?? 'bin';
}

function heldBytes(file: FileData, param: string): Uint8Array {
  if (file.type === 'bytes' || file.type === 'base64') return fileBytes(file);
  throw new InferwayError('invalid_request', {
    message: `${param} is ${file.type === 'url' ? 'a URL' : 'a file id'}, and this provider takes only the bytes of a file. ${file.type === 'url' ? 'Fetch it and give the bytes or the stream of the answer' : 'Give the file itself'}.`,
    param,
    sent: 'no',
  });
}
