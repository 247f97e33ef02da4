-- What contracts with thresholds have used since the periods that run began, by line and day.

CREATE TABLE usage_sums (
  tenant_id TEXT NOT NULL,
  id TEXT NOT NULL,
  version INTEGER NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (tenant_id, id)
);
