import type { FileData, JsonValue } from '@inferway/core';
import type {
  AudioPiece,
  DetectedObject,
  ExtractedFeatures,
  FilledMask,
  FoundAnswer,
  GeneratedText,
  HeardSpeech,
  ImageSegment,
  LabelScore,
  TableAnswer,
  TokenEntity,
} from './outputs.js';

/** Columns of a table by their names; all of one length. */
export type TableColumns = Readonly<Record<string, readonly (string | number)[]>>;

/** Whatever else a model takes travels as it is. */
interface AnyParameters {
  readonly [name: string]: JsonValue | undefined;
}

interface Classification extends AnyParameters {
  readonly top_k?: number | undefined;
  readonly function_to_apply?: 'sigmoid' | 'softmax' | 'none' | undefined;
}

interface Labels extends AnyParameters {
  readonly candidate_labels: readonly string[];
  readonly hypothesis_template?: string | undefined;
}

interface TokenLabels extends AnyParameters {
  readonly aggregation_strategy?: 'none' | 'simple' | 'first' | 'average' | 'max' | undefined;
  readonly ignore_labels?: readonly string[] | undefined;
  readonly stride?: number | undefined;
}

interface Generation extends AnyParameters {
  readonly max_new_tokens?: number | undefined;
  readonly temperature?: number | undefined;
  readonly top_p?: number | undefined;
  readonly seed?: number | undefined;
  readonly stop?: readonly string[] | undefined;
}

interface Diffusion extends AnyParameters {
  readonly negative_prompt?: string | undefined;
  readonly num_inference_steps?: number | undefined;
  readonly guidance_scale?: number | undefined;
  readonly width?: number | undefined;
  readonly height?: number | undefined;
  readonly seed?: number | undefined;
}

interface Prompted extends Diffusion {
  readonly prompt?: string | undefined;
}

interface Task<Inputs, Parameters, Output> {
  readonly inputs: Inputs;
  readonly parameters: Parameters;
  readonly output: Output;
}

/**
 * The tasks of the Hub (huggingface.co/tasks): what each takes, by the Hub's own words for parameters, and what it gives. `File` is how files
 * are written: as they travel, or as an application gives them.
 */
export interface HfTasks<File = FileData> {
  'text-classification': Task<string, Classification, readonly LabelScore[]>;
  'zero-shot-classification': Task<
    string,
    Labels & { readonly multi_label?: boolean | undefined },
    readonly LabelScore[]
  >;
  'token-classification': Task<string, TokenLabels, readonly TokenEntity[]>;
  'fill-mask': Task<string, Classification, readonly FilledMask[]>;
  /** One text for each input, in order. */
  summarization: Task<string | readonly string[], AnyParameters, readonly string[]>;
  /** One text for each input, in order. */
  translation: Task<
    string | readonly string[],
    AnyParameters & {
      readonly src_lang?: string | undefined;
      readonly tgt_lang?: string | undefined;
    },
    readonly string[]
  >;
  'text-generation': Task<string, Generation, GeneratedText>;
  /** The most likely answer first. */
  'question-answering': Task<
    { readonly question: string; readonly context: string },
    AnyParameters & { readonly top_k?: number | undefined },
    readonly FoundAnswer[]
  >;
  'table-question-answering': Task<
    { readonly query: string; readonly table: TableColumns },
    AnyParameters,
    readonly TableAnswer[]
  >;
  /** How near each sentence is to the source, mostly 0 to 1. */
  'sentence-similarity': Task<
    { readonly sourceSentence: string; readonly sentences: readonly string[] },
    AnyParameters,
    readonly number[]
  >;
  'feature-extraction': Task<
    string | readonly string[],
    AnyParameters & {
      readonly normalize?: boolean | undefined;
      readonly truncate?: boolean | undefined;
      readonly prompt_name?: string | undefined;
    },
    ExtractedFeatures
  >;
  'audio-classification': Task<File, Classification, readonly LabelScore[]>;
  'automatic-speech-recognition': Task<
    File,
    AnyParameters & { readonly return_timestamps?: boolean | 'word' | undefined },
    HeardSpeech
  >;
  'audio-to-audio': Task<File, AnyParameters, readonly AudioPiece[]>;
  'text-to-speech': Task<string, AnyParameters, FileData>;
  'text-to-audio': Task<string, AnyParameters, FileData>;
  'text-to-image': Task<string, Diffusion, readonly FileData[]>;
  'image-to-image': Task<File, Prompted, readonly FileData[]>;
  'text-to-video': Task<
    string,
    Diffusion & { readonly num_frames?: number | undefined },
    readonly FileData[]
  >;
  'image-to-video': Task<
    File,
    Prompted & { readonly num_frames?: number | undefined },
    readonly FileData[]
  >;
  'image-to-text': Task<File, Generation, string>;
  'image-classification': Task<File, Classification, readonly LabelScore[]>;
  'zero-shot-image-classification': Task<File, Labels, readonly LabelScore[]>;
  'object-detection': Task<
    File,
    AnyParameters & { readonly threshold?: number | undefined },
    readonly DetectedObject[]
  >;
  'image-segmentation': Task<
    File,
    AnyParameters & {
      readonly subtask?: 'instance' | 'panoptic' | 'semantic' | undefined;
      readonly threshold?: number | undefined;
    },
    readonly ImageSegment[]
  >;
  /** The most likely answer first. */
  'visual-question-answering': Task<
    { readonly image: File; readonly question: string },
    AnyParameters & { readonly top_k?: number | undefined },
    readonly FoundAnswer[]
  >;
  /** The most likely answer first. */
  'document-question-answering': Task<
    { readonly image: File; readonly question: string },
    AnyParameters & { readonly top_k?: number | undefined },
    readonly FoundAnswer[]
  >;
  /** One class for each row. */
  'tabular-classification': Task<
    { readonly data: TableColumns },
    AnyParameters,
    readonly (string | number)[]
  >;
  /** One value for each row. */
  'tabular-regression': Task<{ readonly data: TableColumns }, AnyParameters, readonly number[]>;
}

/** A task's name. */
export type HfTask = keyof HfTasks & string;

export type HfTaskOutput<T extends HfTask = HfTask> = HfTasks[T]['output'];

/** What is asked of a model: a task, its inputs and its parameters. */
export type HfTaskRequest<T extends HfTask = HfTask, File = FileData> = {
  readonly [P in T]: {
    readonly task: P;
    readonly inputs: HfTasks<File>[P]['inputs'];
  } & (Record<never, never> extends HfTasks[P]['parameters']
    ? { readonly parameters?: HfTasks[P]['parameters'] | undefined }
    : { readonly parameters: HfTasks[P]['parameters'] });
}[T];
