import { isJsonObject, type ChatRequest, type JsonObject, type Message } from '@inferway/core';

type AnyPart = Exclude<Message['content'], string>[number];

/** Characters of a source that the simulated model quotes. */
const QUOTED = 40;

/** One citation of each source of the conversation that may be cited, as the API words it (platform.claude.com, "Citations", "Search results"). */
export function citationsOf(request: ChatRequest): readonly JsonObject[] {
  const citations: JsonObject[] = [];
  let documents = 0;
  let results = 0;
  for (const message of request.messages) {
    if (typeof message.content === 'string') continue;
    for (const part of [...message.content].flatMap(innerParts)) {
      if (part.type === 'provider' && part.kind === 'search_result') {
        const index = results++;
        if (isCited(part.value)) citations.push(ofResult(part.value, index));
      } else if (part.type === 'provider' && part.kind === 'document') {
        const index = documents++;
        if (isCited(part.value)) citations.push(ofBlocks(part.value, index));
      } else if (part.type === 'file') {
        const index = documents++;
        if (!isJsonObject(part.opaque?.value) || !isCited(part.opaque.value)) continue;
        const source = { document_index: index, document_title: part.name ?? null, file_id: null };
        citations.push(
          part.file.type === 'text'
            ? {
                type: 'char_location',
                cited_text: part.file.text.slice(0, QUOTED),
                ...source,
                start_char_index: 0,
                end_char_index: Math.min(QUOTED, part.file.text.length),
              }
            : {
                type: 'page_location',
                cited_text: 'Simulated words of a page.',
                ...source,
                start_page_number: 1,
                end_page_number: 2,
              },
        );
      }
    }
  }
  return citations;
}

function innerParts(part: AnyPart): readonly AnyPart[] {
  return part.type === 'tool-result' && typeof part.content !== 'string' ? part.content : [part];
}

function isCited({ citations }: JsonObject): boolean {
  return isJsonObject(citations) && citations['enabled'] === true;
}

function ofResult(value: JsonObject, index: number): JsonObject {
  return {
    type: 'search_result_location',
    cited_text: textOf(value['content']),
    search_result_index: index,
    source: value['source'] ?? '',
    title: value['title'] ?? null,
    start_block_index: 0,
    end_block_index: 1,
  };
}

function ofBlocks(value: JsonObject, index: number): JsonObject {
  const { source } = value;
  return {
    type: 'content_block_location',
    cited_text: textOf(isJsonObject(source) ? source['content'] : ''),
    document_index: index,
    document_title: value['title'] ?? null,
    file_id: null,
    start_block_index: 0,
    end_block_index: 1,
  };
}

function textOf(content: unknown): string {
  const first: unknown = Array.isArray(content) ? content[0] : content;
  const text = isJsonObject(first) ? first['text'] : first;
  return String(text).slice(0, QUOTED);
}
