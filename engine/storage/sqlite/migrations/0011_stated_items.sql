-- What people stated of revenue contracts beside their lines: each a reconciling item of the audit.

CREATE TABLE stated_items (
  tenant_id TEXT NOT NULL,
  parent_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  item_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  stated_on TEXT NOT NULL,
  price_minor INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, parent_id, position)
);
