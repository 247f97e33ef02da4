-- Records of the business: each with its typed text and the columns that finance and reports query.
-- Money is in whole minor units of the currency of the record, dates are ISO text.

CREATE TABLE quotes (
  tenant_id TEXT NOT NULL,
  id TEXT NOT NULL,
  version INTEGER NOT NULL,
  status TEXT NOT NULL,
  customer TEXT NOT NULL,
  owner TEXT NOT NULL,
  deal TEXT NOT NULL,
  offer_version INTEGER NOT NULL,
  currency TEXT NOT NULL,
  net_minor INTEGER NOT NULL,
  valid_until TEXT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (tenant_id, id)
);

CREATE INDEX quotes_by_customer ON quotes (tenant_id, customer, id);

CREATE INDEX quotes_by_status ON quotes (tenant_id, status, id);

CREATE INDEX quotes_by_deal ON quotes (tenant_id, deal, id);

CREATE TABLE quote_lines (
  tenant_id TEXT NOT NULL,
  parent_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  line_id TEXT NOT NULL,
  sku TEXT NOT NULL,
  quantity TEXT NOT NULL,
  list_minor INTEGER NOT NULL,
  net_minor INTEGER NOT NULL,
  term_minor INTEGER NOT NULL,
  parent_line TEXT,
  asked INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, parent_id, position)
);

CREATE TABLE approvals (
  tenant_id TEXT NOT NULL,
  id TEXT NOT NULL,
  version INTEGER NOT NULL,
  quote TEXT NOT NULL,
  status TEXT NOT NULL,
  due_at TEXT,
  body TEXT NOT NULL,
  PRIMARY KEY (tenant_id, id)
);

CREATE INDEX approvals_by_quote ON approvals (tenant_id, quote, id);

CREATE INDEX approvals_by_status ON approvals (tenant_id, status, id);

CREATE TABLE delegations (
  tenant_id TEXT NOT NULL,
  id TEXT NOT NULL,
  version INTEGER NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (tenant_id, id)
);

CREATE TABLE contracts (
  tenant_id TEXT NOT NULL,
  id TEXT NOT NULL,
  version INTEGER NOT NULL,
  customer TEXT NOT NULL,
  quote TEXT NOT NULL,
  currency TEXT NOT NULL,
  start_on TEXT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (tenant_id, id)
);

CREATE INDEX contracts_by_customer ON contracts (tenant_id, customer, id);

CREATE TABLE subscription_lines (
  tenant_id TEXT NOT NULL,
  parent_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  line_id TEXT NOT NULL,
  quote_line TEXT NOT NULL,
  sku TEXT NOT NULL,
  charge TEXT NOT NULL,
  amount_minor INTEGER NOT NULL,
  term_minor INTEGER,
  start_on TEXT NOT NULL,
  end_on TEXT,
  ended_on TEXT,
  by_delivery INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, parent_id, position)
);

CREATE TABLE orders (
  tenant_id TEXT NOT NULL,
  id TEXT NOT NULL,
  version INTEGER NOT NULL,
  customer TEXT NOT NULL,
  quote TEXT NOT NULL,
  quote_version INTEGER NOT NULL,
  contract TEXT NOT NULL,
  state TEXT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (tenant_id, id)
);

CREATE INDEX orders_by_customer ON orders (tenant_id, customer, id);

CREATE INDEX orders_by_state ON orders (tenant_id, state, id);

CREATE UNIQUE INDEX orders_by_offer ON orders (tenant_id, quote, quote_version);

CREATE TABLE order_items (
  tenant_id TEXT NOT NULL,
  parent_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  item_id TEXT NOT NULL,
  quote_line TEXT NOT NULL,
  sku TEXT NOT NULL,
  state TEXT NOT NULL,
  quantity TEXT NOT NULL,
  net_minor INTEGER NOT NULL,
  term_minor INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, parent_id, position)
);

CREATE TABLE invoices (
  tenant_id TEXT NOT NULL,
  id TEXT NOT NULL,
  version INTEGER NOT NULL,
  contract TEXT NOT NULL,
  customer TEXT NOT NULL,
  number TEXT NOT NULL,
  status TEXT NOT NULL,
  currency TEXT NOT NULL,
  invoice_date TEXT NOT NULL,
  net_minor INTEGER NOT NULL,
  gross_minor INTEGER NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (tenant_id, id)
);

CREATE INDEX invoices_by_contract ON invoices (tenant_id, contract, id);

CREATE INDEX invoices_by_customer ON invoices (tenant_id, customer, id);

CREATE UNIQUE INDEX invoices_by_number ON invoices (tenant_id, number) WHERE number <> '';

CREATE TABLE invoice_lines (
  tenant_id TEXT NOT NULL,
  parent_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  line_id TEXT NOT NULL,
  contract TEXT NOT NULL,
  quote_line TEXT NOT NULL,
  sku TEXT NOT NULL,
  kind TEXT NOT NULL,
  amount_minor INTEGER NOT NULL,
  service_start TEXT,
  service_end TEXT,
  credits TEXT NOT NULL,
  by_hand INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, parent_id, position)
);

CREATE TABLE credit_notes (
  tenant_id TEXT NOT NULL,
  id TEXT NOT NULL,
  version INTEGER NOT NULL,
  contract TEXT NOT NULL,
  invoice TEXT NOT NULL,
  number TEXT NOT NULL,
  net_minor INTEGER NOT NULL,
  gross_minor INTEGER NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (tenant_id, id)
);

CREATE INDEX credit_notes_by_contract ON credit_notes (tenant_id, contract, id);

CREATE INDEX credit_notes_by_invoice ON credit_notes (tenant_id, invoice, id);

CREATE TABLE credit_note_lines (
  tenant_id TEXT NOT NULL,
  parent_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  line_id TEXT NOT NULL,
  contract TEXT NOT NULL,
  quote_line TEXT NOT NULL,
  sku TEXT NOT NULL,
  kind TEXT NOT NULL,
  amount_minor INTEGER NOT NULL,
  service_start TEXT,
  service_end TEXT,
  credits TEXT NOT NULL,
  by_hand INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, parent_id, position)
);

CREATE TABLE payments (
  tenant_id TEXT NOT NULL,
  id TEXT NOT NULL,
  version INTEGER NOT NULL,
  invoice TEXT NOT NULL,
  paid_on TEXT NOT NULL,
  amount_minor INTEGER NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (tenant_id, id)
);

CREATE INDEX payments_by_invoice ON payments (tenant_id, invoice, id);

CREATE TABLE billing_marks (
  tenant_id TEXT NOT NULL,
  id TEXT NOT NULL,
  version INTEGER NOT NULL,
  until TEXT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (tenant_id, id)
);

CREATE TABLE usage_records (
  tenant_id TEXT NOT NULL,
  id TEXT NOT NULL,
  version INTEGER NOT NULL,
  contract TEXT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (tenant_id, id)
);

CREATE INDEX usage_records_by_contract ON usage_records (tenant_id, contract, id);

CREATE TABLE revenue_contracts (
  tenant_id TEXT NOT NULL,
  id TEXT NOT NULL,
  version INTEGER NOT NULL,
  customer TEXT NOT NULL,
  currency TEXT NOT NULL,
  price_minor INTEGER NOT NULL,
  recognised_until TEXT,
  body TEXT NOT NULL,
  PRIMARY KEY (tenant_id, id)
);

CREATE TABLE obligations (
  tenant_id TEXT NOT NULL,
  parent_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  obligation_id TEXT NOT NULL,
  quote_lines TEXT NOT NULL,
  timing TEXT NOT NULL,
  stated_minor INTEGER NOT NULL,
  allocated_minor INTEGER NOT NULL,
  price_minor INTEGER NOT NULL,
  recognised_minor INTEGER NOT NULL,
  ended_on TEXT,
  PRIMARY KEY (tenant_id, parent_id, position)
);

CREATE TABLE schedule_lines (
  tenant_id TEXT NOT NULL,
  parent_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  obligation_id TEXT NOT NULL,
  month TEXT NOT NULL,
  due_on TEXT NOT NULL,
  amount_minor INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, parent_id, position)
);

CREATE TABLE journal_entries (
  tenant_id TEXT NOT NULL,
  id TEXT NOT NULL,
  version INTEGER NOT NULL,
  entry_key TEXT NOT NULL,
  kind TEXT NOT NULL,
  posted_on TEXT NOT NULL,
  reverses TEXT,
  body TEXT NOT NULL,
  PRIMARY KEY (tenant_id, id)
);

CREATE UNIQUE INDEX journal_entries_by_entry_key ON journal_entries (tenant_id, entry_key);

CREATE UNIQUE INDEX journal_entries_by_reverses ON journal_entries (tenant_id, reverses) WHERE reverses IS NOT NULL;

CREATE TABLE journal_lines (
  tenant_id TEXT NOT NULL,
  parent_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  account TEXT NOT NULL,
  currency TEXT NOT NULL,
  amount_minor INTEGER NOT NULL,
  contract TEXT NOT NULL,
  quote_line TEXT NOT NULL,
  obligation TEXT NOT NULL,
  invoice TEXT NOT NULL,
  PRIMARY KEY (tenant_id, parent_id, position)
);

CREATE INDEX journal_lines_by_contract ON journal_lines (tenant_id, contract);

CREATE TABLE books_state (
  tenant_id TEXT NOT NULL,
  id TEXT NOT NULL,
  version INTEGER NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (tenant_id, id)
);

CREATE TABLE rule_books (
  tenant_id TEXT NOT NULL,
  id TEXT NOT NULL,
  version INTEGER NOT NULL,
  number INTEGER NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (tenant_id, id)
);
