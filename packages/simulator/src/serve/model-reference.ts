import type { SimulatedModel } from '../models.js';

/** What a request's `model` means here. */
export interface ModelReference {
  /** The id without a fault. */
  readonly id: string;
  /** `sim-chat:fault-F05` asks for a fault. */
  readonly fault?: string | undefined;
}

/** Takes a fault off a model id: `sim-chat:fault-F05`, `sim-chat:fault-F05@3`. */
export function modelReference(text: string): ModelReference {
  const at = text.indexOf(':fault-');
  return at < 0 ? { id: text } : { id: text.slice(0, at), fault: text.slice(at + 7) };
}

/** The organisation under which a hub lists the simulator's models; an id may have it in every protocol. */
export const ORGANISATION = 'inferway';

/** The model of an id, with or without the organisation. */
export function findModel(
  models: readonly SimulatedModel[],
  id: string,
): SimulatedModel | undefined {
  const bare = id.startsWith(`${ORGANISATION}/`) ? id.slice(ORGANISATION.length + 1) : id;
  return models.find((model) => model.id === bare);
}
