/** Something about the request that was not done as asked, told instead of thrown. */
export interface Warning {
  /** `unsupported`: dropped; `changed`: sent in another form; `deprecated`: will stop working; `other`. */
  readonly type: 'unsupported' | 'changed' | 'deprecated' | 'other';
  /** The request setting concerned, as a path: `temperature`, `tools[1].strict`. */
  readonly setting?: string | undefined;
  /** One sentence for the developer: what was done and why. */
  readonly message: string;
}
