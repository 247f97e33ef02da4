-- Charges for half a year and for two and three years by the month, and which order opened its contract.

DROP VIEW v_recurring_line;

CREATE VIEW v_recurring_line AS
SELECT lines.tenant_id, lines.contract, contracts.customer, lines.line, lines.sku, contracts.currency,
  lines.amount_minor, lines.months, (2 * lines.amount_minor + lines.months) / (2 * lines.months) AS monthly_minor,
  lines.start_on, lines.end_on
FROM (
  SELECT subscription_lines.tenant_id, subscription_lines.parent_id AS contract, subscription_lines.line_id AS line,
    subscription_lines.sku, subscription_lines.amount_minor, subscription_lines.start_on,
    coalesce(subscription_lines.ended_on, subscription_lines.end_on) AS end_on,
    CASE json_extract(agreed.value, '$.charge.period') WHEN 'MONTH' THEN 1 WHEN 'QUARTER' THEN 3 WHEN 'HALF_YEAR' THEN 6
      WHEN 'YEAR' THEN 12 WHEN 'TWO_YEARS' THEN 24 WHEN 'THREE_YEARS' THEN 36 END AS months
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

DROP VIEW v_order_fact;

CREATE VIEW v_order_fact AS
SELECT orders.tenant_id, orders.id AS "order", orders.quote, orders.quote_version, orders.contract, orders.customer,
  orders.state, json_extract(contracts.body, '$.order') = orders.id AS opens_contract, contracts.currency, min(order_items.placed_on) AS placed_on, sum(order_items.term_minor) AS term_minor,
  (
    SELECT min(invoices.invoice_date) FROM invoices
    WHERE invoices.tenant_id = orders.tenant_id AND invoices.contract = orders.contract AND invoices.status = 'finalized'
  ) AS first_invoice_on
FROM orders
JOIN contracts ON contracts.tenant_id = orders.tenant_id AND contracts.id = orders.contract
LEFT JOIN order_items ON order_items.tenant_id = orders.tenant_id AND order_items.parent_id = orders.id
GROUP BY orders.tenant_id, orders.id;
