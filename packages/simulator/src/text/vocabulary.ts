/** The words of filler prose, by their place in a sentence. Everyday words without meaning for any test. */
export const SUBJECTS = [
  'the river',
  'a quiet harbour',
  'the old bridge',
  'every morning train',
  'the careful gardener',
  'a small library',
  'the northern wind',
  'this narrow street',
  'the baker',
  'a distant lighthouse',
  'the evening market',
  'our patient teacher',
] as const;

export const VERBS = [
  'carries',
  'remembers',
  'follows',
  'gathers',
  'answers',
  'keeps',
  'describes',
  'measures',
  'welcomes',
  'repairs',
] as const;

export const OBJECTS = [
  'the slow boats',
  'its own shadow',
  'a handful of letters',
  'the sound of rain',
  'warm bread',
  'the last visitors',
  'many short stories',
  'a map of the valley',
  'the winter apples',
  'some useful tools',
] as const;

export const PLACES = [
  'beside the station',
  'under a pale sky',
  'before the first frost',
  'along the coast',
  'in the early light',
  'near the stone wall',
  'after a long summer',
  'without any hurry',
  'between two hills',
  'for everyone who asks',
] as const;
