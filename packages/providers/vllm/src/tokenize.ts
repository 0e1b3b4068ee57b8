import { countTokensTraits, InferwayError, isJsonObject, type JsonObject } from '@inferway/core';
import { openaiChat, type ClientFormat, type OpenAIChatDialect } from '@inferway/wire';

/** What of a chat's body makes the prompt. */
const PROMPT = ['model', 'messages', 'tools', 'chat_template', 'chat_template_kwargs'] as const;

/** `POST /tokenize`: a chat as the model's template writes it, as tokens. */
export const tokenize: ClientFormat<'countTokens', OpenAIChatDialect> = {
  name: 'vllm-tokenize',
  operation: 'countTokens',
  traits: countTokensTraits,
  encodeRequest({ messages, tools, reasoning, providerOptions }, to) {
    // What only the answer would depend on is not asked, and so not told of either.
    const chat = openaiChat.encodeRequest({ messages, tools, reasoning, providerOptions }, to);
    const sent = PROMPT.flatMap((field) =>
      chat[field] === undefined ? [] : [[field, chat[field]]],
    );
    return Object.fromEntries(sent) as JsonObject;
  },
  decodeResponse(body, from) {
    if (isJsonObject(body) && typeof body['count'] === 'number') {
      const tokens = body['tokens'];
      return {
        result: {
          inputTokens: body['count'],
          tokens: Array.isArray(tokens) ? (tokens as readonly number[]) : undefined,
        },
      };
    }
    if (isJsonObject(body) && (body['error'] !== undefined || body['object'] === 'error')) {
      throw from.fail(body);
    }
    throw new InferwayError('protocol', {
      message: 'The answer holds no count of tokens. The address may not be that of a vLLM server.',
    });
  },
};
