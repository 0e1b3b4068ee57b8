import type { Warning } from '@inferway/core';
import { openaiChat } from '@inferway/wire';
import { expect, test } from 'vitest';

test('a failed tool’s mark has no place in Chat Completions, and its loss is told', () => {
  const warnings: Warning[] = [];
  const body = openaiChat.encodeRequest(
    {
      messages: [
        { role: 'tool', content: [{ type: 'tool-result', id: 'a', content: 'no', isError: true }] },
      ],
    },
    { model: 'm', stream: false, provider: 'p', warn: (warning) => warnings.push(warning) },
  );
  expect(body['messages']).toEqual([{ role: 'tool', tool_call_id: 'a', content: 'no' }]);
  expect(warnings).toEqual([
    expect.objectContaining({ type: 'unsupported', setting: 'messages[0].content[0].isError' }),
  ]);
});
