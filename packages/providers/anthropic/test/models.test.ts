import { json } from '@inferway/provider-kit/testing';
import { describe, expect, it } from 'vitest';
import { served } from './support/served.js';
import { simulated } from './support/simulated.js';

const here = simulated();
const yes = { supported: true };
const no = { supported: false };

describe('models', () => {
  it('say what they can, as far as the API tells', async () => {
    const { client } = await served((_, response) =>
      json(response, 200, {
        data: [
          {
            id: 'claude-opus-5-5',
            type: 'model',
            created_at: '2026-09-22T00:00:00Z',
            max_input_tokens: 1_000_000,
            max_tokens: 128_000,
            lifecycle: 'active',
            capabilities: {
              image_input: yes,
              pdf_input: yes,
              structured_outputs: yes,
              thinking: { ...yes, types: {} },
            },
          },
          {
            id: 'claude-older',
            created_at: 'nonsense',
            max_input_tokens: null,
            lifecycle: 'deprecated',
            capabilities: { image_input: no, structured_outputs: no, thinking: no },
          },
          { id: 'claude-plain', capabilities: null },
          { type: 'model' },
        ],
        has_more: false,
      }),
    );
    const { models } = await client.models();
    expect(JSON.parse(JSON.stringify(models))).toEqual([
      {
        id: 'claude-opus-5-5',
        provider: 'anthropic',
        ownedBy: 'anthropic',
        created: 1_790_035_200,
        contextLength: 1_000_000,
        maxOutputTokens: 128_000,
        inputModalities: ['text', 'image', 'file'],
        outputModalities: ['text'],
        structuredOutput: true,
        reasoning: true,
        deprecated: false,
      },
      {
        id: 'claude-older',
        provider: 'anthropic',
        ownedBy: 'anthropic',
        inputModalities: ['text'],
        outputModalities: ['text'],
        structuredOutput: false,
        reasoning: false,
        deprecated: true,
      },
      { id: 'claude-plain', provider: 'anthropic', ownedBy: 'anthropic' },
    ]);
  });

  it('are those of the simulator', async () => {
    const { models, failures } = await here.client().models();
    expect(failures).toEqual([]);
    expect(models.find(({ id }) => id === 'sim-claude')).toMatchObject({
      contextLength: 200_000,
      maxOutputTokens: 32_000,
      structuredOutput: true,
    });
  });
});

describe('tokens', () => {
  const messages = [{ role: 'user', content: 'How many tokens is this?' }] as const;
  const model = 'anthropic/sim-claude';

  it('are counted as the answer counts them, with tools, documents and thinking', async () => {
    const client = here.client();
    const whole = {
      model,
      messages,
      tools: [{ name: 'f', parameters: { type: 'object', properties: {} } }],
      reasoning: 'low',
      // Nothing that counting takes, and nothing to be warned of.
      temperature: 0.2,
      stop: ['x'],
      maxOutputTokens: 4000,
    } as const;
    const { inputTokens, meta } = await client.countTokens(whole);
    const { usage } = await client.chat(whole);
    expect(inputTokens).toBe(usage?.inputTokens);
    expect(meta.warnings).toBeUndefined();
    const body = here.simulator.requests.at(-2)?.body as object;
    expect(Object.keys(body).sort()).toEqual([
      'messages',
      'model',
      'output_config',
      'thinking',
      'tools',
    ]);
  });

  it('of a model that is not there are a typed error', async () => {
    await expect(
      here.client().countTokens({ model: 'anthropic/claude-none', messages }),
    ).rejects.toMatchObject({ code: 'not_found', status: 404, provider: 'anthropic' });
    const { client } = await served((_, response) => json(response, 200, { tokens: 'many' }));
    await expect(client.countTokens({ model, messages })).rejects.toMatchObject({
      code: 'protocol',
    });
  });
});

describe('raw calls', () => {
  it('reach whatever else the API has, with key and version', async () => {
    const { server, client } = await served((_, response) =>
      json(response, 200, { id: 'claude-opus-5-5', display_name: 'Claude Opus 5.5' }),
    );
    const { json: told } = await client.raw({
      model: 'anthropic/-',
      path: 'v1/models/claude-opus-5-5',
    });
    expect(told).toMatchObject({ display_name: 'Claude Opus 5.5' });
    expect(server.seen[0]).toMatchObject({
      method: 'GET',
      url: '/v1/models/claude-opus-5-5',
      headers: { 'x-api-key': 'sk-ant-test', 'anthropic-version': '2023-06-01' },
    });
  });
});
