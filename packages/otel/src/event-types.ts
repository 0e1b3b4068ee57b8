// Layers declare their events beside themselves: with the entries that they stand in, all of them are known here.
import type {} from '@inferway/core/caching';
import type {} from '@inferway/core/guards';
import type {} from '@inferway/core/idempotency';
import type {} from '@inferway/core/limits';
import type {} from '@inferway/core/middleware';
import type {} from '@inferway/core/resilience';
import type {} from '@inferway/core/routing';
import type {} from '@inferway/core/semantic';
import type {} from '@inferway/core/spending';
import type { ChainEvent } from '@inferway/core';

/** The names of all events that layers of ours tell. */
export type EventType = ChainEvent['type'];

/** The event of a name. */
export type EventOf<T extends EventType> = Extract<ChainEvent, { readonly type: T }>;
