/** The format's name: the tag of its opaque values, its own parts and tools, and passed-through fields. */
export const ANTHROPIC_MESSAGES = 'anthropic-messages';
