-- The book in force is the one published last that holds on a day: looked for from the newest down.

CREATE INDEX rule_books_by_number ON rule_books (tenant_id, number);

-- Price models count what a customer ordered before: found by customer and product, where every order was decoded.

ALTER TABLE order_items ADD COLUMN customer TEXT NOT NULL DEFAULT '';
ALTER TABLE order_items ADD COLUMN action TEXT NOT NULL DEFAULT '';
ALTER TABLE order_items ADD COLUMN placed_on TEXT NOT NULL DEFAULT '';

UPDATE order_items SET
  customer = orders.customer,
  action = json_extract(orders.body, '$.items[' || order_items.position || '].action'),
  placed_on = substr(json_extract(orders.body, '$.placed_at'), 1, 10)
FROM orders
WHERE orders.tenant_id = order_items.tenant_id AND orders.id = order_items.parent_id;

CREATE INDEX order_items_by_customer ON order_items (tenant_id, customer, sku, placed_on);
