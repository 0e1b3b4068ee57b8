import { sniffMediaType, type FileData, type JsonObject } from '@inferway/core';
import type { Exchange } from '../../../http/exchange.js';
import { Recall } from '../../../recall.js';
import type { Route } from '../../protocol.js';
import { bytesOf } from './media-answers.js';

const KEPT = 256;

/** Work that was accepted, and the files that came of it, under addresses of their own. */
export class JobBook {
  readonly #results = new Recall<JsonObject>(KEPT);
  readonly #files = new Recall<Uint8Array>(KEPT);
  readonly #asked = new Set<string>();
  #count = 0;

  /** The files, to be fetched without a key. */
  readonly fileRoute: Route = {
    method: 'GET',
    path: /^\/files\/([\w-]+)$/u,
    handle: (exchange, [name = '']) => {
      const data = this.#files.get(name);
      exchange.over(data === undefined ? 'refused' : 'complete');
      if (data === undefined) exchange.send({ status: 404, body: { error: 'Not Found' } });
      else {
        const type = sniffMediaType(data) ?? 'application/octet-stream';
        exchange.send({ status: 200, headers: { 'content-type': type }, body: data });
      }
    },
  };

  add(make: (id: string) => JsonObject): string {
    const id = `job-${++this.#count}`;
    this.#results.set(id, make(id));
    return id;
  }

  has(id: string): boolean {
    return this.#results.get(id) !== undefined;
  }

  result(id: string): JsonObject | undefined {
    return this.#results.get(id);
  }

  /** True the first time that it is asked for work. */
  asked(id: string): boolean {
    if (this.#asked.has(id)) return false;
    this.#asked.add(id);
    return true;
  }

  /** Keeps a file; gives its address on the server that was asked. */
  keepFile(file: FileData, exchange: Exchange): string {
    const name = `file-${++this.#count}`;
    this.#files.set(name, bytesOf(file));
    return `http://${exchange.header('host') ?? ''}/huggingface/files/${name}`;
  }
}
