-- Which rule book prices followed on each day: the lowest price of a month asks it, where every publication was read.

CREATE TABLE book_days (
  tenant_id TEXT NOT NULL,
  id TEXT NOT NULL,
  version INTEGER NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (tenant_id, id)
);
