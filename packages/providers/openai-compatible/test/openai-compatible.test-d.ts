import { createClient } from '@inferway/core';
import { expectTypeOf } from 'vitest';
import { createOpenAICompatible } from '../src/index.js';

const local = createOpenAICompatible({ name: 'local', baseUrl: 'http://127.0.0.1:8000/v1' });
expectTypeOf(local.name).toEqualTypeOf<'local'>();

const client = createClient({ providers: [local] });
const messages = [{ role: 'user', content: 'hi' }] as const;
void client.chat({ model: 'local/any/model', messages });
void client.embed({ model: 'local/e', input: 'x' });
void client.complete({ model: 'local/c', prompt: 'x' });
// @ts-expect-error another provider is not there
void client.chat({ model: 'openai/gpt-5', messages });
