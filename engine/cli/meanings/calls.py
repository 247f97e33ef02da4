"""Codes of calls as such, and of what a quote or a configuration states."""

from __future__ import annotations

CALLS = """
ALREADY_EXISTS | a record of that name is there already
  CreateCustomer with an id that another customer has | choose another id, or leave it out and take the one given
BAD_FACT | a fact of a customer or a quote has a value that the rule book does not allow
  `segment: schol` where the book lists edu, retail, business | use one of the values that the book declares
BOOK_FAILS_TESTS | a rule book is not published because tests of its own fail
  a price was changed and its test was not | run `cpq rules test FOLDER`, and mend rule or test
BOOK_HAS_ERRORS | a rule book is not published because it cannot be loaded
  a discount names a product that is not there | run `cpq rules check FOLDER`; the code of each error follows it
DEADLINE_EXCEEDED | the caller left, or its deadline passed, before anything was saved
  CreateQuote of 1 000 lines with a deadline of a millisecond | send it again with the same request id and more time
ETAG_MISMATCH | the record has changed since the caller read it
  two agents edit one draft, the second with the etag from before | read it again, look at the change, send the new etag
INTERNAL | the server failed: a fault of ours
  the message quotes a reference that stands in the log with the reason | report it with the reference
INVALID_FIELD | a field holds something that it cannot hold
  a quantity of `abc`, a date of 2026-02-30, two fields of which only one may be set | correct the field that is named
INVALID_PAGE | a page of a list cannot be told from what was asked
  a page token of another list or of other filters, a page size below zero | take the token of the answer before
NOT_FOUND | there is no record of that name
  `quotes/q-000099` where 12 quotes were made | look at the name; `cpq quote list` shows those there are
NOT_READY | no server answered at the address within the time
  `cpq quote list --server 127.0.0.1:50051` where nothing listens | start it with `make serve`, or look at the address
NO_RULE_BOOK | no published rule book holds on the day
  a quote dated before the first book is effective | publish a book that is effective by then, or price another day
OUT_OF_BUDGET | a question about a configuration could not be answered in its time, and nothing of it is known
  a price effect of repairs of a large bundle within 10 ms | give the call more time, or choose more first
REQUEST_ID_REUSED | a request id was used before for another request
  one id for two CreateQuote calls with different lines | make a new id for every new request; keep it for retries only
REQUIRED_FIELD | a field that the call needs is not set
  CreateCustomer without `display_name` | set the field that is named
STOPPING | the server stops, so that no events come from it any more
  `cpq events tail --follow` while the server is started again | go on from the last cursor; a retry is safe
STORE_UNAVAILABLE | the store could not be read or save; nothing was changed
  the disk is full, or the file became read-only | see the log of the server at the reference; a retry is safe
TEST_CLOCK_OFF | time may not be moved here
  `cpq clock stop` against a server that runs in earnest | start the server with `--test-clock` (or CPQ_TEST_CLOCK=1)
TOO_BUSY | others changed the same records again and again
  hundreds of callers edit one quote at once | send it again; the client does by itself
TOO_MANY | a request holds more of something than is allowed
  a quote of 3 000 lines where the server takes 2 000 | split it, or raise the limit of the server
TOO_MANY_STREAMS | the server has no room for one more caller that streams
  nine programs follow events of a server with 32 threads | try later, or start the server with more threads
UNKNOWN_FACT | a fact of a customer or a quote is not declared by the rule book
  `customer_facts: {"colour": "red"}` | use the facts that `book.yaml` declares; the nearest is named
USAGE_ID_REUSED | a usage record came twice, with another content the second time
  record u-17 of 40 units, then u-17 of 45 | an id stays with what it said; send a correction apart
CFG101 | a constraint uses what the configurator cannot decide
  a function of a text that no option decides | state it of choices, numbers and listed values
CFG201 | a choice names an option group that the product does not have
  `slot: gpus` on WS, which has `graphics` | use the path of a group; the nearest is named
CFG202 | an option group does not offer the product chosen
  a power supply chosen in `graphics` | choose one of its options: `cpq configure` lists them
CFG203 | a choice sets an attribute that the product does not have
  `attribute: silent` where it is called `quiet` | use a declared attribute; the nearest is named
CFG204 | an attribute does not take the value chosen
  a colour of `red` where black and silver are listed | choose one of the values that are named
CFG205 | the quantity of a choice is none
  0 or 2.5 of a disk, or more than the group takes | give a whole number within the bounds of the group
CFG206 | something is chosen twice
  two choices for a group that takes one entry | keep one of them
CFG301 | a line of a quote stands in a group that its bundle does not have
  `group: gpus` below a workstation | use the name of a group of the bundle
CFG302 | a line of a quote is no option of its group
  a mouse in the group of drives | take one of the options of the group
CFG303 | a group of a bundle holds more than it may
  three entries where two are the most | take some out
CFG304 | a line in a bundle has a quantity that its group does not allow
  two power supplies where one is taken | give a quantity within the bounds of the group
CFG305 | an attribute of a line is not known, or does not take the value
  `quiet: maybe` | use a declared attribute with one of its values
CFG306 | something that has to be chosen is not chosen yet
  a workstation without a processor | choose it, or let `cpq complete` do so
CFG307 | a configuration breaks a rule
  650 W for parts that draw 1 170 W | the rule is named with its place; `cpq repair` says what to change
CFG308 | a configuration could not be checked within the search budget
  a very large bundle with few choices | choose more, or give the server a larger budget
CFG401 | the product has nothing to configure
  `cpq configure MOUSE` | configure a bundle; a plain product is just ordered
CFG402 | no such product
  `cpq configure WSX` | use a SKU of the catalog; the nearest is named
CFG403 | no such bundle
  `cpq rules analyse FOLDER --product WX` | use the SKU of a bundle of the book
QUO001 | a quote may not make this move from the state it is in
  sending a draft that was not submitted | see the states that the message names, and make the step before
QUO002 | the offer has expired
  accepting in May what was valid until 30 April | revise it: that makes a new offer
QUO003 | a quote with errors in a configuration cannot be submitted
  a workstation without a processor | mend the lines that are named, then submit again
QUO004 | the decision is about another version of the quote than the one in force
  the customer accepts version 1 while version 2 was sent | look at the current offer first
QUO005 | only the owner of the quote may do this
  an agent recalls the quote of another one | ask the owner that is named
QUO006 | the last day of an offer has passed already
  `valid_until` of yesterday | give today or a later day
QUO007 | the quote is still valid and cannot be expired
  ExpireQuote on its last day | wait until the day after, or cancel it
QUO101 | a quote without lines
  an empty list of lines | add at least one
QUO102 | a quote has more lines than the server takes
  2 500 lines with a limit of 2 000 | split the quote, or raise `--max-lines`
QUO103 | two lines of a quote have one id
  `id: m` twice | give every line an id of its own
QUO104 | a line names no product of the catalog
  `sku: MOUSEE` | use a SKU of the book in force; the nearest is named
QUO105 | a line is part of a line that is not there
  `parent: ws` where the bundle's line is `w` | name the id of a line of this quote
QUO106 | lines are part of each other
  a is part of b, and b of a | a bundle has one line at its top
QUO107 | the quantity of a line is no quantity of its product
  0, -1, or half a seat | give a number above zero in the steps of the product
QUO108 | the product is no longer sold
  a line with a SKU marked `discontinued` | take its successor
QUO109 | start, end and term of a line do not fit
  a term of 12 months and an end | give one of them, within the longest term
QUO110 | the product is not sold in this unit
  `unit: box` of a product sold by the piece | use a unit that the message names
QUO111 | a line that is paid once cannot have a price for each part of a ramp
  a ramp over a one-time fee | ramp recurring lines only
QUO112 | the parts of a ramp do not fit
  a second part that begins before the first | give parts that follow each other within the term
QUO120 | a line states an attribute that its product does not have, or not that value
  `attributes: {"colour": 7}` | use the attributes that the catalog declares
QUO201 | the certificate is not that of what is stored
  a price was changed in the database by hand | look at the first difference that is named; `cpq quote verify` says all
QUO202 | a quote cannot be verified because its rule book is not at hand
  the book was published in another store | publish the sources of that hash again
PRC001 | the currency is none that the engine knows, or none that the rule book has
  `currency_code: EUX` | use an ISO 4217 code that `book.yaml` lists
PRC002 | a product has no price for this customer on this day
  a product without an entry in a book in USD | add an entry to the price book, or quote another currency
PRC003 | the quantity of a line is not a number that can be priced
  `quantity: NaN` | give a finite number above zero
PRC004 | the quantity of a line breaks a rule of its product
  7 of what is sold in packs of 5 | give a quantity that the message names
PRC005 | more lines than can be priced at once
  100 001 lines | split the request
PRC006 | two lines have one id
  `id: a` twice | give every line an id of its own
PRC007 | a line is part of a line that is not there
  `parent: x` without a line x | name a line of the request
PRC008 | no promotion or coupon has this code
  `codes: ["SRPING"]` | look at the spelling; the nearest is named
PRC009 | a code is known and cannot be used
  a spring code in June, or one that is used up | leave it out; the message says why
PRC010 | two codes exclude each other
  a welcome code with a clearance code | choose one of them
PRC011 | a manual discount is not complete
  no reason, no author, a percent above 100 | state kind, value, target and reason
PRC012 | the tax service did not answer
  the address in `--tax-hook` is down | try again; a quote is never saved with guessed tax
PRC013 | no tax rate holds for a line
  rates that look at the customer's region, which nobody stated | state the fact that is named, or add a rate
PRC014 | lines are percents of each other
  support on hosting, and hosting on support | one of them needs a price of its own
PRC015 | a price model does not reach to this quantity
  501 users where the last tier ends at 500 | add a tier, or quote fewer
PRC016 | an amount is larger than a document can hold
  a quantity of 10 to the 30 | look at quantity and price of the line
PRC017 | a rule could not be evaluated for this request, or comes to what no rule may give
  a formula divides by nought, or takes 120 percent off | its place is named: add a condition, or `min(100, ...)`
PRC018 | an amount of the request is no number
  `value: ten` of a manual discount | write digits with a point, such as 10.50
PRC019 | nothing to price
  a request without lines | add at least one
PRC020 | the rule book has no price book of this name
  `header.price_book: partners` where it is `partner` | use a declared one; the nearest is named
PRC021 | a line is a percent of another one whose parts of a ramp are for other months
  support in two half years on hosting in four quarters | cut both ramps alike
APR001 | an approval level names a person who is not known
  a policy sends to `users/u-000009` that was never created | create the user, or correct the level in the book
APR002 | an approval level names a group that is not known
  `group: deal-desk` without members or record | create the group, or correct the level
APR003 | a level needs more people than there are
  two of three have to approve, and one holds the role | give the role to somebody, or ask fewer
APR101 | nothing waits for approval any more
  approving what was recalled | look at the state of the quote
APR102 | no such approval request
  a decision on a request of an older version | take its id from `cpq quote approvals`
APR103 | the request was decided already
  two managers click approve | nothing is left to do
APR104 | this person is not among those who may decide
  an agent approves at the level of managers | one of those that are named has to
APR105 | nobody decides on a quote of their own
  the submitter is a manager too | another one of the level has to decide
APR106 | the same person decided on this before
  once for herself, once as a delegate | another person has to decide
APR107 | the decision is about another version of the quote
  approving version 1 after version 2 was submitted | look at the version that was submitted
APR108 | the quote is above what this person may approve
  a total of 90 000 with a limit of 50 000 | a person with a higher limit has to decide
APR109 | no delegation holds on this day
  deciding for a manager whose leave is over | the manager decides, or delegates again
APR110 | only who submitted the quote may recall it
  a colleague recalls it | ask the person that is named
"""
