import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Recorded answers of real providers stand beside the repository, where they are at all. */
const root: string = fileURLToPath(new URL('../../../../shared/recordings/', import.meta.url));

export const hasRecordings: boolean = existsSync(root);

export function readRecording(path: string): string {
  return readFileSync(root + path, 'utf8');
}

/** Paths of the files in `folder` whose names end with `suffix`. */
export function recordings(folder: string, suffix: string): string[] {
  if (!hasRecordings) return [];
  return readdirSync(root + folder)
    .filter((name) => name.endsWith(suffix))
    .map((name) => `${folder}/${name}`);
}

/** A recorded stream's payloads, one a line, in wire framing. */
export function framed(lines: string): string {
  return lines
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => `data: ${line}\n\n`)
    .join('');
}

/** A recorded stream's payloads, one a line, each with its type as the event's name. */
export function framedEvents(lines: string): string {
  return lines
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => `event: ${(JSON.parse(line) as { type: string }).type}\ndata: ${line}\n\n`)
    .join('');
}
