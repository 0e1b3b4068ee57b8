import type { Operation } from '@inferway/core';
import type { Sample } from '../samples/sample.js';
import type { WireScript } from '../wire/wire-script.js';
import type { ProviderFactory, ProviderSuite } from './provider-suite.js';

/** One operation of the adapter that is looked at. */
export interface Subject<K extends Operation = Operation> {
  readonly operation: K;
  readonly script: WireScript<K>;
  readonly sample: Sample<K>;
  readonly model: string;
  readonly apiKey: string;
  readonly factory: ProviderFactory;
  readonly suite: ProviderSuite<K>;
}

/** True where the operation can be streamed in this protocol. */
export function streams(subject: Subject): boolean {
  return subject.script.stream !== undefined;
}

/** Which of a call's two shapes there are. */
export function shapes(subject: Subject): readonly boolean[] {
  return streams(subject) ? [false, true] : [false];
}
