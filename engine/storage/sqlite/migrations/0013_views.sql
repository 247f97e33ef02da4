-- What reports and BI tools read: stable names over tables that may change. Money in whole minor units, days as ISO text.

CREATE VIEW v_quote_fact AS
SELECT quotes.tenant_id, quotes.id AS quote, quotes.status, quotes.customer, customers.segment, customers.region,
  quotes.owner, quotes.deal, quotes.offer_version, quotes.currency, quotes.net_minor, told.created_at, told.first_sent_at,
  coalesce(told.sent_count, 0) AS sent_count, told.ordered_at, told.closed_at
FROM quotes
LEFT JOIN customers ON customers.tenant_id = quotes.tenant_id AND customers.id = quotes.customer
LEFT JOIN (
  SELECT tenant_id, json_extract(body, '$.quote') AS quote,
    min(CASE WHEN name = 'QuoteCreated' THEN at END) AS created_at,
    min(CASE WHEN name = 'QuoteSent' THEN at END) AS first_sent_at,
    sum(name = 'QuoteSent') AS sent_count,
    min(CASE WHEN name = 'QuoteOrdered' THEN at END) AS ordered_at,
    max(CASE WHEN name = 'QuoteClosed' THEN at END) AS closed_at
  FROM events
  WHERE name IN ('QuoteCreated', 'QuoteSent', 'QuoteOrdered', 'QuoteClosed')
  GROUP BY tenant_id, json_extract(body, '$.quote')
) AS told ON told.tenant_id = quotes.tenant_id AND told.quote = quotes.id;

CREATE VIEW v_quote_line_fact AS
SELECT quote_lines.tenant_id, quote_lines.parent_id AS quote, quotes.status, quotes.customer, quotes.owner,
  quote_lines.line_id AS line, quote_lines.sku, quote_lines.quantity, quotes.currency, quote_lines.list_minor,
  quote_lines.net_minor, quote_lines.term_minor
FROM quote_lines
JOIN quotes ON quotes.tenant_id = quote_lines.tenant_id AND quotes.id = quote_lines.parent_id
WHERE quote_lines.asked;

CREATE VIEW v_approval_fact AS
SELECT tenant_id, json_extract(body, '$.quote') AS quote, cursor AS submission, at AS submitted_at,
  json_extract(body, '$.levels') AS levels,
  (
    SELECT min(decided.at) FROM events AS decided
    WHERE decided.tenant_id = events.tenant_id AND decided.cursor > events.cursor
      AND decided.name IN ('QuoteApproved', 'QuoteRejected', 'QuoteRecalled')
      AND json_extract(decided.body, '$.quote') = json_extract(events.body, '$.quote')
  ) AS ended_at
FROM events
WHERE name = 'QuoteSubmitted';

CREATE VIEW v_order_fact AS
SELECT orders.tenant_id, orders.id AS "order", orders.quote, orders.quote_version, orders.contract, orders.customer,
  orders.state, contracts.currency, min(order_items.placed_on) AS placed_on, sum(order_items.term_minor) AS term_minor,
  (
    SELECT min(invoices.invoice_date) FROM invoices
    WHERE invoices.tenant_id = orders.tenant_id AND invoices.contract = orders.contract AND invoices.status = 'finalized'
  ) AS first_invoice_on
FROM orders
JOIN contracts ON contracts.tenant_id = orders.tenant_id AND contracts.id = orders.contract
LEFT JOIN order_items ON order_items.tenant_id = orders.tenant_id AND order_items.parent_id = orders.id
GROUP BY orders.tenant_id, orders.id;

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
  ), 0) AS credited_minor
FROM invoices;

CREATE VIEW v_recurring_line AS
SELECT lines.tenant_id, lines.contract, contracts.customer, lines.line, lines.sku, contracts.currency,
  lines.amount_minor, lines.months, (2 * lines.amount_minor + lines.months) / (2 * lines.months) AS monthly_minor,
  lines.start_on, lines.end_on
FROM (
  SELECT subscription_lines.tenant_id, subscription_lines.parent_id AS contract, subscription_lines.line_id AS line,
    subscription_lines.sku, subscription_lines.amount_minor, subscription_lines.start_on,
    coalesce(subscription_lines.ended_on, subscription_lines.end_on) AS end_on,
    CASE json_extract(agreed.value, '$.charge.period') WHEN 'MONTH' THEN 1 WHEN 'QUARTER' THEN 3 WHEN 'YEAR' THEN 12 END
      AS months
  FROM subscription_lines
  JOIN (
    SELECT contracts.tenant_id, contracts.id, each.value FROM contracts, json_each(contracts.body, '$.lines') AS each
    UNION ALL
    SELECT contracts.tenant_id, contracts.id, each.value
    FROM contracts, json_each(contracts.body, '$.changes') AS change, json_each(change.value, '$.added') AS each
  ) AS agreed
    ON agreed.tenant_id = subscription_lines.tenant_id AND agreed.id = subscription_lines.parent_id
    AND json_extract(agreed.value, '$.id') = subscription_lines.line_id
  WHERE subscription_lines.charge = 'recurring'
    AND (subscription_lines.ended_on IS NULL OR subscription_lines.ended_on > subscription_lines.start_on)
) AS lines
JOIN contracts ON contracts.tenant_id = lines.tenant_id AND contracts.id = lines.contract;

CREATE VIEW v_revenue_schedule AS
SELECT schedule_lines.tenant_id, schedule_lines.parent_id AS contract, revenue_contracts.customer,
  schedule_lines.obligation_id AS obligation, revenue_contracts.currency, schedule_lines.month, schedule_lines.due_on,
  schedule_lines.amount_minor
FROM schedule_lines
JOIN revenue_contracts
  ON revenue_contracts.tenant_id = schedule_lines.tenant_id AND revenue_contracts.id = schedule_lines.parent_id;

CREATE VIEW v_gl_line AS
SELECT journal_lines.tenant_id, journal_lines.parent_id AS entry, journal_entries.entry_key, journal_entries.kind,
  journal_entries.posted_on, journal_lines.account, journal_lines.currency, journal_lines.amount_minor,
  journal_lines.contract, journal_lines.quote_line, journal_lines.obligation, journal_lines.invoice
FROM journal_lines
JOIN journal_entries
  ON journal_entries.tenant_id = journal_lines.tenant_id AND journal_entries.id = journal_lines.parent_id;
