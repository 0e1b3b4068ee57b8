import type { Middleware } from '@inferway/core';
import { standard } from '@inferway/core/middleware';
import { fullChain, storeChain, storeLayers } from '../subjects/chains.js';

/** The chains that are measured, by name: none, the standard one, that with one layer more each, and with all of them. */
export const layerChains: ReadonlyMap<string, () => readonly Middleware[]> = new Map([
  ['no middleware', () => []],
  ['standard chain', () => standard(fullChain())],
  ...Object.entries(storeLayers).map(
    ([name, make]) =>
      [`with ${name}`, () => standard({ ...fullChain(), ...make() })] as [
        string,
        () => readonly Middleware[],
      ],
  ),
  ['with all of them', () => standard(storeChain())],
]);
