import type { JsonObject } from '@inferway/core';

/** One item of an order. */
export interface OrderLine {
  readonly id: string;
  readonly body: JsonObject;
}
