import { createClient } from '@inferway/core';
import { createOpenAI } from '@inferway/openai';

const client = createClient({ providers: [createOpenAI()] });
const messages = [{ role: 'user', content: 'Why is the sky blue?' }] as const;
const answer = await client.chat({ model: 'openai/gpt-5-mini', messages });
console.log(answer.text, answer.usage);
