/**
 * What each version of the file adds, in order; never changed once released. `PRAGMA user_version` says how many of them a file has.
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE ledger (
    id TEXT NOT NULL PRIMARY KEY,
    call_id TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    at INTEGER NOT NULL,
    duration_ms REAL,
    tenant TEXT,
    key TEXT,
    user TEXT,
    team TEXT,
    tags TEXT,
    operation TEXT NOT NULL,
    provider TEXT NOT NULL,
    model TEXT NOT NULL,
    served_by TEXT,
    credential TEXT,
    request_id TEXT,
    status TEXT NOT NULL,
    error TEXT,
    input_tokens INTEGER,
    output_tokens INTEGER,
    cache_read_tokens INTEGER,
    cache_write_tokens INTEGER,
    reasoning_tokens INTEGER,
    cost INTEGER,
    cost_source TEXT NOT NULL,
    possibly_billed INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX ledger_at ON ledger (at, id);
  CREATE INDEX ledger_tenant ON ledger (tenant, at) WHERE tenant IS NOT NULL;
  CREATE INDEX ledger_key ON ledger (key, at) WHERE key IS NOT NULL;
  CREATE INDEX ledger_user ON ledger (user, at) WHERE user IS NOT NULL;
  CREATE INDEX ledger_team ON ledger (team, at) WHERE team IS NOT NULL;
  CREATE INDEX ledger_call ON ledger (call_id);
  CREATE TABLE cache (
    key TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL,
    expires_at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX cache_expires ON cache (expires_at);
  `,
];
