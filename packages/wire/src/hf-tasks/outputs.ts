import type { FileData } from '@inferway/core';

/** A label and how sure the model is of it, 0 to 1. */
export interface LabelScore {
  readonly label: string;
  readonly score: number;
}

/** A word or words of one kind. Places are in characters of the input. */
export interface TokenEntity {
  /** Such as `PER` or `B-LOC`. */
  readonly label: string;
  readonly score: number;
  readonly word: string;
  readonly start?: number | undefined;
  readonly end?: number | undefined;
}

/** What may stand in the place of a mask. */
export interface FilledMask {
  readonly score: number;
  readonly token: number;
  readonly tokenText: string;
  /** The whole input with it. */
  readonly sequence: string;
  /** Which mask of the input, from 0. */
  readonly mask: number;
}

/** An answer that was found in a text, a document or an image. */
export interface FoundAnswer {
  readonly answer: string;
  readonly score?: number | undefined;
  /** In characters of a text, in words of a document; the end is behind the last one in a text, and the last one in a document. */
  readonly start?: number | undefined;
  readonly end?: number | undefined;
}

export interface TableAnswer {
  readonly answer: string;
  /** Row and column of each cell. */
  readonly coordinates: readonly (readonly number[])[];
  readonly cells: readonly string[];
  /** Such as `AVERAGE`; absent where the cells are the answer. */
  readonly aggregator?: string | undefined;
}

export interface GeneratedText {
  readonly text: string;
  readonly finishReason?: string | undefined;
  readonly generatedTokens?: number | undefined;
  readonly inputTokens?: number | undefined;
  readonly seed?: number | undefined;
}

export interface ExtractedFeatures {
  /** One vector for each input. Where the model gives one for each token, their mean. */
  readonly vectors: readonly (readonly number[])[];
  /** For each input, one vector for each token, from models that give them. */
  readonly tokens?: readonly (readonly (readonly number[])[])[] | undefined;
}

export interface HeardSpeech {
  readonly text: string;
  /** Seconds from the beginning; an open end where the audio was cut. */
  readonly chunks?:
    | readonly {
        readonly text: string;
        readonly start: number;
        readonly end?: number | undefined;
      }[]
    | undefined;
}

export interface AudioPiece {
  /** Which source or channel. */
  readonly label: string;
  readonly audio: FileData;
}

/** Pixels of the image. */
export interface Box {
  readonly xmin: number;
  readonly ymin: number;
  readonly xmax: number;
  readonly ymax: number;
}

export interface DetectedObject extends LabelScore {
  readonly box: Box;
}

export interface ImageSegment {
  readonly label: string;
  readonly score?: number | undefined;
  /** White where the segment is, mostly a PNG. */
  readonly mask: FileData;
}
