import type { JsonObject } from '@inferway/core';
import type { Pace } from '../../pace/pace.js';
import type { InputFields } from './input-schema.js';
import type { Price, Work, WorkPlace } from './work.js';

/** What one kind of model does, without its name. */
export interface ModelKind {
  readonly description: string;
  readonly collection: string;
  readonly fields: InputFields;
  /** The schema of its output. */
  readonly output: JsonObject;
  readonly price: Price;
  readonly pace?: Pace | undefined;
  work(input: JsonObject, place: WorkPlace): Work;
}

/** A model as Replicate lists it. */
export interface CatalogModel extends ModelKind {
  readonly owner: string;
  readonly name: string;
  /** Official models are run by name and hide their version; others by version only. */
  readonly official: boolean;
  /** 64 hex digits. */
  readonly version: string;
}
