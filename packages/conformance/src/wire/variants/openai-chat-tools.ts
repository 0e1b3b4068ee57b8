import type { WireVariant } from '../wire-variant.js';

export const openaiChatTools: readonly WireVariant<'chat'>[] = [];
