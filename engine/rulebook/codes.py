"""The codes of rule-book findings: what each means and what to do, for ``cpq rules explain``."""

from __future__ import annotations

from dataclasses import dataclass

from engine.diagnostics import Code, Diagnostic, Severity, Span


@dataclass(frozen=True, slots=True)
class Explanation:
    """A code in full: one line of what it means, why it matters and what to do about it."""

    code: Code
    title: str
    why: str
    fix: str


def finding(code: str, message: str, span: Span, hint: str = "", *, severity: Severity = Severity.ERROR) -> Diagnostic:
    """Make a diagnostic of a known code."""
    assert code in EXPLANATIONS, f"{code} has no explanation"
    return Diagnostic(Code(code), message, span, hint, severity)


def warning(code: str, message: str, span: Span, hint: str = "") -> Diagnostic:
    """Make a diagnostic that does not keep the book from loading."""
    return finding(code, message, span, hint, severity=Severity.WARNING)


_FILES = """
FIL001 | a file is not UTF-8 text
  names and prices would be misread | save the file as UTF-8
FIL002 | a file is larger than a rule file may be
  loading has a stated limit | split the file
FIL003 | a file the book does not know is in the folder
  a misplaced file would silently do nothing | move it to the folder of its kind or remove it
FIL004 | a file that another one names is missing
  the rule that needs it cannot work | add the file or correct the name
FIL005 | the folder holds no book.yaml
  a rule book says its id, currency and dates there | add a book.yaml
FIL006 | the rule book has more files, rows or columns than a book may have
  loading has a stated limit | split the book
YML001 | the file is not well-formed YAML
  nothing after the place can be trusted | correct the line shown
YML002 | a key is given twice in one record
  only one of the values would count | remove one of them
YML003 | a tab is used for indentation
  YAML allows spaces only | replace the tab by spaces
YML004 | an anchor, alias or tag is used
  rule files are plain text, so that a reader sees what holds | write the value out
YML005 | an expression cannot be read as plain YAML
  YAML gives the character another meaning | put the expression in single quotes or after `|-`
YML006 | records are nested too deeply
  loading has a stated limit | flatten the file
YML007 | a file holds more than one document
  one file holds one document | remove the line `---` between them
FLD001 | a key is not known here
  a misspelt key would silently do nothing | use one of the known keys
FLD002 | a required key is missing
  the record means nothing without it | add the key
FLD003 | a value has the wrong shape
  a list, a record or a text was expected | write it in the form shown
FLD004 | a value is not a number of the kind expected
  it cannot be calculated with | write digits with a point, no thousands separators
FLD005 | a value is not one of the words allowed here
  the engine would not know what to do | use one of the words listed
FLD006 | a value is not a date
  dates are written 2026-03-31 | write year, month and day with hyphens
FLD007 | a value is neither true nor false
  rule files know only these two words | write true or false
FLD008 | an id is used twice
  traces and tests name rules by their id | give each its own id
FLD009 | a percent is written as a fraction or out of range
  percents are written 15, never 0.15 | write the percent as people say it
FLD010 | a number is outside of what its key takes
  the rule could never act, or would give a price that nobody can pay | write a number within the limits shown
FLD011 | one key makes another say nothing
  the author would expect both to act | keep the one that is meant
TBL001 | a table has no header row
  columns are found by their header | add the header row
TBL002 | a row has more or fewer cells than the header
  cells would be read under the wrong header | add or remove cells
TBL003 | a column is not known
  its cells would silently do nothing | correct the header
TBL004 | a quoted cell is not closed
  the rest of the file would be one cell | close the quotes
TBL005 | an option in the first line is not known
  it would silently do nothing | use hit, currency, schema or one of the options listed
TBL006 | a number carries binary noise
  a spreadsheet stored a value that is not what it shows | write the number shown in the hint
TBL007 | a cell holds an error or a formula without value
  there is nothing to read | replace it by a value
TBL008 | a needed column is missing
  rows mean nothing without it | add the column
TBL009 | a percent cell was scaled
  a spreadsheet stores 15 % as 0.15 | nothing; check that the value is the one meant
TBL010 | a hit policy is not known here
  the engine would not know which rows count | use one of the policies listed
TBL011 | two rows of a decision table match the same case
  the hit policy allows only one answer | let one row leave out what the other matches
TBL012 | a row of a decision table never decides
  rows that come first match everything that it does | remove it or move it up
TBL013 | a decision table has no answer for some case
  formulas that call it get no value there | add a row, or give its outputs a default
TBL014 | a row of a decision table can never match
  one of its tests admits no value | correct the test or remove the row
TBL015 | an output of a decision table never comes out
  what depends on it can never happen | correct the rows, or take it out of the values
TBL017 | a table has no rows
  it would silently do nothing | add rows or remove the file
TBL018 | the cells of a table are parted by another character than a comma
  each row would be one cell | save it with commas, or as a spreadsheet
TBL019 | a cell of a spreadsheet is merged with others
  only the first of them holds the value, and an empty cell means something else | unmerge the cells and fill in each
TBL020 | a sheet of a spreadsheet is not read
  the table stands on the first sheet | nothing; move the rows if they were meant to count
TBL021 | a file is not a spreadsheet that can be read
  nothing in it is known | save it again as XLSX, or as CSV
TBL022 | text stands behind the closing quote of a cell
  it belongs to no cell, and would be lost | put the whole cell in quotes, and write a quote inside it twice
TBL016 | a name of a decision table cannot be used in formulas
  formulas could not call it | use letters, digits and `_`, and no name that has a meaning already
"""

_MEANING = """
CAT001 | a product is not known
  the rule could never apply | correct the SKU
CAT002 | a SKU is used twice
  a price or rule could not tell them apart | give each product its own SKU
CAT003 | an attribute is not known in this category
  a misspelt attribute would be read as unknown | declare it or correct the name
CAT004 | an attribute's value does not fit its type
  rules compare it with other values of the type | correct the value
CAT005 | an option group selects no product
  the slot could never be filled | correct the query or add products
CAT006 | a bundle is inside itself
  configuring it would never end | break the circle
CAT007 | a category or type is not known
  the product would have no attributes | declare it or correct the name
CAT008 | bounds contradict each other
  no choice could satisfy them | let the minimum be at most the maximum
CAT009 | a formula, price or constraint names something that is never so: a product, family, slot entry, price book
  nothing has it, so the test always comes out the same | correct the name
CAT010 | an attribute of a bundle is nothing that a customer can choose
  it would be asked as yes or no | write its words, `type: boolean`, or a number with `minimum` and `maximum`
CST001 | constraints of a bundle contradict each other
  no valid configuration exists | change one of the rules named
CST002 | an option is dead: no valid configuration holds it
  customers would never be able to choose it | change one of the rules named, or take the product out
CST003 | a constraint names a bundle that is not there
  the rule would never apply | correct the bundle's SKU
CST004 | constraints of a bundle begin and end on too many days
  the bundle is compiled anew for each of them | take out those that hold no more, or let them share days
PRC201 | a product has no price in a currency
  a quote in that currency would be refused | add a price or end the product
PRC203 | a row can never match: an earlier row always wins
  the row is dead weight or the order is wrong | remove it or move it up
PRC204 | two rows match the same case
  the hit policy allows only one | make the conditions exclude each other
PRC205 | tiers leave a hole or overlap
  a quantity would have no price, or two | let each tier start where the one before ends
PRC206 | more units cost less in total
  customers would order more to pay less, or complain | check the amounts; mark it when it is meant
PRC207 | percent-of-total lines depend on each other in a circle
  their amounts would never settle | take one of them out of the base of the other
PRC208 | a price is negative or has too many digits
  nobody can pay it | correct the amount
PRC209 | a currency is not known
  amounts would have no minor unit | use an ISO 4217 code
PRC210 | dates end before they start
  the rule could never apply | correct the dates
PRC211 | a price is for a unit that nothing is sold in
  the price would never hold | declare the unit under `units`, or correct the name
PRC213 | a bundle price names something that is no bundle
  it has no parts that could share the price | name a bundle, or give the product a list price
PRC215 | the conditions of a rule contradict each other
  no line can meet all of them, so it could never act | correct one of the conditions
PRC214 | bounds contradict each other
  no quantity or price lies between them, so what they bound could never hold | let the lower one be at most the upper
PRC216 | a line rule is for nothing but products that are a percent of other lines
  rules act on what is counted, and would act twice | write it into the percent as a formula, or as an order discount
PRC217 | a bundle price leaves out a currency of the book
  the bundle costs what its parts cost in it | add the currency, or leave it as it is meant
PRC218 | a bundle price is above anything that its parts cost
  the customer would pay more for the bundle than for what is in it | lower it, or leave the parts their own prices
PRC219 | a bound is not one that the rule has
  it would silently bound nothing | use one that counts: `uses` for gifts, `units(...)` in the effect on the order
PRC220 | an agreed price is for what is billed by the model of its usage
  it would not act, since bills follow the model | agree on a percent, or take the price model out
PRC212 | a price model is given something that its kind does not have
  it would silently do nothing, or no price would follow | remove the key or choose another kind
DSC201 | an effect cannot be read
  the rule would give nothing | write it as `10 % off unit`, `5.00 off line`, `set 99.00 unit`
DSC202 | a discount group is not known
  rules compete inside their group | declare the group or correct the name
DSC203 | an effect leaves out a currency of the book
  the rule will not apply to quotes in it | add the currency, or leave it as it is meant
DSC204 | a promotion or coupon has ended
  the rule can never apply again | remove it or move its end
DSC205 | a discount is over 100 percent
  the price would become negative | correct the percent
DSC206 | a group of order discounts picks by bands
  bands compare prices of a line, which an order does not have | take another pick, or a group of the line
DSC207 | a group says how many rules it takes, and its pick takes no number
  `first` and `worst` take one, `bands` what each band says | leave `at_most` out, or pick `all` or `best_for_customer`
APR301 | an approval chain or level is not known
  the request would reach nobody | declare it in approvals/chains.yaml
APR302 | an approval level is never asked
  it is declared and no row reaches it | add a row or remove the level
APR303 | a duration cannot be read
  the escalation would never be due | write it as P2D or PT4H
TRM401 | a policy is not known
  the product could not be billed, recognised or delivered | declare it or correct the name
TRM402 | dependencies of tasks run in a circle
  none of them could ever start | break the circle
TRM403 | an accounting or billing term contradicts another
  the amounts would not tie out | correct the term shown
TRM404 | a product has a tax code, and the book states no tax (a warning)
  quotes and invoices under it bear none, though somebody counts on it | give `tax` with its rates or a tax service
TRM405 | a tax rate does not count, since an earlier one holds where it does (a warning)
  the first that holds is taken, so the percent is never charged | end the earlier rate, or move the narrower one up
TRM406 | a tax code of a product has no rate, or none for a value that the book declares (a warning)
  its quotes are refused | give it a rate, of 0 where no tax is due, or correct the code
TRM407 | a tax rate is above 100 percent (a warning)
  a point was probably left out | write 8.1 for 8.1 percent; leave it where the tax is so high
TRM408 | a tax rate is for a code that no product has, and that looks like one they have (a warning)
  the rate is never charged | correct the code, here or at the products
TST501 | a rule test does not hold
  the rules no longer do what the author wrote down | correct the rule or the expected value
TST502 | a rule test expects something the engine does not report
  the test could not fail | use one of the expectations listed
TST503 | a rule test cuts a line into segments that no quote could have
  there is nothing that could be priced | give a term, and name each segment of it once
"""


def _table(text: str) -> dict[str, Explanation]:
    lines = text.strip().splitlines()
    pairs = [
        (*first.split(" | "), *second.strip().split(" | "))
        for first, second in zip(lines[::2], lines[1::2], strict=True)
    ]
    return {code: Explanation(Code(code), title, why, fix) for code, title, why, fix in pairs}


_ELSEWHERE = """
PRC101 | a discount group is not known
  rules compete inside their group | declare the group or correct the name
PRC102 | an id is used twice among prices or discounts
  traces name what acted by its id | give each its own id
PRC103 | a list price reads a total
  totals are not known before there are prices | use a discount rule instead
PRC104 | two rules of a group tie
  only their ids decide which comes first | give one of them a priority
PRC105 | price books are based on each other in a circle
  no price would ever be found | base one of them on list prices or cost
PRC106 | a guard contradicts itself
  no price satisfies both its bounds | raise the ceiling or lower the floor
PRC107 | a percent is not between 0 and 100
  the price would become negative | correct the percent
PRC108 | a rule names a rule that is not there
  the exclusion would do nothing | correct the id
PRC109 | a price book is not known
  the computed price has nothing to start from | correct the name of the book
PRC110 | a formula was checked for other names than it is asked with
  it could not be evaluated | report it with the file, this is a fault of the engine
PRC111 | one unit more costs less in all
  customers would order more to pay less | use graduated tiers, or mark the model with `cliff: meant`
PRC112 | a price entry has neither price nor formula
  it would answer nothing | add `price`
PRC113 | a rule acts on the order and its group on lines, or the other way round
  it would never be asked | move it to a group of the right level
PRC114 | two price models or percents of total are for one product on the same days
  only the first would ever be asked | give them days that do not overlap, or take one out
PRC115 | an exchange rate says nothing, or contradicts another
  a currency is worth itself, and one pair has one rate a day | take it out, or correct currency or day
CFG101 | a constraint uses what the configurator cannot decide
  the rule could not be enforced exactly | write it with the forms listed in the reference
CFG102 | too many configurable entries in one group
  each entry has parts of its own, and all of them are searched | use the quantity for entries that are alike
CFG103 | a nested bundle is not known
  the group could not be configured | correct the SKU of the bundle
CFG104 | bundles lie too deep in each other, or one holds itself
  the parts would have no end | break the circle, or join two levels
CFG105 | a bundle with too many option groups
  every group of every entry is searched at each click | let groups take fewer configurable entries
CFG106 | rules tell too many products of one group apart
  each kind is a value that every click decides | let rules read attributes of fewer different values
"""

EXPLANATIONS: dict[str, Explanation] = _table(_FILES) | _table(_MEANING) | _table(_ELSEWHERE)
