-- Serialized answers kept beside the records that they tell of; they can be made again, so that any row may be deleted.

CREATE TABLE kept_answers (
  tenant_id TEXT NOT NULL,
  id        TEXT NOT NULL,
  mark      TEXT NOT NULL,
  content   BLOB NOT NULL,
  PRIMARY KEY (tenant_id, id)
);
