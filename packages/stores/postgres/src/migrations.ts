/** What each version of the schema adds, in order; never changed once released. `{schema}` stands for the quoted schema. */
export const MIGRATIONS: readonly string[] = [
  // Ids and labels may be longer than what an index holds: rows are found by the id's SHA-256 and by the first characters of a label.
  `
  CREATE TABLE {schema}.ledger (
    hash bytea PRIMARY KEY,
    id text NOT NULL,
    call_id text NOT NULL,
    attempt bigint NOT NULL,
    at bigint NOT NULL,
    duration_ms double precision,
    tenant text,
    "key" text,
    "user" text,
    team text,
    tags text[],
    operation text NOT NULL,
    provider text NOT NULL,
    model text NOT NULL,
    served_by text,
    credential text,
    request_id text,
    status text NOT NULL,
    error text,
    input_tokens bigint,
    output_tokens bigint,
    cache_read_tokens bigint,
    cache_write_tokens bigint,
    reasoning_tokens bigint,
    cost bigint,
    cost_source text NOT NULL,
    possibly_billed boolean NOT NULL
  );
  CREATE INDEX ledger_at ON {schema}.ledger (at, hash);
  CREATE INDEX ledger_tenant ON {schema}.ledger (left(tenant, 100), at) WHERE tenant IS NOT NULL;
  CREATE INDEX ledger_key ON {schema}.ledger (left("key", 100), at) WHERE "key" IS NOT NULL;
  CREATE INDEX ledger_user ON {schema}.ledger (left("user", 100), at) WHERE "user" IS NOT NULL;
  CREATE INDEX ledger_team ON {schema}.ledger (left(team, 100), at) WHERE team IS NOT NULL;
  CREATE INDEX ledger_call ON {schema}.ledger (left(call_id, 100));
  CREATE UNLOGGED TABLE {schema}.cache (
    key text PRIMARY KEY,
    value bytea NOT NULL,
    expires_at timestamptz NOT NULL
  );
  CREATE INDEX cache_expires ON {schema}.cache (expires_at);
  `,
];

/** Columns that have an index on their first characters. */
export const BY_PREFIX: ReadonlySet<string> = new Set(['tenant', 'key', 'user', 'team', 'call_id']);
