import { HF_TASKS, isHfTask, type HfTask } from '@inferway/wire';
import { ORGANISATION } from '../../../serve/model-reference.js';

/** A model of a task, and who serves it in the order of the user's preferences. */
export interface TaskModel {
  readonly id: string;
  readonly task: HfTask;
  readonly partners: readonly string[];
  /** How long it takes to load after it was first asked. */
  readonly loadsMs?: number | undefined;
}

// Beyond hf-inference, which has a model of every task; the first is one that no client has heard of.
const ELSEWHERE: Readonly<Partial<Record<HfTask, readonly string[]>>> = {
  'text-to-image': [
    'simulated-newcomer',
    'fal-ai',
    'replicate',
    'together',
    'wavespeed',
    'nscale',
    'zai-org',
  ],
  'image-to-image': ['fal-ai', 'replicate', 'wavespeed'],
  'text-to-video': ['fal-ai', 'replicate', 'novita', 'wavespeed', 'together'],
  'image-to-video': ['fal-ai', 'wavespeed'],
  'text-to-speech': ['fal-ai', 'replicate', 'together', 'deepinfra'],
  'automatic-speech-recognition': ['fal-ai', 'replicate', 'together', 'deepinfra'],
  'feature-extraction': ['together', 'scaleway', 'deepinfra'],
  'text-generation': ['together', 'featherless-ai', 'groq'],
};

const HF_INFERENCE = 'hf-inference';
const LOADS_MS = 20_000;

/** The model of a task: `inferway/sim-text-classification`; `-cold` behind it is one that must be loaded first. */
export function findTaskModel(id: string): TaskModel | undefined {
  const name = id.startsWith(`${ORGANISATION}/`) ? id.slice(ORGANISATION.length + 1) : id;
  const cold = name.endsWith('-cold');
  const task = name.slice(4, cold ? -5 : undefined);
  if (!name.startsWith('sim-') || !isHfTask(task)) return undefined;
  return {
    id: name,
    task,
    partners: [...(ELSEWHERE[task] ?? []), HF_INFERENCE],
    loadsMs: cold ? LOADS_MS : undefined,
  };
}

/** The tasks that a partner serves. */
export function tasksOf(partner: string): readonly HfTask[] {
  if (partner === HF_INFERENCE) return HF_TASKS;
  return HF_TASKS.filter((task) => ELSEWHERE[task]?.includes(partner) === true);
}
