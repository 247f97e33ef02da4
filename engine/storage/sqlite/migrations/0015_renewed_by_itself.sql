-- Which quotes a contract made that renews by itself: nobody decided on them, so rates of conversion leave them out.

DROP VIEW v_quote_fact;

CREATE VIEW v_quote_fact AS
SELECT quotes.tenant_id, quotes.id AS quote, quotes.status, quotes.customer, customers.segment, customers.region,
  quotes.owner, quotes.deal, quotes.offer_version, quotes.currency, quotes.net_minor, told.created_at, told.first_sent_at,
  coalesce(told.sent_count, 0) AS sent_count, told.ordered_at, told.closed_at,
  coalesce(told.renewed_by_itself, 0) AS renewed_by_itself
FROM quotes
LEFT JOIN customers ON customers.tenant_id = quotes.tenant_id AND customers.id = quotes.customer
LEFT JOIN (
  SELECT tenant_id, json_extract(body, '$.quote') AS quote,
    min(CASE WHEN name = 'QuoteCreated' THEN at END) AS created_at,
    min(CASE WHEN name = 'QuoteSent' THEN at END) AS first_sent_at,
    sum(name = 'QuoteSent') AS sent_count,
    min(CASE WHEN name = 'QuoteOrdered' THEN at END) AS ordered_at,
    max(CASE WHEN name = 'QuoteClosed' THEN at END) AS closed_at,
    max(name = 'RenewedByItself') AS renewed_by_itself
  FROM events
  WHERE name IN ('QuoteCreated', 'QuoteSent', 'QuoteOrdered', 'QuoteClosed', 'RenewedByItself')
  GROUP BY tenant_id, json_extract(body, '$.quote')
) AS told ON told.tenant_id = quotes.tenant_id AND told.quote = quotes.id;
