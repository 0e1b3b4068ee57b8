import type { Fields } from '../checks.js';

const SAID = ['output_text', 'refusal', 'input_text', 'text'] as const;

/** Refuses an item of the model's that is sent back in a wrong shape. Items of the provider's own tools are its own to check. */
export function checkModelItem(item: Fields, type: string): void {
  switch (type) {
    case 'message': {
      const content = item.value('content');
      if (typeof content === 'string') return;
      if (!Array.isArray(content)) {
        item.refuse('content', 'must be a string or a list of parts.');
      }
      for (const part of item.requiredFieldsList('content')) {
        const kind = part.requiredOneOf('type', SAID);
        part.requiredString(kind === 'refusal' ? 'refusal' : 'text');
        part.fieldsList('annotations');
      }
      return;
    }
    case 'function_call': {
      for (const name of ['call_id', 'name']) {
        if (item.requiredString(name) === '') item.refuse(name, 'must not be empty.');
      }
      item.requiredString('arguments');
      return;
    }
    case 'reasoning': {
      for (const name of ['summary', 'content']) {
        for (const section of item.fieldsList(name) ?? []) section.requiredString('text');
      }
      item.string('encrypted_content');
      item.string('id');
      return;
    }
    case 'item_reference':
      item.requiredString('id');
  }
}
