-- Charges by the day and by the week by the month, which has a twelfth of 365 days: they came to nothing.

DROP VIEW v_recurring_line;

CREATE VIEW v_recurring_line AS
SELECT lines.tenant_id, lines.contract, contracts.customer, lines.line, lines.sku, contracts.currency,
  lines.amount_minor, CASE WHEN lines.of_days IS NULL THEN lines.months END AS months,
  (2 * coalesce(lines.of_days, 1) * lines.amount_minor + lines.months) / (2 * lines.months) AS monthly_minor,
  lines.start_on, lines.end_on
FROM (
  SELECT subscription_lines.tenant_id, subscription_lines.parent_id AS contract, subscription_lines.line_id AS line,
    subscription_lines.sku, subscription_lines.amount_minor, subscription_lines.start_on,
    coalesce(subscription_lines.ended_on, subscription_lines.end_on) AS end_on,
    CASE json_extract(agreed.value, '$.charge.period') WHEN 'MONTH' THEN 1 WHEN 'QUARTER' THEN 3 WHEN 'HALF_YEAR' THEN 6
      WHEN 'YEAR' THEN 12 WHEN 'TWO_YEARS' THEN 24 WHEN 'THREE_YEARS' THEN 36 WHEN 'DAY' THEN 12 WHEN 'WEEK' THEN 84 END AS months,
    CASE WHEN json_extract(agreed.value, '$.charge.period') IN ('DAY', 'WEEK') THEN 365 END AS of_days
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
