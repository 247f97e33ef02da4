-- Money of customers that went back, or became a credit; invoices with what went back of what was paid.

CREATE TABLE refunds (
  tenant_id TEXT NOT NULL,
  id TEXT NOT NULL,
  version INTEGER NOT NULL,
  customer TEXT NOT NULL,
  invoice TEXT NOT NULL,
  credit TEXT NOT NULL,
  kept INTEGER NOT NULL,
  refunded_on TEXT NOT NULL,
  amount_minor INTEGER NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (tenant_id, id)
);

CREATE INDEX refunds_by_customer ON refunds (tenant_id, customer, id);

CREATE INDEX refunds_by_invoice ON refunds (tenant_id, invoice, id);

ALTER TABLE prepaid_credits ADD COLUMN refunded_minor INTEGER NOT NULL DEFAULT 0;

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
    WHERE credit_notes.tenant_id = invoices.tenant_id AND credit_notes.invoice = invoices.id
      AND credit_notes.number <> '' AND credit_notes.voided_on IS NULL
  ), 0) AS credited_minor,
  coalesce((
    SELECT sum(amount_minor) FROM prepaid_draws
    WHERE prepaid_draws.tenant_id = invoices.tenant_id AND prepaid_draws.parent_id = invoices.id
  ), 0) AS prepaid_minor,
  invoices.voided_on,
  coalesce((
    SELECT sum(amount_minor) FROM refunds
    WHERE refunds.tenant_id = invoices.tenant_id AND refunds.invoice = invoices.id
  ), 0) AS refunded_minor
FROM invoices;
