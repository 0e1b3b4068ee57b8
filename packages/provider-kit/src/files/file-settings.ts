/** What providers that keep files do differently. Defaults are OpenAI's. */
export interface FileSettings {
  /** Beneath the base URL. Default `files`. */
  readonly path?: string | undefined;
  /** Where uploads go. Default: `path`. */
  readonly uploadPath?: string | undefined;
  /** The field of an upload that holds the file. Default `file`. */
  readonly fileField?: string | undefined;
  /** Fields of an upload beside `purpose` and the file. */
  readonly uploadFields?: ((name: string) => Readonly<Record<string, string>>) | undefined;
  /** Sent with every request for files; names in lower case. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** What the provider calls members of a file. */
  readonly names?: FileNames | undefined;
  /** The member of a listing that holds its files. Default `data`. */
  readonly listField?: string | undefined;
  /** Where a listing says how it goes on; the first that says something counts. Default: `after` with the last file's id. */
  readonly nextPage?: readonly NextPage[] | undefined;
  /** What comes behind a file's path for its content, or why it cannot be had. Default `/content`. */
  readonly content?: string | ContentPath | undefined;
}

/** @throws {InferwayError} where the content cannot be had. */
export type ContentPath = (id: string) => string;

export interface NextPage {
  /** Of the query that asks for the page after. */
  readonly parameter: string;
  /** The member of the answer that holds its value, or a URL that has it. Absent: the last file's id, while `has_more` is true. */
  readonly field?: string | undefined;
}

export interface FileNames {
  /** Default `filename`. */
  readonly name?: string | undefined;
  /** Default `bytes`. */
  readonly bytes?: string | undefined;
}
