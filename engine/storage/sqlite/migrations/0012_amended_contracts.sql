-- Contracts that renew by themselves are found by their day; an amended contract has several orders, and order items
-- that only tell what stays or goes are none of the audit's.

ALTER TABLE contracts ADD COLUMN renews_on TEXT;

CREATE INDEX contracts_by_renewal ON contracts (tenant_id, renews_on) WHERE renews_on IS NOT NULL;
