"""Codes of revenue, the ledger, the audit and metrics."""

from __future__ import annotations

BOOKS = """
REV001 | a residual price is not allowed for this promise
  its price varies too little for the residual approach | give it a stand-alone selling price of its own
REV002 | two promises of one contract are priced as what remains
  two products with `ssp: residual` | only one can be the rest; give the other a price
REV003 | a promise has no stand-alone selling price
  a product that the terms of the book do not list | give one under `ssp` in the terms
REV004 | there is nothing to allocate a price to
  a contract whose lines are all charged by usage | nothing has to be done: usage is recognised as it is billed
REV005 | a stand-alone selling price is below zero
  `ssp: -5` | correct it in the terms
REV010 | a line names a recognition policy that the book does not have
  `recognition: ratabel` | use a declared policy; the nearest is named
REV011 | a contract and one of its promises have two currencies
  an amendment in USD of a contract in EUR | one contract has one currency
REV012 | promises are merged into one obligation that are not recognised alike
  one by time and one at delivery under one `merge_key` | give them keys of their own, or one policy
REV013 | a policy by weights has none for a promise
  a seasonal service with no weight for its months | give each month a weight
REV020 | the contract has no obligation of this line
  progress of line `x` | name a line that `cpq revenue show` lists
REV021 | an obligation is there already
  the same line is signed twice | give the new line another id
REV031 | the promise has ended already
  ending twice | nothing is left to end
REV032 | nothing is left to serve or to estimate anew
  a change on the last day of the service | date it earlier, or state it of another line
REV033 | a credit is more than what is earned
  crediting the whole term in its second month | credit the unearned part by a change of price
REV040 | a stated amount is not above zero
  a cost of 0 | state what it is
REV041 | a stated amount is more than there is
  a refund above the price of the line | state no more than what is named as left
REV042 | nothing was stated under this id
  releasing `s-9` | take the id from `cpq revenue show`
REV043 | a financing needs the day on which the good passes to the customer
  a payment in advance without `transfer_date` | say when it passes
REV044 | the payments of a financing are not the price of its line
  two payments of 400 for a line of 1 000 | list all payments; they add up to the price
REV045 | the asset is not impaired
  it is carried at 500 and worth 700 | nothing has to be stated
REV046 | an impairment is not reversed under US GAAP
  writing up capitalised costs in a better year | leave it; under IFRS it could be reversed
REV047 | the line has no fixed price
  an expected refund of a line of usage | credit what was billed, or name a line with a price
REV048 | a rate of interest or its compounding is none
  `annual_rate: 6` | 6 % is 0.06; compound by 1, 3, 6 or 12 months
REV049 | a financing is longer than is worked out
  payments over more than the most years | state it in parts
REV050 | a later test of the same asset was stated already
  a test in March after one of June | date it on that day or later
REV051 | the financing of the line was stated before
  stating it twice | it is stated once, at inception
REV052 | the line is not recognised by progress
  progress of a service by days | its policy in the rule book says how it is recognised
REV053 | the line has an agreed price, where one that is priced as it is billed is meant
  a rebate of a line with a fixed price | name a line of usage, or state an expected refund of this one
REV054 | the line has a rebate already
  a second one | estimate the one that is there anew
REV055 | something later was stated already
  an estimate of March after one of June | state it as of that day or later
REV056 | recognition of the line has begun
  splitting what usage pays for after the first run | it is stated at inception, before the first recognition run
REV057 | a share needs a stand-alone selling price that is not there
  a line without `ssp` in the terms | give one under `ssp` in the terms
REV058 | what the usage of the line pays for was stated already
  stating the split twice | it is stated once
REV059 | the line is not recognised by time
  a change of its days | report its progress or its delivery
REV060 | no exchange rate holds for a day
  a contract in USD shown in EUR, with rates from March on and a day in February | give one that holds from then on
REV061 | the exchange rates of a contract were not kept with its quote
  a quote in the currency of the books froze none | give the rates of the days
LED001 | the chart has no such account
  a correction on `recievable` | use an account that `cpq revenue balance` lists
LED002 | no posting rule says where a part of a fact goes
  a fact of a kind that the rules were not made for | report it: every kind should have one
LED003 | an account does not hold this currency
  an entry in USD on an account in EUR | post it to the account of its currency
LED010 | debits and credits of an entry differ
  100.00 against 90.00 | an entry sums to zero in each currency
LED011 | an entry without lines
  a correction of nothing | give at least two lines
LED020 | a period closes at the end of a month
  closing until 15 May | give the last day of a month
LED021 | the period is closed
  an entry dated in April after April was closed | post a correction in the open period
LED022 | the period is not over yet
  closing until 30 June on 5 June | close it when it is over; a closed period stays closed
LED030 | an entry of this key is there with other amounts
  the same event posted anew after a change | correct by a reversal and a new entry
LED031 | a fact has an amount below zero
  a payment of -5.00 | state the opposite fact
LED032 | the entry was reversed already
  reversing twice | nothing is left to reverse
LED034 | the entry is corrected where it comes from
  reversing the entry of an invoice | issue a credit note; the message says which way
AUD001 | an order item has another net than its quote line
  quoted 86.40, ordered 68.40 | somebody changed the database: restore it, or find the change in the events
AUD002 | a line of an ordered quote has no order item
  four items for five lines | as above: the order was not saved whole, or was changed
AUD003 | an order item has no quote line
  an item that was never offered | look at the events of the order
AUD004 | at the end of its term an order item is not billed to the cent
  11 of 12 months | run billing; what is missing is drafted
AUD005 | an order item is billed beyond its net, or without an order
  a month twice | credit the second one, and report it
AUD006 | an invoice line is credited beyond its net, or does not exist
  90.00 credited of 86.40 | look at the credit notes of the invoice
AUD007 | an invoice is not the sum of its lines
  a line was lost | somebody changed the database: restore it
AUD008 | the numbers of a series have a gap or a repetition
  FJ-000007 after FJ-000005 | an invoice was deleted by hand: restore it
AUD009 | a coupon is used otherwise than invoices say
  used up by 50.00, and invoices show 40.00 | look at the events of the coupon
AUD010 | the obligations of a contract are not allocated what it bills
  1 000.00 billed, 990.00 allocated | look at the amendments of the contract, and report it
AUD011 | a schedule does not add up to its obligation
  twelve months of a promise of 120.00 come to 119.99 | report it: parts always add up
AUD012 | revenue in the journal is not what the schedule says by its latest run
  an entry was removed | somebody changed the database: restore it
AUD013 | contract value is not recognised plus remaining revenue
  100.00 of value, 60.00 and 30.00 | look at the last change of the contract, and report it
AUD014 | net position plus unbilled backlog is not the remaining performance obligation
  a contract liability that no promise stands behind | look at invoices and schedule of the contract
AUD020 | a journal entry does not sum to zero
  debits of 100.00, credits of 90.00 | a line was changed by hand: restore it
AUD021 | the receivable of an invoice is not its gross
  110.00 in the journal of an invoice of 119.00 | look at the entries of the invoice
AUD022 | the tax of an invoice is not what the journal owes
  19.00 on the invoice, 9.00 in the journal | look at the entries of the invoice
AUD023 | a contract's clearing balance is not billed less recognised
  billed 100.00, recognised 40.00, cleared 50.00 | look at the entries of the contract
AUD024 | a prepaid credit is used otherwise than it paid invoices
  30.00 used, and invoices show 20.00 | look at the events of the credit
AUD025 | what is owed for prepaid credits is not what is left of them
  100.00 left, 90.00 on the account | look at the entries of the account `customer_credits`
AUD026 | the receivable of an invoice is not its gross less credits and payments, or not nothing when it is void
  a payment that the journal holds and the invoice does not | find the entry of the invoice that nothing states
AUD027 | what was paid back of a prepaid credit, or kept as one, is not what refunds say
  20.00 paid back, and the credit shows none | look at the events of the credit
AUD030 | an event has not exactly one state change
  an event was written by hand | restore the database
AUD031 | a state change has no event of its entity
  a record was changed by hand | restore the database
AUD032 | the versions of an entity have a gap
  version 4 after version 2 | a version was deleted by hand: restore it
MET001 | the metric cannot be split by this
  `--by colour` | use a dimension that `cpq metrics list` names
MET002 | a metric is split by one thing twice
  `--by month,month` | name it once
MET003 | more months than a report has
  50 years | ask for a shorter period
"""
