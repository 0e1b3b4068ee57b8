/** What providers that keep files do differently. */
export interface FileSettings {
  /** Beneath the base URL. Default `files`. */
  readonly path?: string | undefined;
  /** Where uploads go. Default: `path`. */
  readonly uploadPath?: string | undefined;
  /** Fields of an upload beside `purpose` and `file`. */
  readonly uploadFields?: ((name: string) => Readonly<Record<string, string>>) | undefined;
}
