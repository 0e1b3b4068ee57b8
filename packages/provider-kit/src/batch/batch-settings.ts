import type { Endpoints } from '../provider/endpoint.js';
import type { FileSettings } from '../files/file-settings.js';

/** What providers with file-based batches do differently. */
export interface FileBatchSettings {
  /** The operations that it takes, as the adapter's own endpoints; their paths are texts. Where one is a choice, all items of a batch must go one way. */
  readonly endpoints: Endpoints;
  /** How files travel. */
  readonly files?: FileSettings | undefined;
  /** Beneath the base URL. Default `batches`. */
  readonly path?: string | undefined;
  /** What a batch calls an endpoint of this path. Default `/v1/` and the path. */
  readonly url?: ((path: string) => string) | undefined;
  /** Of the uploaded file. Default `batch`. */
  readonly purpose?: string | undefined;
  /** False: a line is the id and the body alone. Default true: method and URL too. */
  readonly lineNamesRoute?: boolean | undefined;
  /** Default `24h`. */
  readonly completionWindow?: string | undefined;
  /** False: no labels are kept; they are dropped with a warning. Default true. */
  readonly metadata?: boolean | undefined;
  /** Default 50,000. */
  readonly mostItems?: number | undefined;
  /** Of the uploaded file. Default 200,000,000. */
  readonly mostBytes?: number | undefined;
  /** See `ProviderBatch.discount`. */
  readonly discount?: number | undefined;
}
