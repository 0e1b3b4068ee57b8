import { isSigned, signThinking } from '../signature.js';

/** Begins like OpenAI's own. */
const PREFIX = 'gAAAA';

/** Reasoning in the form in which only the simulator with the same seed reads it. */
export function encryptedContent(text: string, seed: number): string {
  return `${PREFIX}${Buffer.from(text).toString('base64url')}.${signThinking(text, seed)}`;
}

/** True for what `encryptedContent` gave and nobody has changed. */
export function isGenuine(content: string, seed: number): boolean {
  const [data = '', signature = ''] = content.slice(PREFIX.length).split('.');
  return (
    content.startsWith(PREFIX) &&
    isSigned(Buffer.from(data, 'base64url').toString(), signature, seed)
  );
}
