-- The machinery of the store: answers of requests, outbox, gap-free counters, id sequences and opaque documents.

CREATE TABLE requests (
  tenant_id   TEXT NOT NULL,
  request_id  TEXT NOT NULL,
  method      TEXT NOT NULL,
  fingerprint BLOB NOT NULL,
  answer      BLOB NOT NULL,
  at          TEXT NOT NULL,
  PRIMARY KEY (tenant_id, request_id)
);
CREATE INDEX requests_by_age ON requests (tenant_id, at);

CREATE TABLE events (
  cursor    INTEGER PRIMARY KEY AUTOINCREMENT,
  tenant_id TEXT NOT NULL,
  name      TEXT NOT NULL,
  entity    TEXT NOT NULL,
  at        TEXT NOT NULL,
  body      TEXT NOT NULL
);
CREATE INDEX events_by_tenant ON events (tenant_id, cursor);

CREATE TABLE counters (
  tenant_id TEXT NOT NULL,
  series    TEXT NOT NULL,
  value     INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, series)
);

CREATE TABLE sequences (
  tenant_id TEXT NOT NULL DEFAULT '',
  series    TEXT NOT NULL PRIMARY KEY,
  value     INTEGER NOT NULL
);

CREATE TABLE blobs (
  tenant_id TEXT NOT NULL,
  id        TEXT NOT NULL,
  content   BLOB NOT NULL,
  PRIMARY KEY (tenant_id, id)
);

CREATE TABLE customers (
  tenant_id    TEXT NOT NULL,
  id           TEXT NOT NULL,
  version      INTEGER NOT NULL,
  display_name TEXT NOT NULL,
  segment      TEXT NOT NULL,
  region       TEXT NOT NULL,
  body         TEXT NOT NULL,
  PRIMARY KEY (tenant_id, id)
);

CREATE TABLE billing_accounts (
  tenant_id TEXT NOT NULL,
  id        TEXT NOT NULL,
  version   INTEGER NOT NULL,
  customer  TEXT NOT NULL,
  body      TEXT NOT NULL,
  PRIMARY KEY (tenant_id, id)
);

CREATE TABLE selling_entities (
  tenant_id TEXT NOT NULL,
  id        TEXT NOT NULL,
  version   INTEGER NOT NULL,
  body      TEXT NOT NULL,
  PRIMARY KEY (tenant_id, id)
);

CREATE TABLE users (
  tenant_id TEXT NOT NULL,
  id        TEXT NOT NULL,
  version   INTEGER NOT NULL,
  body      TEXT NOT NULL,
  PRIMARY KEY (tenant_id, id)
);

CREATE TABLE approver_groups (
  tenant_id TEXT NOT NULL,
  id        TEXT NOT NULL,
  version   INTEGER NOT NULL,
  body      TEXT NOT NULL,
  PRIMARY KEY (tenant_id, id)
);

CREATE TABLE test_clocks (
  tenant_id TEXT NOT NULL,
  id        TEXT NOT NULL,
  version   INTEGER NOT NULL,
  body      TEXT NOT NULL,
  PRIMARY KEY (tenant_id, id)
);
