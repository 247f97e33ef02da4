BEGIN TRANSACTION;
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
INSERT INTO "approvals" VALUES('default','ap-000001',2,'q-000001','approved',NULL,'{"case":{"chains":[{"chain":"sales","levels":[{"due":172800000000,"escalation":[],"level":"manager","members":["mia"],"needed":1,"reasons":[{"condition":"quote.discount_pct > 15","facets":[{"expression":"quote.discount_pct","inclusive":false,"sense":"MORE_IS_WORSE","threshold":"15","value":{"decimal":"20.0000"}}],"policy":"deep","say":"The discount is deeper than 15 percent","span":{"column":1,"end_column":5,"end_line":3,"line":3,"path":"approvals/policies.csv"}}],"stands":false}]}],"discount_percent":"20.0000","id":"ap-000001","net_total":"68.00","owner":"rep","quote":"q-000001","version":1},"decisions":[{"at":"2026-03-01T12:00:00+00:00","by":"mia","chain":"sales","comment":"","level":"manager","on_behalf_of":"","request":"ap-000001/sales/manager","verdict":"APPROVE","version":1}],"log":[{"$":"Decide","at":"2026-03-01T12:00:00+00:00","by":"mia","comment":"","on_behalf_of":"","request":"ap-000001/sales/manager","verdict":"APPROVE","version":1}],"requests":[{"approved_by":["mia"],"chain":"sales","due_at":null,"escalated_to":[],"escalations":0,"id":"ap-000001/sales/manager","level":"manager","members":["mia"],"needed":1,"opened_at":"2026-03-01T12:00:00+00:00","reasons":[{"condition":"quote.discount_pct > 15","facets":[{"expression":"quote.discount_pct","inclusive":false,"sense":"MORE_IS_WORSE","threshold":"15","value":{"decimal":"20.0000"}}],"policy":"deep","say":"The discount is deeper than 15 percent","span":{"column":1,"end_column":5,"end_line":3,"line":3,"path":"approvals/policies.csv"}}],"status":"APPROVED"}],"started_at":"2026-03-01T12:00:00+00:00","status":"APPROVED"}');
CREATE TABLE approver_groups (
  tenant_id TEXT NOT NULL,
  id        TEXT NOT NULL,
  version   INTEGER NOT NULL,
  body      TEXT NOT NULL,
  PRIMARY KEY (tenant_id, id)
);
CREATE TABLE billing_accounts (
  tenant_id TEXT NOT NULL,
  id        TEXT NOT NULL,
  version   INTEGER NOT NULL,
  customer  TEXT NOT NULL,
  body      TEXT NOT NULL,
  PRIMARY KEY (tenant_id, id)
);
CREATE TABLE billing_marks (
  tenant_id TEXT NOT NULL,
  id TEXT NOT NULL,
  version INTEGER NOT NULL,
  until TEXT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (tenant_id, id)
);
INSERT INTO "billing_marks" VALUES('default','k-000001',1,'2026-04-30','{"id":"k-000001","until":"2026-04-30"}');
CREATE TABLE blobs (
  tenant_id TEXT NOT NULL,
  id        TEXT NOT NULL,
  content   BLOB NOT NULL,
  PRIMARY KEY (tenant_id, id)
);
CREATE TABLE books_state (
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
INSERT INTO "contracts" VALUES('default','k-000001',1,'anna','q-000001','EUR','2026-03-01','{"billing_account":"","changes":[],"currency":"EUR","customer":"anna","etag":1,"id":"k-000001","lines":[{"amount":{"currency":"EUR","minor_units":4000},"bill_on":"DELIVERY","charge":{"kind":"ONE_TIME","meter":"","period":null,"timing":"ADVANCE"},"end":null,"id":"mug","list_price":"12.50","name":"Mug","parent":"","quantity":"4","quote_line":"mug","recognition":"goods","sku":"MUG","start":"2026-03-01","tax":{"currency":"EUR","minor_units":760},"tax_code":"standard","term_total":null,"unit_price":"12.50","usage_model":""},{"amount":{"currency":"EUR","minor_units":2400},"bill_on":"START","charge":{"kind":"RECURRING","meter":"","period":"MONTH","timing":"ADVANCE"},"end":"2026-05-01","id":"plan","list_price":"30.00","name":"Plan","parent":"","quantity":"1","quote_line":"plan","recognition":"service","sku":"PLAN","start":"2026-03-01","tax":{"currency":"EUR","minor_units":456},"tax_code":"standard","term_total":{"currency":"EUR","minor_units":4800},"unit_price":"30.00","usage_model":""},{"amount":{"currency":"EUR","minor_units":0},"bill_on":"START","charge":{"kind":"USAGE","meter":"calls","period":"MONTH","timing":"ARREARS"},"end":"2026-05-01","id":"calls","list_price":"0.05","name":"Calls","parent":"","quantity":"100","quote_line":"calls","recognition":"usage","sku":"CALLS","start":"2026-03-01","tax":null,"tax_code":"standard","term_total":null,"unit_price":"0.05","usage_model":"CALLS"}],"order":"o-000001","purchase_order":"PO","quote":"q-000001","quote_version":1,"rule_book":"6ef0cab4319fc26488f70494dd3fa3f60e85fd2eb13e0879ea42f0ca2fab1ca8","selling_entity":"","signed_at":"2026-03-01T12:00:00+00:00","start":"2026-03-01","terms":{"bill_day":0,"day_count":"DAILY","notice_days":0,"payment_days":30}}');
CREATE TABLE counters (
  tenant_id TEXT NOT NULL,
  series    TEXT NOT NULL,
  value     INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, series)
);
INSERT INTO "counters" VALUES('default','rule-books',1);
INSERT INTO "counters" VALUES('default','invoice:INV',2);
INSERT INTO "counters" VALUES('default','journal',8);
INSERT INTO "counters" VALUES('default','credit-note:CN',1);
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
INSERT INTO "credit_note_lines" VALUES('default','cn-000001',0,'k-000001/mug/one_time/o-000001/mug/1/credit/1-1','k-000001','mug','MUG','credit',-200,NULL,NULL,'k-000001/mug/one_time/o-000001/mug/1',1);
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
INSERT INTO "credit_notes" VALUES('default','cn-000001',1,'k-000001','in-000001','CN-000001',200,238,'{"bill_to":{"billing_account":"","currency":"EUR","customer":"anna","payment_days":30,"selling_entity":""},"etag":2,"finalized_at":"2026-04-10T12:00:00+00:00","id":"cn-000001","invoice":"in-000001","lines":[{"amount":{"currency":"EUR","minor_units":-200},"by_hand":true,"contract":"k-000001","credits":"k-000001/mug/one_time/o-000001/mug/1","delivery":"","due_on":"2026-04-10","id":"k-000001/mug/one_time/o-000001/mug/1/credit/1-1","kind":"CREDIT","name":"Mug","quantity":"4","quote_line":"mug","service":null,"share":{"denominator":1,"numerator":1},"sku":"MUG","subscription":"mug","tax":{"currency":"EUR","minor_units":-38},"tax_code":"standard"}],"number":"CN-000001","on":"2026-04-10","past_fault":true,"reason":"slow","status":"FINALIZED","taxes":[{"base":{"currency":"EUR","minor_units":200},"percent":"19","tax":{"currency":"EUR","minor_units":38},"tax_code":"standard"}]}');
CREATE TABLE customers (
  tenant_id    TEXT NOT NULL,
  id           TEXT NOT NULL,
  version      INTEGER NOT NULL,
  display_name TEXT NOT NULL,
  segment      TEXT NOT NULL,
  region       TEXT NOT NULL,
  body         TEXT NOT NULL,
  PRIMARY KEY (tenant_id, id)
);
INSERT INTO "customers" VALUES('default','anna',1,'Anna','retail','DE','{"address":{"city":"","country":"","lines":[],"postal_code":"","region":""},"attributes":{},"display_name":"Anna","id":"anna","region":"DE","segment":"retail","tax_id":""}');
CREATE TABLE delegations (
  tenant_id TEXT NOT NULL,
  id TEXT NOT NULL,
  version INTEGER NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (tenant_id, id)
);
INSERT INTO "delegations" VALUES('default','d-000001',1,'{"delegation":{"approver":"mia","delegate":"rep","end":null,"start":"2026-03-01"},"id":"d-000001"}');
CREATE TABLE events (
  cursor    INTEGER PRIMARY KEY AUTOINCREMENT,
  tenant_id TEXT NOT NULL,
  name      TEXT NOT NULL,
  entity    TEXT NOT NULL,
  at        TEXT NOT NULL,
  body      TEXT NOT NULL
, record TEXT NOT NULL DEFAULT '', version INTEGER NOT NULL DEFAULT 0);
INSERT INTO "events" VALUES(1,'default','RuleBookPublished','6ef0cab4319fc26488f70494dd3fa3f60e85fd2eb13e0879ea42f0ca2fab1ca8','2026-03-01T12:00:00+00:00','{"at":"2026-03-01T12:00:00+00:00","book":"small","number":1,"rule_book":"6ef0cab4319fc26488f70494dd3fa3f60e85fd2eb13e0879ea42f0ca2fab1ca8"}','rule_books',1);
INSERT INTO "events" VALUES(2,'default','PartyCreated','anna','2026-03-01T12:00:00+00:00','{"at":"2026-03-01T12:00:00+00:00","display_name":"Anna","kind":"Customer","party":"anna"}','customers',1);
INSERT INTO "events" VALUES(3,'default','PartyCreated','rep','2026-03-01T12:00:00+00:00','{"at":"2026-03-01T12:00:00+00:00","display_name":"Rep","kind":"User","party":"rep"}','users',1);
INSERT INTO "events" VALUES(4,'default','PartyCreated','mia','2026-03-01T12:00:00+00:00','{"at":"2026-03-01T12:00:00+00:00","display_name":"Mia","kind":"User","party":"mia"}','users',1);
INSERT INTO "events" VALUES(5,'default','QuoteCreated','q-000001','2026-03-01T12:00:00+00:00','{"at":"2026-03-01T12:00:00+00:00","customer":"anna","owner":"rep","quote":"q-000001"}','quotes',1);
INSERT INTO "events" VALUES(6,'default','ApprovalRequested','ap-000001','2026-03-01T12:00:00+00:00','{"at":"2026-03-01T12:00:00+00:00","case":"ap-000001","chain":"sales","due_at":"2026-03-03T12:00:00+00:00","level":"manager","members":["mia"],"quote":"q-000001","request":"ap-000001/sales/manager"}','approvals',1);
INSERT INTO "events" VALUES(7,'default','QuoteSubmitted','q-000001','2026-03-01T12:00:00+00:00','{"at":"2026-03-01T12:00:00+00:00","levels":1,"net_total":{"currency":"EUR","minor_units":6800},"quote":"q-000001","version":1}','quotes',2);
INSERT INTO "events" VALUES(8,'default','ApprovalDecided','ap-000001','2026-03-01T12:00:00+00:00','{"at":"2026-03-01T12:00:00+00:00","by":"mia","case":"ap-000001","comment":"","on_behalf_of":"","quote":"q-000001","request":"ap-000001/sales/manager","verdict":"APPROVE","version":1}','approvals',2);
INSERT INTO "events" VALUES(9,'default','ApprovalCompleted','ap-000001','2026-03-01T12:00:00+00:00','{"at":"2026-03-01T12:00:00+00:00","case":"ap-000001","quote":"q-000001","version":1}','approvals',2);
INSERT INTO "events" VALUES(10,'default','QuoteApproved','q-000001','2026-03-01T12:00:00+00:00','{"at":"2026-03-01T12:00:00+00:00","quote":"q-000001","version":1}','quotes',3);
INSERT INTO "events" VALUES(11,'default','DelegationCreated','d-000001','2026-03-01T12:00:00+00:00','{"approver":"mia","at":"2026-03-01T12:00:00+00:00","delegate":"rep","delegation":"d-000001","end":null,"start":"2026-03-01"}','delegations',1);
INSERT INTO "events" VALUES(12,'default','QuoteSent','q-000001','2026-03-01T12:00:00+00:00','{"at":"2026-03-01T12:00:00+00:00","certificate":"cpq1-sha256:35ad5dfab8a88b9bbda544a034ae7233b47d9c678def26c70e3a06952d126d10","net_total":{"currency":"EUR","minor_units":6800},"quote":"q-000001","version":1}','quotes',4);
INSERT INTO "events" VALUES(13,'default','QuoteAccepted','q-000001','2026-03-01T12:00:00+00:00','{"at":"2026-03-01T12:00:00+00:00","net_total":{"currency":"EUR","minor_units":6800},"purchase_order":"PO","quote":"q-000001","version":1}','quotes',5);
INSERT INTO "events" VALUES(14,'default','ContractSigned','k-000001','2026-03-01T12:00:00+00:00','{"at":"2026-03-01T12:00:00+00:00","contract":"k-000001","customer":"anna","order":"o-000001","quote":"q-000001","quote_version":1}','contracts',1);
INSERT INTO "events" VALUES(15,'default','OrderCreated','o-000001','2026-03-01T12:00:00+00:00','{"at":"2026-03-01T12:00:00+00:00","contract":"k-000001","customer":"anna","order":"o-000001","quote":"q-000001","quote_version":1}','orders',1);
INSERT INTO "events" VALUES(16,'default','ItemDelivered','o-000001','2026-03-01T12:00:00+00:00','{"at":"2026-03-01T12:00:00+00:00","item":"plan","line":"plan","order":"o-000001","quantity":"1"}','orders',1);
INSERT INTO "events" VALUES(17,'default','ItemDelivered','o-000001','2026-03-01T12:00:00+00:00','{"at":"2026-03-01T12:00:00+00:00","item":"calls","line":"calls","order":"o-000001","quantity":"100"}','orders',1);
INSERT INTO "events" VALUES(18,'default','TaskReady','o-000001','2026-03-01T12:00:00+00:00','{"at":"2026-03-01T12:00:00+00:00","department":"warehouse","item":"mug","order":"o-000001","step":"pick","task":"mug.pick"}','orders',1);
INSERT INTO "events" VALUES(19,'default','RevenueContractOpened','k-000001','2026-03-01T12:00:00+00:00','{"at":"2026-03-01T12:00:00+00:00","contract":"k-000001","obligations":3,"price":{"currency":"EUR","minor_units":8800}}','revenue_contracts',1);
INSERT INTO "events" VALUES(20,'default','QuoteOrdered','q-000001','2026-03-01T12:00:00+00:00','{"at":"2026-03-01T12:00:00+00:00","contract":"k-000001","order":"o-000001","quote":"q-000001","version":1}','quotes',6);
INSERT INTO "events" VALUES(21,'default','TaskStateChanged','o-000001','2026-03-01T12:00:00+00:00','{"after":"COMPLETED","at":"2026-03-01T12:00:00+00:00","before":"IN_PROGRESS","department":"warehouse","item":"mug","note":"","order":"o-000001","task":"mug.pick"}','orders',2);
INSERT INTO "events" VALUES(22,'default','TaskReady','o-000001','2026-03-01T12:00:00+00:00','{"at":"2026-03-01T12:00:00+00:00","department":"distribution","item":"mug","order":"o-000001","step":"send","task":"mug.send"}','orders',2);
INSERT INTO "events" VALUES(23,'default','ItemStateChanged','o-000001','2026-03-01T12:00:00+00:00','{"after":"IN_PROGRESS","at":"2026-03-01T12:00:00+00:00","before":"ACKNOWLEDGED","item":"mug","order":"o-000001"}','orders',2);
INSERT INTO "events" VALUES(24,'default','TaskStateChanged','o-000001','2026-03-01T12:00:00+00:00','{"after":"COMPLETED","at":"2026-03-01T12:00:00+00:00","before":"IN_PROGRESS","department":"distribution","item":"mug","note":"","order":"o-000001","task":"mug.send"}','orders',3);
INSERT INTO "events" VALUES(25,'default','ItemDelivered','o-000001','2026-03-01T12:00:00+00:00','{"at":"2026-03-01T12:00:00+00:00","item":"mug","line":"mug","order":"o-000001","quantity":"4"}','orders',3);
INSERT INTO "events" VALUES(26,'default','ItemStateChanged','o-000001','2026-03-01T12:00:00+00:00','{"after":"COMPLETED","at":"2026-03-01T12:00:00+00:00","before":"IN_PROGRESS","item":"mug","order":"o-000001"}','orders',3);
INSERT INTO "events" VALUES(27,'default','OrderStateChanged','o-000001','2026-03-01T12:00:00+00:00','{"after":"COMPLETED","at":"2026-03-01T12:00:00+00:00","before":"IN_PROGRESS","order":"o-000001"}','orders',3);
INSERT INTO "events" VALUES(28,'default','RevenueChanged','k-000001','2026-03-01T12:00:00+00:00','{"at":"2026-03-01T12:00:00+00:00","cause":"delivery","contract":"k-000001","price":{"currency":"EUR","minor_units":8800}}','revenue_contracts',2);
INSERT INTO "events" VALUES(29,'default','UsageRecorded','k-000001','2026-03-01T12:00:00+00:00','{"at":"2026-03-01T12:00:00+00:00","contract":"k-000001","duplicates":0,"records":1}','',0);
INSERT INTO "events" VALUES(30,'default','InvoiceDrafted','in-000001','2026-03-01T12:00:00+00:00','{"at":"2026-03-01T12:00:00+00:00","customer":"anna","gross":{"currency":"EUR","minor_units":7616},"invoice":"in-000001","on":"2026-03-01"}','invoices',1);
INSERT INTO "events" VALUES(31,'default','InvoiceDrafted','in-000002','2026-03-01T12:00:00+00:00','{"at":"2026-03-01T12:00:00+00:00","customer":"anna","gross":{"currency":"EUR","minor_units":3451},"invoice":"in-000002","on":"2026-04-01"}','invoices',1);
INSERT INTO "events" VALUES(32,'default','InvoiceNumbered','in-000001','2026-03-01T12:00:00+00:00','{"at":"2026-03-01T12:00:00+00:00","customer":"anna","due":"2026-03-31","gross":{"currency":"EUR","minor_units":7616},"invoice":"in-000001","number":"INV-000001","on":"2026-03-01"}','invoices',2);
INSERT INTO "events" VALUES(33,'default','JournalEntryPosted','000000001','2026-03-01T12:00:00+00:00','{"at":"2026-03-01T12:00:00+00:00","entry":"000000001","key":"invoice/INV-000001","kind":"InvoiceFinalized","posted_on":"2026-03-01"}','journal_entries',1);
INSERT INTO "events" VALUES(34,'default','InvoiceNumbered','in-000002','2026-03-01T12:00:00+00:00','{"at":"2026-03-01T12:00:00+00:00","customer":"anna","due":"2026-05-01","gross":{"currency":"EUR","minor_units":3451},"invoice":"in-000002","number":"INV-000002","on":"2026-04-01"}','invoices',2);
INSERT INTO "events" VALUES(35,'default','RevenueChanged','k-000001','2026-03-01T12:00:00+00:00','{"at":"2026-03-01T12:00:00+00:00","cause":"invoice","contract":"k-000001","price":{"currency":"EUR","minor_units":9300}}','revenue_contracts',3);
INSERT INTO "events" VALUES(36,'default','JournalEntryPosted','000000002','2026-03-01T12:00:00+00:00','{"at":"2026-03-01T12:00:00+00:00","entry":"000000002","key":"invoice/INV-000002","kind":"InvoiceFinalized","posted_on":"2026-04-01"}','journal_entries',1);
INSERT INTO "events" VALUES(37,'default','RevenueRecognised','k-000001','2026-03-01T12:00:00+00:00','{"at":"2026-03-01T12:00:00+00:00","contract":"k-000001","facts":4,"until":"2026-04-30"}','revenue_contracts',4);
INSERT INTO "events" VALUES(38,'default','JournalEntryPosted','000000003','2026-03-01T12:00:00+00:00','{"at":"2026-03-01T12:00:00+00:00","entry":"000000003","key":"revenue/k-000001/mug/2026-03/1","kind":"RevenueRecognised","posted_on":"2026-03-01"}','journal_entries',1);
INSERT INTO "events" VALUES(39,'default','JournalEntryPosted','000000004','2026-03-01T12:00:00+00:00','{"at":"2026-03-01T12:00:00+00:00","entry":"000000004","key":"revenue/k-000001/plan/2026-03/1","kind":"RevenueRecognised","posted_on":"2026-03-31"}','journal_entries',1);
INSERT INTO "events" VALUES(40,'default','JournalEntryPosted','000000005','2026-03-01T12:00:00+00:00','{"at":"2026-03-01T12:00:00+00:00","entry":"000000005","key":"revenue/k-000001/calls/2026-03/1","kind":"RevenueRecognised","posted_on":"2026-03-31"}','journal_entries',1);
INSERT INTO "events" VALUES(41,'default','JournalEntryPosted','000000006','2026-03-01T12:00:00+00:00','{"at":"2026-03-01T12:00:00+00:00","entry":"000000006","key":"revenue/k-000001/plan/2026-04/1","kind":"RevenueRecognised","posted_on":"2026-04-30"}','journal_entries',1);
INSERT INTO "events" VALUES(42,'default','JournalEntryPosted','000000007','2026-03-01T12:00:00+00:00','{"at":"2026-03-01T12:00:00+00:00","entry":"000000007","key":"payment/pa-000001","kind":"PaymentReceived","posted_on":"2026-03-05"}','journal_entries',1);
INSERT INTO "events" VALUES(43,'default','PaymentRecorded','pa-000001','2026-03-01T12:00:00+00:00','{"amount":{"currency":"EUR","minor_units":100},"at":"2026-03-01T12:00:00+00:00","invoice":"in-000001","open":{"currency":"EUR","minor_units":7516},"payment":"pa-000001"}','payments',1);
INSERT INTO "events" VALUES(44,'default','CreditNoteDrafted','cn-000001','2026-04-10T12:00:00+00:00','{"at":"2026-04-10T12:00:00+00:00","credit_note":"cn-000001","customer":"anna","gross":{"currency":"EUR","minor_units":238},"invoice":"in-000001","on":"2026-04-10"}','credit_notes',1);
INSERT INTO "events" VALUES(45,'default','CreditNoteNumbered','cn-000001','2026-04-10T12:00:00+00:00','{"at":"2026-04-10T12:00:00+00:00","credit_note":"cn-000001","customer":"anna","gross":{"currency":"EUR","minor_units":238},"invoice":"in-000001","number":"CN-000001","on":"2026-04-10"}','credit_notes',1);
INSERT INTO "events" VALUES(46,'default','RevenueChanged','k-000001','2026-04-10T12:00:00+00:00','{"at":"2026-04-10T12:00:00+00:00","cause":"credit note","contract":"k-000001","price":{"currency":"EUR","minor_units":9100}}','revenue_contracts',5);
INSERT INTO "events" VALUES(47,'default','JournalEntryPosted','000000008','2026-04-10T12:00:00+00:00','{"at":"2026-04-10T12:00:00+00:00","entry":"000000008","key":"credit-note/CN-000001","kind":"CreditNoteIssued","posted_on":"2026-04-10"}','journal_entries',1);
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
INSERT INTO "invoice_lines" VALUES('default','in-000001',0,'k-000001/mug/one_time/o-000001/mug/1','k-000001','mug','MUG','one_time',4000,'2026-03-01','2026-03-02','',0);
INSERT INTO "invoice_lines" VALUES('default','in-000001',1,'k-000001/plan/recurring/2026-03-01/2026-04-01','k-000001','plan','PLAN','recurring',2400,'2026-03-01','2026-04-01','',0);
INSERT INTO "invoice_lines" VALUES('default','in-000002',0,'k-000001/plan/recurring/2026-04-01/2026-05-01','k-000001','plan','PLAN','recurring',2400,'2026-04-01','2026-05-01','',0);
INSERT INTO "invoice_lines" VALUES('default','in-000002',1,'k-000001/calls/usage/2026-03-01/1','k-000001','calls','CALLS','usage',500,'2026-03-01','2026-04-01','',0);
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
INSERT INTO "invoices" VALUES('default','in-000001',2,'k-000001','anna','INV-000001','finalized','EUR','2026-03-01',6400,7616,'{"bill_to":{"billing_account":"","currency":"EUR","customer":"anna","payment_days":30,"selling_entity":""},"due":"2026-03-31","etag":2,"finalized_at":"2026-03-01T12:00:00+00:00","id":"in-000001","lines":[{"amount":{"currency":"EUR","minor_units":4000},"by_hand":false,"contract":"k-000001","credits":"","delivery":"o-000001/mug/1","due_on":"2026-03-01","id":"k-000001/mug/one_time/o-000001/mug/1","kind":"ONE_TIME","name":"Mug","quantity":"4","quote_line":"mug","service":{"end":"2026-03-02","start":"2026-03-01"},"share":{"denominator":1,"numerator":1},"sku":"MUG","subscription":"mug","tax":{"currency":"EUR","minor_units":760},"tax_code":"standard"},{"amount":{"currency":"EUR","minor_units":2400},"by_hand":false,"contract":"k-000001","credits":"","delivery":"","due_on":"2026-03-01","id":"k-000001/plan/recurring/2026-03-01/2026-04-01","kind":"RECURRING","name":"Plan","quantity":"1","quote_line":"plan","service":{"end":"2026-04-01","start":"2026-03-01"},"share":{"denominator":1,"numerator":1},"sku":"PLAN","subscription":"plan","tax":{"currency":"EUR","minor_units":456},"tax_code":"standard"}],"number":"INV-000001","on":"2026-03-01","status":"FINALIZED","tax_point":"RATE","taxes":[{"base":{"currency":"EUR","minor_units":6400},"percent":"19","tax":{"currency":"EUR","minor_units":1216},"tax_code":"standard"}]}');
INSERT INTO "invoices" VALUES('default','in-000002',2,'k-000001','anna','INV-000002','finalized','EUR','2026-04-01',2900,3451,'{"bill_to":{"billing_account":"","currency":"EUR","customer":"anna","payment_days":30,"selling_entity":""},"due":"2026-05-01","etag":2,"finalized_at":"2026-03-01T12:00:00+00:00","id":"in-000002","lines":[{"amount":{"currency":"EUR","minor_units":2400},"by_hand":false,"contract":"k-000001","credits":"","delivery":"","due_on":"2026-04-01","id":"k-000001/plan/recurring/2026-04-01/2026-05-01","kind":"RECURRING","name":"Plan","quantity":"1","quote_line":"plan","service":{"end":"2026-05-01","start":"2026-04-01"},"share":{"denominator":1,"numerator":1},"sku":"PLAN","subscription":"plan","tax":{"currency":"EUR","minor_units":456},"tax_code":"standard"},{"amount":{"currency":"EUR","minor_units":500},"by_hand":false,"contract":"k-000001","credits":"","delivery":"","due_on":"2026-04-01","id":"k-000001/calls/usage/2026-03-01/1","kind":"USAGE","name":"Calls","quantity":"100","quote_line":"calls","service":{"end":"2026-04-01","start":"2026-03-01"},"share":{"denominator":1,"numerator":1},"sku":"CALLS","subscription":"calls","tax":null,"tax_code":"standard"}],"number":"INV-000002","on":"2026-04-01","status":"FINALIZED","tax_point":"RATE","taxes":[{"base":{"currency":"EUR","minor_units":2900},"percent":"19","tax":{"currency":"EUR","minor_units":551},"tax_code":"standard"}]}');
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
INSERT INTO "journal_entries" VALUES('default','000000001',1,'invoice/INV-000001','InvoiceFinalized','2026-03-01',NULL,'{"entry":{"body_hash":"73967228e25781356040d6ec5ec37137b24365fccd47dd03495d5a3b52e3e733","key":"invoice/INV-000001","kind":"InvoiceFinalized","lines":[{"account":"receivable","amount":{"currency":"EUR","minor_units":4000},"trace":{"category":"","contract":"k-000001","customer":"anna","invoice":"in-000001","invoice_line":"k-000001/mug/one_time/o-000001/mug/1","obligation":"","order_line":"mug","product":"MUG"}},{"account":"contract_clearing","amount":{"currency":"EUR","minor_units":-4000},"trace":{"category":"","contract":"k-000001","customer":"anna","invoice":"in-000001","invoice_line":"k-000001/mug/one_time/o-000001/mug/1","obligation":"","order_line":"mug","product":"MUG"}},{"account":"receivable","amount":{"currency":"EUR","minor_units":2400},"trace":{"category":"","contract":"k-000001","customer":"anna","invoice":"in-000001","invoice_line":"k-000001/plan/recurring/2026-03-01/2026-04-01","obligation":"","order_line":"plan","product":"PLAN"}},{"account":"contract_clearing","amount":{"currency":"EUR","minor_units":-2400},"trace":{"category":"","contract":"k-000001","customer":"anna","invoice":"in-000001","invoice_line":"k-000001/plan/recurring/2026-03-01/2026-04-01","obligation":"","order_line":"plan","product":"PLAN"}},{"account":"receivable","amount":{"currency":"EUR","minor_units":1216},"trace":{"category":"standard","contract":"k-000001","customer":"anna","invoice":"in-000001","invoice_line":"","obligation":"","order_line":"","product":""}},{"account":"tax_payable","amount":{"currency":"EUR","minor_units":-1216},"trace":{"category":"standard","contract":"k-000001","customer":"anna","invoice":"in-000001","invoice_line":"","obligation":"","order_line":"","product":""}}],"on":"2026-03-01","posted_on":"2026-03-01","reverses":null,"service":null},"number":1}');
INSERT INTO "journal_entries" VALUES('default','000000002',1,'invoice/INV-000002','InvoiceFinalized','2026-04-01',NULL,'{"entry":{"body_hash":"c8a666e8be9a8267920d615c6ed3e70334a964c4566f5b53afcb9dfb272e0c6d","key":"invoice/INV-000002","kind":"InvoiceFinalized","lines":[{"account":"receivable","amount":{"currency":"EUR","minor_units":2400},"trace":{"category":"","contract":"k-000001","customer":"anna","invoice":"in-000002","invoice_line":"k-000001/plan/recurring/2026-04-01/2026-05-01","obligation":"","order_line":"plan","product":"PLAN"}},{"account":"contract_clearing","amount":{"currency":"EUR","minor_units":-2400},"trace":{"category":"","contract":"k-000001","customer":"anna","invoice":"in-000002","invoice_line":"k-000001/plan/recurring/2026-04-01/2026-05-01","obligation":"","order_line":"plan","product":"PLAN"}},{"account":"receivable","amount":{"currency":"EUR","minor_units":500},"trace":{"category":"","contract":"k-000001","customer":"anna","invoice":"in-000002","invoice_line":"k-000001/calls/usage/2026-03-01/1","obligation":"","order_line":"calls","product":"CALLS"}},{"account":"contract_clearing","amount":{"currency":"EUR","minor_units":-500},"trace":{"category":"","contract":"k-000001","customer":"anna","invoice":"in-000002","invoice_line":"k-000001/calls/usage/2026-03-01/1","obligation":"","order_line":"calls","product":"CALLS"}},{"account":"receivable","amount":{"currency":"EUR","minor_units":551},"trace":{"category":"standard","contract":"k-000001","customer":"anna","invoice":"in-000002","invoice_line":"","obligation":"","order_line":"","product":""}},{"account":"tax_payable","amount":{"currency":"EUR","minor_units":-551},"trace":{"category":"standard","contract":"k-000001","customer":"anna","invoice":"in-000002","invoice_line":"","obligation":"","order_line":"","product":""}}],"on":"2026-04-01","posted_on":"2026-04-01","reverses":null,"service":null},"number":2}');
INSERT INTO "journal_entries" VALUES('default','000000003',1,'revenue/k-000001/mug/2026-03/1','RevenueRecognised','2026-03-01',NULL,'{"entry":{"body_hash":"d9a34594ab22c01dcd301a3925bc6e5ae4f0b0b680e1609cffc2967708838284","key":"revenue/k-000001/mug/2026-03/1","kind":"RevenueRecognised","lines":[{"account":"contract_clearing","amount":{"currency":"EUR","minor_units":4000},"trace":{"category":"goods","contract":"k-000001","customer":"anna","invoice":"","invoice_line":"","obligation":"mug","order_line":"mug","product":"MUG"}},{"account":"revenue","amount":{"currency":"EUR","minor_units":-4000},"trace":{"category":"goods","contract":"k-000001","customer":"anna","invoice":"","invoice_line":"","obligation":"mug","order_line":"mug","product":"MUG"}}],"on":"2026-03-01","posted_on":"2026-03-01","reverses":null,"service":{"end":"2026-03-02","start":"2026-03-01"}},"number":3}');
INSERT INTO "journal_entries" VALUES('default','000000004',1,'revenue/k-000001/plan/2026-03/1','RevenueRecognised','2026-03-31',NULL,'{"entry":{"body_hash":"62da2e749760e9e7d4722b41bb5b508b1366bcfe0bdddef968c43a5dd9c8b575","key":"revenue/k-000001/plan/2026-03/1","kind":"RevenueRecognised","lines":[{"account":"contract_clearing","amount":{"currency":"EUR","minor_units":2400},"trace":{"category":"service","contract":"k-000001","customer":"anna","invoice":"","invoice_line":"","obligation":"plan","order_line":"plan","product":"PLAN"}},{"account":"revenue","amount":{"currency":"EUR","minor_units":-2400},"trace":{"category":"service","contract":"k-000001","customer":"anna","invoice":"","invoice_line":"","obligation":"plan","order_line":"plan","product":"PLAN"}}],"on":"2026-03-31","posted_on":"2026-03-31","reverses":null,"service":{"end":"2026-04-01","start":"2026-03-01"}},"number":4}');
INSERT INTO "journal_entries" VALUES('default','000000005',1,'revenue/k-000001/calls/2026-03/1','RevenueRecognised','2026-03-31',NULL,'{"entry":{"body_hash":"1f01fd9693b214a72cde9005a94ca95e37160129bf2b9609b630465af4dba248","key":"revenue/k-000001/calls/2026-03/1","kind":"RevenueRecognised","lines":[{"account":"contract_clearing","amount":{"currency":"EUR","minor_units":500},"trace":{"category":"usage","contract":"k-000001","customer":"anna","invoice":"","invoice_line":"","obligation":"calls","order_line":"calls","product":"CALLS"}},{"account":"revenue","amount":{"currency":"EUR","minor_units":-500},"trace":{"category":"usage","contract":"k-000001","customer":"anna","invoice":"","invoice_line":"","obligation":"calls","order_line":"calls","product":"CALLS"}}],"on":"2026-03-31","posted_on":"2026-03-31","reverses":null,"service":{"end":"2026-04-01","start":"2026-03-31"}},"number":5}');
INSERT INTO "journal_entries" VALUES('default','000000006',1,'revenue/k-000001/plan/2026-04/1','RevenueRecognised','2026-04-30',NULL,'{"entry":{"body_hash":"4f6f4e85c27cf6703d27d1ef84f0e36e9a7e8376397f6bd80429c6b50555ed9e","key":"revenue/k-000001/plan/2026-04/1","kind":"RevenueRecognised","lines":[{"account":"contract_clearing","amount":{"currency":"EUR","minor_units":2400},"trace":{"category":"service","contract":"k-000001","customer":"anna","invoice":"","invoice_line":"","obligation":"plan","order_line":"plan","product":"PLAN"}},{"account":"revenue","amount":{"currency":"EUR","minor_units":-2400},"trace":{"category":"service","contract":"k-000001","customer":"anna","invoice":"","invoice_line":"","obligation":"plan","order_line":"plan","product":"PLAN"}}],"on":"2026-04-30","posted_on":"2026-04-30","reverses":null,"service":{"end":"2026-05-01","start":"2026-04-01"}},"number":6}');
INSERT INTO "journal_entries" VALUES('default','000000007',1,'payment/pa-000001','PaymentReceived','2026-03-05',NULL,'{"entry":{"body_hash":"57f8eb763f0fc965d8168e4a17133b18357d826c5092c7c2b1900b01cc51f185","key":"payment/pa-000001","kind":"PaymentReceived","lines":[{"account":"cash","amount":{"currency":"EUR","minor_units":100},"trace":{"category":"","contract":"k-000001","customer":"anna","invoice":"in-000001","invoice_line":"","obligation":"","order_line":"","product":""}},{"account":"receivable","amount":{"currency":"EUR","minor_units":-100},"trace":{"category":"","contract":"k-000001","customer":"anna","invoice":"in-000001","invoice_line":"","obligation":"","order_line":"","product":""}}],"on":"2026-03-05","posted_on":"2026-03-05","reverses":null,"service":null},"number":7}');
INSERT INTO "journal_entries" VALUES('default','000000008',1,'credit-note/CN-000001','CreditNoteIssued','2026-04-10',NULL,'{"entry":{"body_hash":"82bc088502eabb667bdf25af99f5278fc74429f844beff3ff64d8077135e6a34","key":"credit-note/CN-000001","kind":"CreditNoteIssued","lines":[{"account":"contract_clearing","amount":{"currency":"EUR","minor_units":200},"trace":{"category":"","contract":"k-000001","customer":"anna","invoice":"in-000001","invoice_line":"k-000001/mug/one_time/o-000001/mug/1","obligation":"","order_line":"mug","product":"MUG"}},{"account":"receivable","amount":{"currency":"EUR","minor_units":-200},"trace":{"category":"","contract":"k-000001","customer":"anna","invoice":"in-000001","invoice_line":"k-000001/mug/one_time/o-000001/mug/1","obligation":"","order_line":"mug","product":"MUG"}},{"account":"tax_payable","amount":{"currency":"EUR","minor_units":38},"trace":{"category":"standard","contract":"k-000001","customer":"anna","invoice":"in-000001","invoice_line":"","obligation":"","order_line":"","product":""}},{"account":"receivable","amount":{"currency":"EUR","minor_units":-38},"trace":{"category":"standard","contract":"k-000001","customer":"anna","invoice":"in-000001","invoice_line":"","obligation":"","order_line":"","product":""}}],"on":"2026-04-10","posted_on":"2026-04-10","reverses":null,"service":null},"number":8}');
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
INSERT INTO "journal_lines" VALUES('default','000000001',0,'receivable','EUR',4000,'k-000001','mug','','in-000001');
INSERT INTO "journal_lines" VALUES('default','000000001',1,'contract_clearing','EUR',-4000,'k-000001','mug','','in-000001');
INSERT INTO "journal_lines" VALUES('default','000000001',2,'receivable','EUR',2400,'k-000001','plan','','in-000001');
INSERT INTO "journal_lines" VALUES('default','000000001',3,'contract_clearing','EUR',-2400,'k-000001','plan','','in-000001');
INSERT INTO "journal_lines" VALUES('default','000000001',4,'receivable','EUR',1216,'k-000001','','','in-000001');
INSERT INTO "journal_lines" VALUES('default','000000001',5,'tax_payable','EUR',-1216,'k-000001','','','in-000001');
INSERT INTO "journal_lines" VALUES('default','000000002',0,'receivable','EUR',2400,'k-000001','plan','','in-000002');
INSERT INTO "journal_lines" VALUES('default','000000002',1,'contract_clearing','EUR',-2400,'k-000001','plan','','in-000002');
INSERT INTO "journal_lines" VALUES('default','000000002',2,'receivable','EUR',500,'k-000001','calls','','in-000002');
INSERT INTO "journal_lines" VALUES('default','000000002',3,'contract_clearing','EUR',-500,'k-000001','calls','','in-000002');
INSERT INTO "journal_lines" VALUES('default','000000002',4,'receivable','EUR',551,'k-000001','','','in-000002');
INSERT INTO "journal_lines" VALUES('default','000000002',5,'tax_payable','EUR',-551,'k-000001','','','in-000002');
INSERT INTO "journal_lines" VALUES('default','000000003',0,'contract_clearing','EUR',4000,'k-000001','mug','mug','');
INSERT INTO "journal_lines" VALUES('default','000000003',1,'revenue','EUR',-4000,'k-000001','mug','mug','');
INSERT INTO "journal_lines" VALUES('default','000000004',0,'contract_clearing','EUR',2400,'k-000001','plan','plan','');
INSERT INTO "journal_lines" VALUES('default','000000004',1,'revenue','EUR',-2400,'k-000001','plan','plan','');
INSERT INTO "journal_lines" VALUES('default','000000005',0,'contract_clearing','EUR',500,'k-000001','calls','calls','');
INSERT INTO "journal_lines" VALUES('default','000000005',1,'revenue','EUR',-500,'k-000001','calls','calls','');
INSERT INTO "journal_lines" VALUES('default','000000006',0,'contract_clearing','EUR',2400,'k-000001','plan','plan','');
INSERT INTO "journal_lines" VALUES('default','000000006',1,'revenue','EUR',-2400,'k-000001','plan','plan','');
INSERT INTO "journal_lines" VALUES('default','000000007',0,'cash','EUR',100,'k-000001','','','in-000001');
INSERT INTO "journal_lines" VALUES('default','000000007',1,'receivable','EUR',-100,'k-000001','','','in-000001');
INSERT INTO "journal_lines" VALUES('default','000000008',0,'contract_clearing','EUR',200,'k-000001','mug','','in-000001');
INSERT INTO "journal_lines" VALUES('default','000000008',1,'receivable','EUR',-200,'k-000001','mug','','in-000001');
INSERT INTO "journal_lines" VALUES('default','000000008',2,'tax_payable','EUR',38,'k-000001','','','in-000001');
INSERT INTO "journal_lines" VALUES('default','000000008',3,'receivable','EUR',-38,'k-000001','','','in-000001');
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
INSERT INTO "obligations" VALUES('default','k-000001',0,'mug','mug','point_in_time',4000,4000,3800,4000,NULL);
INSERT INTO "obligations" VALUES('default','k-000001',1,'plan','plan','monthly_even',4800,4800,4800,4800,NULL);
INSERT INTO "obligations" VALUES('default','k-000001',2,'calls','calls','usage',0,0,500,500,NULL);
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
INSERT INTO "order_items" VALUES('default','o-000001',0,'mug','mug','MUG','completed','4',4000,4000);
INSERT INTO "order_items" VALUES('default','o-000001',1,'plan','plan','PLAN','completed','1',2400,4800);
INSERT INTO "order_items" VALUES('default','o-000001',2,'calls','calls','CALLS','completed','100',400,800);
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
INSERT INTO "orders" VALUES('default','o-000001',3,'anna','q-000001',1,'k-000001','completed','{"contract":"k-000001","customer":"anna","etag":3,"id":"o-000001","items":[{"action":"ADD","handovers":[{"at":"2026-03-01T12:00:00+00:00","quantity":"4"}],"id":"mug","line":"mug","name":"Mug","net_total":{"currency":"EUR","minor_units":4000},"parent":"","quantity":"4","quote_line":"mug","sku":"MUG","state":"COMPLETED","term_total":{"currency":"EUR","minor_units":4000}},{"action":"ADD","handovers":[{"at":"2026-03-01T12:00:00+00:00","quantity":"1"}],"id":"plan","line":"plan","name":"Plan","net_total":{"currency":"EUR","minor_units":2400},"parent":"","quantity":"1","quote_line":"plan","sku":"PLAN","state":"COMPLETED","term_total":{"currency":"EUR","minor_units":4800}},{"action":"ADD","handovers":[{"at":"2026-03-01T12:00:00+00:00","quantity":"100"}],"id":"calls","line":"calls","name":"Calls","net_total":{"currency":"EUR","minor_units":400},"parent":"","quantity":"100","quote_line":"calls","sku":"CALLS","state":"COMPLETED","term_total":{"currency":"EUR","minor_units":800}}],"note":"","placed_at":"2026-03-01T12:00:00+00:00","purchase_order":"PO","quote":"q-000001","quote_version":1,"state":"COMPLETED","tasks":[{"after":[],"compensation":"put it back","delivers":false,"department":"warehouse","finished_at":"2026-03-01T12:00:00+00:00","id":"mug.pick","item":"mug","no_return":false,"note":"","started_at":"2026-03-01T12:00:00+00:00","state":"COMPLETED","step":"pick"},{"after":["mug.pick"],"compensation":"","delivers":true,"department":"distribution","finished_at":"2026-03-01T12:00:00+00:00","id":"mug.send","item":"mug","no_return":true,"note":"","started_at":"2026-03-01T12:00:00+00:00","state":"COMPLETED","step":"send"}]}');
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
INSERT INTO "payments" VALUES('default','pa-000001',1,'in-000001','2026-03-05',100,'{"amount":{"currency":"EUR","minor_units":100},"customer":"anna","id":"pa-000001","invoice":"in-000001","on":"2026-03-05","reference":"r"}');
CREATE TABLE promotion_uses (
  tenant_id TEXT NOT NULL,
  id TEXT NOT NULL,
  version INTEGER NOT NULL,
  uses INTEGER NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (tenant_id, id)
);
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
INSERT INTO "quote_lines" VALUES('default','q-000001',0,'mug','MUG','4',5000,4000,4000,NULL,1);
INSERT INTO "quote_lines" VALUES('default','q-000001',1,'plan','PLAN','1',3000,2400,4800,NULL,1);
INSERT INTO "quote_lines" VALUES('default','q-000001',2,'calls','CALLS','100',500,400,800,NULL,1);
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
INSERT INTO "quotes" VALUES('default','q-000001',6,'ordered','anna','rep','',1,'EUR',6800,'2026-06-30','{"approval":"ap-000001","closing_note":"","created_at":"2026-03-01T12:00:00+00:00","etag":6,"id":"q-000001","parties":{"billing_account":"","customer":"anna","deal":"","owner":"rep","selling_entity":""},"priced":{"findings":[],"priced":{"applied":[],"currency":"EUR","gifts":[],"lines":[["mug","MUG","4","12.50","12.50",5000,5000,1000,4000,4000,760,4760,2000,"1",4000,14,[],[]],["plan","PLAN","1","30.00","30.00",3000,3000,600,2400,2400,456,2856,null,"2",4800,17,[],[]],["calls","CALLS","100","0.05","0.05",500,500,100,400,400,76,476,null,"2",800,8,[],[]]],"order_discounts":[{"amount":1700,"not_given":0,"rule_no":-5,"split":[[0,1000],[1,600],[2,100]]}],"refused":[],"totals":{"acv":{"currency":"EUR","minor_units":4800},"amount":{"currency":"EUR","minor_units":6800},"arr":{"currency":"EUR","minor_units":28800},"cash_rounding":{"currency":"EUR","minor_units":0},"cost":null,"discount_percent":"20.0000","gross":{"currency":"EUR","minor_units":8092},"line_discount":{"currency":"EUR","minor_units":0},"list":{"currency":"EUR","minor_units":8500},"margin":null,"margin_percent":null,"mrr":{"currency":"EUR","minor_units":2400},"net":{"currency":"EUR","minor_units":6800},"one_time":{"currency":"EUR","minor_units":4000},"order_discount":{"currency":"EUR","minor_units":1700},"payable":{"currency":"EUR","minor_units":8092},"recurring":[[1,{"currency":"EUR","minor_units":2400}]],"tax":{"currency":"EUR","minor_units":1292},"tcv":{"currency":"EUR","minor_units":8800},"usage_estimate":{"currency":"EUR","minor_units":400}},"unit_discounts":[],"warnings":[]},"request":{"codes":[],"currency":"EUR","customer":{"id":"anna","name":"Anna","region":"DE","segment":"retail","tier":null},"date":"2026-03-01","exchange":[],"header":{"channel":null,"region":null,"term_months":null},"lines":[["mug","MUG","4",null,"",{},null,null,"","0",0,"0"],["plan","PLAN","1",null,"",{},null,null,"","0",0,"0"],["calls","CALLS","100",null,"",{},null,null,"","0",0,"0"]],"manual":[{"author":"rep","id":"m","kind":"PERCENT","on":"TOTAL","reason":"to win","replaces":"NOTHING","target":"","value":"20"}],"redeemed":{},"start":null,"term_months":2},"route":{"auto_approved":[],"chains":[{"chain":"sales","levels":[{"due":172800000000,"escalation":[{"count":1,"kind":"ROLE","name":"director","quorum":"ANY"}],"level":"manager","reasons":[{"condition":"quote.discount_pct > 15","facets":[{"expression":"quote.discount_pct","inclusive":false,"sense":"MORE_IS_WORSE","threshold":"15","value":{"decimal":"20.0000"}}],"policy":"deep","say":"The discount is deeper than 15 percent","span":{"column":1,"end_column":5,"end_line":3,"line":3,"path":"approvals/policies.csv"}}],"who":{"count":1,"kind":"ROLE","name":"manager","quorum":"ANY"}}]}]},"rule_book":"6ef0cab4319fc26488f70494dd3fa3f60e85fd2eb13e0879ea42f0ca2fab1ca8","semantics":"1"},"purchase_order":"PO","status":"ORDERED","title":"","updated_at":"2026-03-01T12:00:00+00:00","valid_until":"2026-06-30","version":1,"versions":[{"certificate":"cpq1-sha256:35ad5dfab8a88b9bbda544a034ae7233b47d9c678def26c70e3a06952d126d10","number":1,"offered_at":"2026-03-01T12:00:00+00:00","priced":{"findings":[],"priced":{"applied":[],"currency":"EUR","gifts":[],"lines":[["mug","MUG","4","12.50","12.50",5000,5000,1000,4000,4000,760,4760,2000,"1",4000,14,[],[]],["plan","PLAN","1","30.00","30.00",3000,3000,600,2400,2400,456,2856,null,"2",4800,17,[],[]],["calls","CALLS","100","0.05","0.05",500,500,100,400,400,76,476,null,"2",800,8,[],[]]],"order_discounts":[{"amount":1700,"not_given":0,"rule_no":-5,"split":[[0,1000],[1,600],[2,100]]}],"refused":[],"totals":{"acv":{"currency":"EUR","minor_units":4800},"amount":{"currency":"EUR","minor_units":6800},"arr":{"currency":"EUR","minor_units":28800},"cash_rounding":{"currency":"EUR","minor_units":0},"cost":null,"discount_percent":"20.0000","gross":{"currency":"EUR","minor_units":8092},"line_discount":{"currency":"EUR","minor_units":0},"list":{"currency":"EUR","minor_units":8500},"margin":null,"margin_percent":null,"mrr":{"currency":"EUR","minor_units":2400},"net":{"currency":"EUR","minor_units":6800},"one_time":{"currency":"EUR","minor_units":4000},"order_discount":{"currency":"EUR","minor_units":1700},"payable":{"currency":"EUR","minor_units":8092},"recurring":[[1,{"currency":"EUR","minor_units":2400}]],"tax":{"currency":"EUR","minor_units":1292},"tcv":{"currency":"EUR","minor_units":8800},"usage_estimate":{"currency":"EUR","minor_units":400}},"unit_discounts":[],"warnings":[]},"request":{"codes":[],"currency":"EUR","customer":{"id":"anna","name":"Anna","region":"DE","segment":"retail","tier":null},"date":"2026-03-01","exchange":[],"header":{"channel":null,"region":null,"term_months":null},"lines":[["mug","MUG","4",null,"",{},null,null,"","0",0,"0"],["plan","PLAN","1",null,"",{},null,null,"","0",0,"0"],["calls","CALLS","100",null,"",{},null,null,"","0",0,"0"]],"manual":[{"author":"rep","id":"m","kind":"PERCENT","on":"TOTAL","reason":"to win","replaces":"NOTHING","target":"","value":"20"}],"redeemed":{},"start":null,"term_months":2},"route":{"auto_approved":[],"chains":[{"chain":"sales","levels":[{"due":172800000000,"escalation":[{"count":1,"kind":"ROLE","name":"director","quorum":"ANY"}],"level":"manager","reasons":[{"condition":"quote.discount_pct > 15","facets":[{"expression":"quote.discount_pct","inclusive":false,"sense":"MORE_IS_WORSE","threshold":"15","value":{"decimal":"20.0000"}}],"policy":"deep","say":"The discount is deeper than 15 percent","span":{"column":1,"end_column":5,"end_line":3,"line":3,"path":"approvals/policies.csv"}}],"who":{"count":1,"kind":"ROLE","name":"manager","quorum":"ANY"}}]}]},"rule_book":"6ef0cab4319fc26488f70494dd3fa3f60e85fd2eb13e0879ea42f0ca2fab1ca8","semantics":"1"},"valid_until":"2026-06-30"}]}');
CREATE TABLE requests (
  tenant_id   TEXT NOT NULL,
  request_id  TEXT NOT NULL,
  method      TEXT NOT NULL,
  fingerprint BLOB NOT NULL,
  answer      BLOB NOT NULL,
  at          TEXT NOT NULL,
  PRIMARY KEY (tenant_id, request_id)
);
INSERT INTO "requests" VALUES('default','r-1','Test',X'7072696E74',X'646F6E65','2026-03-01T12:00:00+00:00');
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
INSERT INTO "revenue_contracts" VALUES('default','k-000001',5,'anna','EUR',9100,NULL,'{"accounts":[{"ended_on":null,"lines":[{"amount":{"currency":"EUR","minor_units":4000},"month":"2026-03-01","on":"2026-03-01","planned":false,"service":{"end":"2026-03-02","start":"2026-03-01"}},{"amount":{"currency":"EUR","minor_units":-200},"month":"2026-04-01","on":"2026-04-10","planned":false,"service":{"end":"2026-04-11","start":"2026-04-10"}}],"obligation":{"allocated":{"currency":"EUR","minor_units":4000},"category":"goods","id":"mug","order_lines":["mug"],"priced_as_billed":false,"products":["MUG"],"rounding":"CUMULATIVE","series":false,"service":{"end":"2026-05-01","start":"2026-03-01"},"ssp":"50.00","stated":{"currency":"EUR","minor_units":4000},"timing":"POINT_IN_TIME","weights":[]},"posted":[{"amount":{"currency":"EUR","minor_units":4000},"facts":1,"month":"2026-03-01"}],"price":{"currency":"EUR","minor_units":3800},"reported":[{"order_line":"mug","part":4,"whole":4}]},{"ended_on":null,"lines":[{"amount":{"currency":"EUR","minor_units":2400},"month":"2026-03-01","on":"2026-03-31","planned":true,"service":{"end":"2026-04-01","start":"2026-03-01"}},{"amount":{"currency":"EUR","minor_units":2400},"month":"2026-04-01","on":"2026-04-30","planned":true,"service":{"end":"2026-05-01","start":"2026-04-01"}}],"obligation":{"allocated":{"currency":"EUR","minor_units":4800},"category":"service","id":"plan","order_lines":["plan"],"priced_as_billed":false,"products":["PLAN"],"rounding":"CUMULATIVE","series":true,"service":{"end":"2026-05-01","start":"2026-03-01"},"ssp":"60.00","stated":{"currency":"EUR","minor_units":4800},"timing":"MONTHLY_EVEN","weights":[]},"posted":[{"amount":{"currency":"EUR","minor_units":2400},"facts":1,"month":"2026-03-01"},{"amount":{"currency":"EUR","minor_units":2400},"facts":1,"month":"2026-04-01"}],"price":{"currency":"EUR","minor_units":4800},"reported":[]},{"ended_on":null,"lines":[{"amount":{"currency":"EUR","minor_units":500},"month":"2026-03-01","on":"2026-03-31","planned":false,"service":{"end":"2026-04-01","start":"2026-03-31"}}],"obligation":{"allocated":{"currency":"EUR","minor_units":0},"category":"usage","id":"calls","order_lines":["calls"],"priced_as_billed":true,"products":["CALLS"],"rounding":"CUMULATIVE","series":false,"service":{"end":"2026-05-01","start":"2026-03-01"},"ssp":null,"stated":{"currency":"EUR","minor_units":0},"timing":"USAGE","weights":[]},"posted":[{"amount":{"currency":"EUR","minor_units":500},"facts":1,"month":"2026-03-01"}],"price":{"currency":"EUR","minor_units":500},"reported":[]}],"currency":"EUR","customer":"anna","gaap":"IFRS","id":"k-000001","inception":"2026-03-01","recognised_until":"2026-04-30","version":4}');
CREATE TABLE rule_books (
  tenant_id TEXT NOT NULL,
  id TEXT NOT NULL,
  version INTEGER NOT NULL,
  number INTEGER NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (tenant_id, id)
);
INSERT INTO "rule_books" VALUES('default','6ef0cab4319fc26488f70494dd3fa3f60e85fd2eb13e0879ea42f0ca2fab1ca8',1,1,'{"book":"small","effective_from":null,"effective_until":null,"id":"6ef0cab4319fc26488f70494dd3fa3f60e85fd2eb13e0879ea42f0ca2fab1ca8","number":1,"published_at":"2026-03-01T12:00:00+00:00","title":"A small book"}');
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
INSERT INTO "schedule_lines" VALUES('default','k-000001',0,'mug','2026-03-01','2026-03-01',4000);
INSERT INTO "schedule_lines" VALUES('default','k-000001',1,'mug','2026-04-01','2026-04-10',-200);
INSERT INTO "schedule_lines" VALUES('default','k-000001',2,'plan','2026-03-01','2026-03-31',2400);
INSERT INTO "schedule_lines" VALUES('default','k-000001',3,'plan','2026-04-01','2026-04-30',2400);
INSERT INTO "schedule_lines" VALUES('default','k-000001',4,'calls','2026-03-01','2026-03-31',500);
CREATE TABLE schema_version (version INTEGER NOT NULL);
INSERT INTO "schema_version" VALUES(1);
INSERT INTO "schema_version" VALUES(2);
INSERT INTO "schema_version" VALUES(3);
INSERT INTO "schema_version" VALUES(4);
INSERT INTO "schema_version" VALUES(5);
CREATE TABLE selling_entities (
  tenant_id TEXT NOT NULL,
  id        TEXT NOT NULL,
  version   INTEGER NOT NULL,
  body      TEXT NOT NULL,
  PRIMARY KEY (tenant_id, id)
);
CREATE TABLE sequences (
  tenant_id TEXT NOT NULL DEFAULT '',
  series    TEXT NOT NULL PRIMARY KEY,
  value     INTEGER NOT NULL
);
INSERT INTO "sequences" VALUES('','id:q',50);
INSERT INTO "sequences" VALUES('','id:ap',50);
INSERT INTO "sequences" VALUES('','id:d',50);
INSERT INTO "sequences" VALUES('','id:o',50);
INSERT INTO "sequences" VALUES('','id:k',50);
INSERT INTO "sequences" VALUES('','id:in',50);
INSERT INTO "sequences" VALUES('','id:pa',50);
INSERT INTO "sequences" VALUES('','id:cn',50);
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
  by_delivery INTEGER NOT NULL, released_minor INTEGER,
  PRIMARY KEY (tenant_id, parent_id, position)
);
INSERT INTO "subscription_lines" VALUES('default','k-000001',0,'mug','mug','MUG','one_time',4000,NULL,'2026-03-01',NULL,NULL,1,NULL);
INSERT INTO "subscription_lines" VALUES('default','k-000001',1,'plan','plan','PLAN','recurring',2400,4800,'2026-03-01','2026-05-01',NULL,0,NULL);
INSERT INTO "subscription_lines" VALUES('default','k-000001',2,'calls','calls','CALLS','usage',0,NULL,'2026-03-01','2026-05-01',NULL,0,NULL);
CREATE TABLE test_clocks (
  tenant_id TEXT NOT NULL,
  id        TEXT NOT NULL,
  version   INTEGER NOT NULL,
  body      TEXT NOT NULL,
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
INSERT INTO "usage_records" VALUES('default','k-000001/a',1,'k-000001','{"contract":"k-000001","record":{"id":"a","line":"calls","on":"2026-03-05","quantity":"100"}}');
CREATE TABLE users (
  tenant_id TEXT NOT NULL,
  id        TEXT NOT NULL,
  version   INTEGER NOT NULL,
  body      TEXT NOT NULL,
  PRIMARY KEY (tenant_id, id)
);
INSERT INTO "users" VALUES('default','rep',1,'{"approval_limit":null,"discount_limit_percent":null,"display_name":"Rep","id":"rep","roles":[]}');
INSERT INTO "users" VALUES('default','mia',1,'{"approval_limit":null,"discount_limit_percent":null,"display_name":"Mia","id":"mia","roles":["manager"]}');
CREATE INDEX requests_by_age ON requests (tenant_id, at);
CREATE INDEX events_by_tenant ON events (tenant_id, cursor);
CREATE INDEX quotes_by_customer ON quotes (tenant_id, customer, id);
CREATE INDEX quotes_by_status ON quotes (tenant_id, status, id);
CREATE INDEX quotes_by_deal ON quotes (tenant_id, deal, id);
CREATE INDEX approvals_by_quote ON approvals (tenant_id, quote, id);
CREATE INDEX approvals_by_status ON approvals (tenant_id, status, id);
CREATE INDEX contracts_by_customer ON contracts (tenant_id, customer, id);
CREATE INDEX orders_by_customer ON orders (tenant_id, customer, id);
CREATE INDEX orders_by_state ON orders (tenant_id, state, id);
CREATE UNIQUE INDEX orders_by_offer ON orders (tenant_id, quote, quote_version);
CREATE INDEX invoices_by_contract ON invoices (tenant_id, contract, id);
CREATE INDEX invoices_by_customer ON invoices (tenant_id, customer, id);
CREATE UNIQUE INDEX invoices_by_number ON invoices (tenant_id, number) WHERE number <> '';
CREATE INDEX credit_notes_by_contract ON credit_notes (tenant_id, contract, id);
CREATE INDEX credit_notes_by_invoice ON credit_notes (tenant_id, invoice, id);
CREATE INDEX payments_by_invoice ON payments (tenant_id, invoice, id);
CREATE INDEX usage_records_by_contract ON usage_records (tenant_id, contract, id);
CREATE UNIQUE INDEX journal_entries_by_entry_key ON journal_entries (tenant_id, entry_key);
CREATE UNIQUE INDEX journal_entries_by_reverses ON journal_entries (tenant_id, reverses) WHERE reverses IS NOT NULL;
CREATE INDEX journal_lines_by_contract ON journal_lines (tenant_id, contract);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('events',47);
COMMIT;
