/** The name of an environment variable that holds a key: `${NAME}` or `{ env: 'NAME' }`. A key itself is never in a config. */
export type SecretInput = string | { readonly env: string };

/** As it was read. */
export interface Secret {
  readonly env: string;
}
