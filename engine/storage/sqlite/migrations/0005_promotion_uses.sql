-- What limited promotions gave in accepted quotes: one row a rule, and one a rule and customer (`rule@customer`).

CREATE TABLE promotion_uses (
  tenant_id TEXT NOT NULL,
  id TEXT NOT NULL,
  version INTEGER NOT NULL,
  uses INTEGER NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (tenant_id, id)
);
