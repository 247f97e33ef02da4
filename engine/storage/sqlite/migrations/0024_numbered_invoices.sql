-- An invoice is found by the number that is printed on it. The unique index knows only numbers that are not empty, and
-- a search for a number that is given when it runs cannot use it: it stays, under another name.

CREATE UNIQUE INDEX invoices_numbered_once ON invoices (tenant_id, number) WHERE number <> '';
DROP INDEX invoices_by_number;
CREATE INDEX invoices_by_number ON invoices (tenant_id, number, id);
