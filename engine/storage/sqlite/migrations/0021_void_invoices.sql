-- The day on which a final invoice and the credit notes on it became void; what is void is neither owed nor credited.

ALTER TABLE invoices ADD COLUMN voided_on TEXT;

ALTER TABLE credit_notes ADD COLUMN voided_on TEXT;

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
  invoices.voided_on
FROM invoices;
