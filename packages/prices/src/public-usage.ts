import type { Usage } from '@inferway/core';

/**
 * Our usage in the words of `@pydantic/genai-prices`. Its rule is ours (totals include their parts), but it throws for a part above its total,
 * which providers do report: parts are cut to what is left of their total, as `priceUsage` does. Undefined for counts that are none.
 */
export function publicUsage(usage: Usage): Record<string, number> | undefined {
  const input = usage.inputTokens ?? 0;
  const output = usage.outputTokens ?? 0;
  const read = Math.min(usage.cacheReadTokens ?? 0, input);
  const write = Math.min(
    Math.max(usage.cacheWriteTokens ?? 0, usage.cacheWrite1hTokens ?? 0),
    input - read,
  );
  // What is both cached and audio is nowhere reported: the cached part counts as text.
  const audio = Math.min(usage.inputAudioTokens ?? 0, input - read - write);
  const image = Math.min(usage.inputImageTokens ?? 0, input - read - write - audio);
  const spoken = Math.min(usage.outputAudioTokens ?? 0, output);
  const tokens = {
    input_tokens: input,
    output_tokens: output,
    cache_read_tokens: read,
    cache_write_tokens: write,
    cache_write_1h_tokens: Math.min(usage.cacheWrite1hTokens ?? 0, write),
    input_audio_tokens: audio,
    output_audio_tokens: spoken,
    input_image_tokens: image,
    output_image_tokens: Math.min(usage.outputImageTokens ?? 0, output - spoken),
    cache_image_read_tokens: 0,
    cache_audio_read_tokens: 0,
    cache_audio_write_tokens: 0,
    cache_audio_write_1h_tokens: 0,
  };
  return Object.values(tokens).every((count) => count >= 0 && Number.isFinite(count))
    ? tokens
    : undefined;
}
