-- Coupons with how much of each is used, and what each took off an invoice and its lines.

CREATE TABLE coupons (
  tenant_id TEXT NOT NULL,
  id TEXT NOT NULL,
  version INTEGER NOT NULL,
  customer TEXT NOT NULL,
  used_minor INTEGER,
  used_invoices INTEGER,
  body TEXT NOT NULL,
  PRIMARY KEY (tenant_id, id)
);

CREATE INDEX coupons_by_customer ON coupons (tenant_id, customer, id);

CREATE TABLE invoice_discounts (
  tenant_id TEXT NOT NULL,
  parent_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  coupon TEXT NOT NULL,
  amount_minor INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, parent_id, position)
);

ALTER TABLE invoice_lines ADD COLUMN discount_minor INTEGER NOT NULL DEFAULT 0;

ALTER TABLE credit_note_lines ADD COLUMN discount_minor INTEGER NOT NULL DEFAULT 0;
