import type { TranscribedSegment } from '@inferway/core';

const TIME = /(?:(\d+):)?(\d{1,2}):(\d{1,2})[.,](\d{1,3})/u;

/** Writes subtitles in the format of SubRip or of WebVTT. */
export function writeSubtitles(
  segments: readonly TranscribedSegment[],
  format: 'srt' | 'vtt',
): string {
  const comma = format === 'srt' ? ',' : '.';
  const cues = segments.map(({ start, end, text }, index) => {
    const number = format === 'srt' ? `${index + 1}\n` : '';
    // A blank line would end the cue.
    const lines = text.trim().replace(/\s*\n\s*/gu, '\n');
    return `${number}${timeText(start, comma)} --> ${timeText(end, comma)}\n${lines}\n\n`;
  });
  return (format === 'vtt' ? 'WEBVTT\n\n' : '') + cues.join('');
}

/** The cues of subtitles of either format, in order. What is no cue is skipped. */
export function readSubtitles(text: string): TranscribedSegment[] {
  return text
    .replaceAll('\r\n', '\n')
    .split(/\n{2,}/u)
    .flatMap((block): TranscribedSegment[] => {
      const lines = block.split('\n');
      const at = lines.findIndex((line) => line.includes('-->'));
      const [from = '', to = ''] = (lines[at] ?? '').split('-->');
      const start = secondsOf(from);
      const end = secondsOf(to);
      if (start === undefined || end === undefined) return [];
      return [
        {
          start,
          end,
          text: lines
            .slice(at + 1)
            .join('\n')
            .trim(),
        },
      ];
    });
}

/** The text of subtitles without times. */
export function textOfSegments(segments: readonly TranscribedSegment[]): string {
  return segments
    .map(({ text }) => text.trim())
    .filter((text) => text !== '')
    .join(' ');
}

function timeText(seconds: number, separator: string): string {
  const ms = Math.max(0, Math.round(seconds * 1000));
  const pad = (value: number, width = 2): string => String(value).padStart(width, '0');
  const whole = Math.floor(ms / 1000);
  return `${pad(Math.floor(whole / 3600))}:${pad(Math.floor(whole / 60) % 60)}:${pad(whole % 60)}${separator}${pad(ms % 1000, 3)}`;
}

function secondsOf(text: string): number | undefined {
  const [, hours = '0', minutes, seconds, fraction = ''] = TIME.exec(text) ?? [];
  if (minutes === undefined || seconds === undefined) return undefined;
  const ms = Number(fraction.padEnd(3, '0'));
  return ((Number(hours) * 60 + Number(minutes)) * 60_000 + Number(seconds) * 1000 + ms) / 1000;
}
