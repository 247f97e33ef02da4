-- Failed payments with the day of the next attempt, and reminders.

CREATE TABLE failed_payments (
  tenant_id TEXT NOT NULL,
  id TEXT NOT NULL,
  version INTEGER NOT NULL,
  invoice TEXT NOT NULL,
  customer TEXT NOT NULL,
  retry_on TEXT,
  body TEXT NOT NULL,
  PRIMARY KEY (tenant_id, id)
);

CREATE INDEX failed_payments_by_invoice ON failed_payments (tenant_id, invoice, id);

CREATE INDEX failed_payments_by_customer ON failed_payments (tenant_id, customer, id);

CREATE TABLE reminders (
  tenant_id TEXT NOT NULL,
  id TEXT NOT NULL,
  version INTEGER NOT NULL,
  customer TEXT NOT NULL,
  reminded_on TEXT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (tenant_id, id)
);

CREATE INDEX reminders_by_customer ON reminders (tenant_id, customer, id);
