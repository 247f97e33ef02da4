"""Codes of contracts, orders, invoices and payments."""

from __future__ import annotations

AGREEMENTS = """
CON001 | a contract without lines
  an accepted offer of nothing | add a line to the quote
CON002 | two lines of a contract have one id
  an amendment adds a line `c` beside another `c` | give the new line an id of its own
CON003 | an amount in another currency than the contract
  a line in USD under a contract in EUR | one contract has one currency
CON004 | the days of a line or of its end do not fit
  it ends before it starts; ending on its first day what has been served since | give an end after the start
CON005 | the contract has no such line
  ending `cc` where the line is `c` | use a line that `cpq contract show` lists
CON006 | the line has ended already
  ending twice what ended in May | nothing is left to end
CON007 | the notice is shorter than was agreed
  30 days are agreed, and it is to end in 10 | take the earliest day that is named
CON008 | a line charged by usage names no price model
  a usage line from a book without `model` | give the product a price model in the rule book
CON009 | a change of a contract in which nothing ends and nothing begins
  an amendment of lines that ended before | name a line that still runs on that day
CON010 | a recurring line without a period of its charge
  a subscription that says neither month nor year | give the product a charge period
CON011 | a bill day that no month has
  `bill_day: 32` | a day of 1 to 31, or 0 for the start day of each line
CON012 | what is paid once cannot be ended
  terminating the line of a delivered mouse | cancel the item of its order, or credit its invoice
CON020 | a renewal at list prices without a list price
  the product has no entry in the price book of that day | add a price, or renew at the agreed one
CON021 | the contract has changed since the change was quoted
  two amendments were quoted side by side, and one was ordered | quote the change anew, on what holds now
CON022 | a change names no line of the contract
  `line: cc` | use a line that `cpq contract show` lists
CON023 | a change names a line that has ended by then
  swapping a plan that ended in May, as of June | name a line that runs on that day
CON024 | a change to what was paid once
  reducing the delivered mice | cancel the item of the order, or credit the invoice
CON025 | a line is named twice in one change
  cancelled and changed at once | say one thing of each line
CON026 | a change takes effect before the contract starts
  `effective` of the day before it | take the first day or a later one
CON027 | a part of a bundle cannot be changed alone
  more disks in a delivered workstation | change the line of the bundle, which is named
CON028 | a line with parts cannot be changed in this way
  another product would not have the parts | cancel it, and add the other with its parts
CON029 | a new line of a change has the id of a line that is there
  adding `c` | give it another id, or change that line
CON030 | nothing changes, so there is nothing to quote
  the quantity that is agreed already | state what shall be different
CON031 | no line of the contract waits to be renewed
  all of them ended, or run without an end | look at the ends in `cpq contract show`
CON032 | a line has no agreed end to be renewed at, or another line followed it already
  what was paid once, what runs on, what was renewed before | leave it out, or add a new line
CON033 | the renewal begins or ends on a day that does not follow the term
  a start after the line has ended | renew on the day that is named or earlier, or add a new line
CON034 | the quote changes no contract
  asking for the impact of a quote for a new customer | only quotes of an amendment have one
CON036 | the contract has this bill day already
  changing to 15 what is billed on the 15th | choose another day of the month
CON037 | another change of the bill day begins later
  a second change that would take effect before the first | choose a later day
CON038 | usage of these days is billed already
  changing the bill day as of a month whose usage has an invoice | let it change from the day that is named on
CON040 | a suspension names no line of the contract
  `line: cc` | use a line that `cpq contract show` lists
CON041 | a line that is to be suspended does not run on that day
  it has ended, or is suspended already | name a line that runs on that day
CON042 | a line without an agreed end cannot have it put off
  extending what runs until it is ended | suspend it without extending its term
CON043 | nothing of the contract runs on the day of the suspension
  a day after its end | choose a day on which a line runs
CON044 | what is to be resumed is not suspended
  resuming a line that runs | look at `cpq contract show`
CON045 | the term of a suspended line is over
  resuming in June what ended in May | renew it by a quote
CON046 | a line is to be resumed before it was suspended
  from the first of March on, suspended on the tenth | choose that day or a later one
CON047 | a part of a bundle cannot be suspended alone
  the care of a workstation | suspend the line of the bundle, which is named
CON048 | the charge of a line has no days that a suspension could leave out
  what is charged once | end it, and sell it again when it goes on
CON049 | a line that is to be suspended goes on as another one, which was signed already
  the first year of a ramp, or what a quoted change replaces next month | suspend from the day that is named on
ORD001 | the order has no such task
  `--task m.shipp` | use a task that `cpq order show` lists
ORD002 | the task may not make this move now
  shipping before reserving | do what the message says comes first
ORD003 | the order has no such item
  `item: x` | use an item that `cpq order show` lists
ORD004 | more than was ordered
  6 delivered of 5 | report what was really handed over
ORD005 | the item is finished or cancelled
  progress on what was cancelled | nothing is left to do for it
ORD006 | a step has begun that cannot be taken back
  cancelling what is being engraved | let it be finished; credit it afterwards
ORD007 | part of the item was handed over already
  cancelling 5 of which 2 were delivered | cancel the rest, and take back the others by a credit note
ORD008 | nothing of the order is open
  cancelling a completed order | credit its invoices, or end the contract
ORD009 | the item comes with another one
  cancelling the disk of a workstation | cancel the one that carries it
ORD010 | the task is not among those that undo a cancelled item
  reporting an undo of what never began | look at `cpq order show`
ORD011 | the steps are undone in another order
  unreserving before what was shipped has come back | undo the tasks that are named first
ORD012 | the item came in the place of a line of the contract
  cancelling half of a swap | amend the contract again
ORD101 | two steps of a fulfilment plan have one id
  `id: ship` twice | give every step an id of its own
ORD102 | a step waits for a step that the plan does not have
  `after: [reserved]` where it is `reserve` | use the id of a step
ORD103 | the steps of a plan wait for each other
  a after b, and b after a | take one of the two out
ORD104 | a fulfilment plan without steps
  `steps: []` | add one, or leave the plan out
ORD105 | a step of a plan without a department
  nobody would see it | say who does it
ORD201 | a line names a fulfilment plan that the book does not have
  `fulfilment: shipp` | use a declared plan
ORD202 | an accepted offer without lines cannot be ordered
  an empty quote | add a line
BIL001 | no tax rate holds for a line of an invoice
  the customer moved to a country without a rate | add the rate to the book, and run again
BIL010 | there is nothing to bill
  an invoice for a period that is billed already | look at `cpq invoice preview`
BIL011 | the invoice is final and never changes
  editing a line of FJ-000001 | correct it with a credit note
BIL012 | an invoice below zero
  a draft from before a cancellation | throw it away and bill again: what it takes back is credited where it was charged
BIL013 | an amount in another currency than the invoice
  a line in USD | one invoice has one currency
BIL020 | only a final invoice can be credited
  a credit note on a draft | change or throw away the draft instead
BIL021 | the invoice has no such line
  `line: x` of a credit | use a line that `cpq invoice show` lists
BIL022 | more is credited than is left
  100.00 of a line of 86.40 | take what is left of it, which is named
BIL023 | there is nothing to credit
  all of the invoice was credited before | nothing is left to do
BIL024 | the credit note is final
  a number is given once | issue another one
BIL014 | the invoice is void
  paying an invoice that was voided | bill again, and use the invoice that takes its place
BIL030 | the invoice is final: it becomes void for a reason, and is not thrown away
  voiding FJ-000001 without saying why | give a reason, or issue a credit note
BIL031 | an invoice on which money came in cannot become void
  voiding FJ-000001 of which 142.80 are paid | issue a credit note
BIL032 | an invoice with a credit by hand cannot become void
  voiding an invoice after a discount for a fault | credit what is left of it
BIL040 | the billing run has ended already
  cancelling a run that is done | start another one
BIL041 | the server failed on one contract of a billing run; the others go on
  the type of the failure is named | report it; the run can be started again and bills what is missing
PAY001 | a payment for a draft
  paying before the invoice has a number | make it final first
PAY002 | more is applied than is left
  222.00 to an invoice with 221.23 open | record what is open, or let the rest be kept as a credit (`--keep-excess`)
PAY003 | an amount that is not above zero
  a payment of 0.00 | state what was received
PAY010 | no prepaid credit may pay anything of the invoice
  nothing is left, or it is for other products | look at `cpq prepaid list`, or record a payment
PAY011 | a prepaid credit that was bought is not taken back
  revoking what a customer paid for | it is the customer's money: it stays until it is used or expires
PAY012 | nothing is left of the prepaid credit
  revoking it twice | nothing is left to do
PAY020 | nothing can be refunded
  an invoice that is paid to the cent | what is owed goes back with `--reopen`; look at `cpq invoice show`
PAY021 | more is refunded than may go back
  30.00 of 23.80 paid beyond what is owed | refund what is named
PAY022 | a prepaid credit that was granted is not paid back
  nobody paid for it | revoke what is left of it
PAY004 | nothing of the invoice is open, so that no collection of it can have failed
  reporting a failure of a paid invoice | nothing has to be reported
PAY005 | a failed attempt is dated before the one before it
  an attempt of the third after one of the fifth | give that day or a later one
PAY006 | a payment or refund on a day that is still to come
  a payment dated 2062 for 2026 | record it when the money has moved
PAY007 | a payment is in another currency than its invoice
  50.00 USD for an invoice in EUR | say what the bank credited in the currency of the invoice
PAY023 | money goes back before it came in
  a refund of 1 March of what was paid on 5 March | give the day of the payment or a later one
"""
