-- Prepaid credits of customers, and what they pay of invoices.

CREATE TABLE prepaid_credits (
  tenant_id TEXT NOT NULL,
  id TEXT NOT NULL,
  version INTEGER NOT NULL,
  customer TEXT NOT NULL,
  currency TEXT NOT NULL,
  amount_minor INTEGER NOT NULL,
  used_minor INTEGER NOT NULL,
  expired_minor INTEGER NOT NULL,
  ends_on TEXT,
  body TEXT NOT NULL,
  PRIMARY KEY (tenant_id, id)
);

CREATE INDEX prepaid_credits_by_customer ON prepaid_credits (tenant_id, customer, id);

CREATE INDEX prepaid_credits_by_end ON prepaid_credits (tenant_id, ends_on) WHERE ends_on IS NOT NULL;

CREATE TABLE prepaid_uses (
  tenant_id TEXT NOT NULL,
  id TEXT NOT NULL,
  version INTEGER NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (tenant_id, id)
);

CREATE TABLE prepaid_draws (
  tenant_id TEXT NOT NULL,
  parent_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  credit TEXT NOT NULL,
  amount_minor INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, parent_id, position)
);

CREATE INDEX prepaid_draws_by_credit ON prepaid_draws (tenant_id, credit);

DROP VIEW v_invoice_fact;

CREATE VIEW v_invoice_fact AS
SELECT invoices.tenant_id, invoices.id AS invoice, invoices.number, invoices.status, invoices.contract, invoices.customer,
  invoices.currency, invoices.invoice_date, invoices.net_minor, invoices.gross_minor,
  coalesce((
    SELECT sum(amount_minor) FROM payments
    WHERE payments.tenant_id = invoices.tenant_id AND payments.invoice = invoices.id
  ), 0) AS paid_minor,
  coalesce((
    SELECT sum(abs(gross_minor)) FROM credit_notes
    WHERE credit_notes.tenant_id = invoices.tenant_id AND credit_notes.invoice = invoices.id AND credit_notes.number <> ''
  ), 0) AS credited_minor,
  coalesce((
    SELECT sum(amount_minor) FROM prepaid_draws
    WHERE prepaid_draws.tenant_id = invoices.tenant_id AND prepaid_draws.parent_id = invoices.id
  ), 0) AS prepaid_minor
FROM invoices;
