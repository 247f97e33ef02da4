-- Parties are listed by these columns; without an index a page read every party of the tenant.

CREATE INDEX customers_by_segment ON customers (tenant_id, segment, id);

CREATE INDEX billing_accounts_by_customer ON billing_accounts (tenant_id, customer, id);
