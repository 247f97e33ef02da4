-- Billing runs: how far each is, saved with every chunk of contracts that it bills.

CREATE TABLE billing_runs (
  tenant_id TEXT NOT NULL,
  id TEXT NOT NULL,
  version INTEGER NOT NULL,
  state TEXT NOT NULL,
  until TEXT NOT NULL,
  contracts INTEGER NOT NULL,
  done INTEGER NOT NULL,
  invoices INTEGER NOT NULL,
  credit_notes INTEGER NOT NULL,
  failed INTEGER NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (tenant_id, id)
);

CREATE INDEX billing_runs_by_state ON billing_runs (tenant_id, state, id);
