-- Contracts whose usage is still to be looked at for thresholds.

CREATE TABLE usage_looks (
  tenant_id TEXT NOT NULL,
  id TEXT NOT NULL,
  version INTEGER NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (tenant_id, id)
);
