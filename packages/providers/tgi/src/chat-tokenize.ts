import { countTokensTraits, InferwayError, isJsonObject } from '@inferway/core';
import { openaiChat, type ClientFormat, type OpenAIChatDialect } from '@inferway/wire';

/** `POST /chat_tokenize`: a chat as the model's template writes it, as tokens. */
export const chatTokenize: ClientFormat<'countTokens', OpenAIChatDialect> = {
  name: 'tgi-chat-tokenize',
  operation: 'countTokens',
  traits: countTokensTraits,
  encodeRequest({ messages, tools, providerOptions }, to) {
    // What only the answer would depend on is not asked, and so not told of either.
    return openaiChat.encodeRequest({ messages, tools, providerOptions }, to);
  },
  decodeResponse(body, from) {
    // Newer servers wrap the list; `/tokenize` has it bare.
    const list: unknown = isJsonObject(body) ? body['tokenize_response'] : body;
    if (Array.isArray(list)) {
      const ids = list.map((token: unknown) => (isJsonObject(token) ? token['id'] : undefined));
      const tokens = ids.filter((id) => typeof id === 'number');
      return {
        result: {
          inputTokens: list.length,
          ...(tokens.length === list.length ? { tokens } : {}),
        },
      };
    }
    if (isJsonObject(body) && body['error'] !== undefined) throw from.fail(body);
    throw new InferwayError('protocol', {
      message: 'The answer holds no tokens. The address may not be that of a TGI server.',
    });
  },
};
