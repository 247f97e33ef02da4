"""Codes of formulas, models, files of the command, amounts and periods."""

from __future__ import annotations

FILES = """
FEL001 | a character that means nothing in a formula
  `line.qty § 5` | take it out; text stands in double quotes
FEL002 | a text without its closing quote
  `"edu` | close it: `"edu"`
FEL003 | an escape in a text that names no character
  `"C:\\\\q"` | write a backslash twice
FEL004 | a number with too many digits or out of range
  40 digits | numbers have 34 digits at most
FEL005 | something stands where it cannot
  `line.qty >= and 5` | complete or remove what is marked
FEL006 | an expression is missing
  an empty `when:` | write a condition, or leave the key out
FEL007 | nested too deeply
  a hundred brackets in each other | name a part of it, or use a table
FEL008 | a formula is too long
  a list of thousands of products | use a table or a category
FEL009 | too many items
  a list with more items than a formula may hold | use a table
FEL010 | an operator of another language
  `a == b`, `a && b` | FEL says `a = b`, `a and b`
FEL011 | a bracket without its partner
  `(a + b` | close it, or take it out
FEL012 | a name given twice
  `{a: 1, a: 2}` | rename one of them
FEL013 | a comment without its end
  `/* since May` | close it: `*/`
FEL014 | not a date, time or duration
  `date("2026-02-30")` | write an existing day in ISO form
FEL101 | a name that nothing declares
  `custmer.segment` | the nearest known name is shown
FEL102 | an attribute that this thing does not have
  `line.qyt` | the nearest known attribute is shown
FEL103 | a function that FEL does not have
  `rounded(1.5)` | see `docs/reference/built-in-functions.md`
FEL104 | too few or too many arguments
  `substring("abc")` | give those that the message names
FEL105 | a named argument that the function does not have
  `substring(text: "abc", start: 1)` | use the names that the message lists
FEL106 | an argument of the wrong type
  `sum("5")` | give a value of the type that is named
FEL107 | an operator on values that it does not work on
  `"5" * 2` | compare and count like with like; `number("5")` reads a number
FEL108 | two things that cannot be compared
  `line.qty > "5"` | compare values of one type
FEL109 | a value that the list of values does not hold, so that the test never holds
  `customer.segment = "schol"` | the values that are declared are named
FEL110 | two currencies mixed
  a price in EUR plus one in USD | convert one of them first
FEL111 | a condition that is neither true nor false
  `when: line.qty` | compare it: `line.qty > 0`
FEL112 | a result of another type than is needed here
  a text where a price is wanted | make the formula answer that type
FEL113 | a formula that depends on the clock
  `today()` in a discount | use the date of the quote, which is stored with it
FEL114 | FEL that rule books do not use
  an external Java function | say it with the functions that are there
FEL115 | a pattern that cannot be used
  `matches(line.sku, "(")` | correct the regular expression
FEL116 | branches of different types
  `if a then 1 else "none"` | make both of one type
FEL117 | list items of different types
  `[1, "two"]` | keep one type in a list
FEL119 | a call of something that is not a function
  `line.qty(5)` | take the brackets out
FEL120 | `?` outside a cell
  `? > 5` in a rule | name the value that is meant
FEL121 | a range that holds nothing
  `[10..1]` | put the smaller bound first
FEL122 | a list was needed
  `some x in 5 satisfies x > 1` | give a list
FEL123 | a cell that reads otherwise than it looks
  `edu` without quotes where a name of that kind exists | put a text in quotes
FEL201 | an optional attribute used without a test
  `line.watts > 500` where some products have none | say `line.watts != null and` before, or a default
FEL202 | the same value twice in one test
  `in ("a", "a")` | remove one of them
FEL203 | a test for null that never holds
  `line.sku = null` | the attribute is always there: take the test out
FEL301 | division by zero
  a share of a total of nought | guard it: `if total = 0 then 0 else …`
FEL302 | a number out of range
  10 to the 7 000 | look at the values that the message names
FEL303 | too many steps or items
  a loop over a million numbers | use a table, or fewer items
FEL304 | a missing value was used
  a fact that the quote does not state | test for null, or declare a default
FEL305 | an argument that a function cannot work with
  `substring("abc", 0)` | positions count from 1
DMN001 | the file is not well-formed XML, or uses what is not read for safety
  an element without its end, a document type | export the model anew
DMN002 | the file holds no DMN model
  an XML file of another kind | give a DMN 1.1 to 1.5 file
DMN003 | a model refers to something that is in none of the files
  a decision requires `#d9` | put the imported models beside it
DMN004 | the model has no decision of this name
  `--decision Pricing` where it is `Price` | use a name of the model; the nearest is shown
DMN005 | a decision table that cannot be used
  an unknown hit policy | use one of those that are named
TAB001 | the rows of a decision table have not one length
  a row with a cell less than there are columns | complete the row
FIL000 | an uploaded file cannot be read as a file of a rule book
  a path with `..`, or a file that is too large | send the files of one folder
CLI001 | a file is not a JSON object
  a comma too many, another encoding, a name twice | correct the place that is shown
CLI002 | a file of queries about a model asks what cannot be asked of it
  a variable that the model does not have, a value that it does not take | use the names and values that are shown
CLI003 | a file of usage has not the columns it needs
  `qty` where it is `quantity` | the first line names contract, id, line, day, quantity
CLI004 | a file of usage is not CSV in UTF-8
  a spreadsheet saved as such | save it as CSV in UTF-8
CLI005 | the command is called with words or files that it cannot use
  `cpq quote shw q-1` | the nearest known word is shown; `cpq VERB --help` says more
CLI006 | a file or folder cannot be read or written
  a name that is not there, a folder that is read-only, a full disk | do what is shown, then run it again
CLI007 | a server cannot start
  a file that is no database, an address that is taken, rules with errors | correct what is named
CLI008 | what was asked for cannot be done with what is there
  deciding an approval that does not wait for you | do what is shown
MDL001 | a DIMACS file is malformed
  a clause without its end 0 | correct the line that is shown
MDL002 | a model cannot be written in this format
  numbers in DIMACS | choose a format that can say it; the message says what
MDL003 | the ending of a file names no format of models
  `model.txt` | use an ending that is listed
MDL004 | a packed model is no gzip file, was cut off, or is too large
  half of a download | fetch it again
MDL005 | a number of a model has thousands of digits
  5 000 digits where a clause names a variable | correct the place that is shown
MDL010 | an SXFM file is malformed
  a feature without a name | correct the place that is shown
MDL011 | a constraint names a feature that the model does not have
  `GPSS` | the nearest is shown
MDL012 | SXFM that is not read
  an attribute of another tool | take it out
MDL020 | an XCSP file is malformed
  a domain without values | correct the place that is shown
MDL021 | a constraint of XCSP that is not read
  `cumulative` | say it with those that the reference lists
MDL030 | a file of the Renault kind is malformed
  a value that its variable does not have | correct the line that is shown
MDL040 | a FeatureIDE file is malformed
  a group without children | correct the place that is shown
MDL041 | FeatureIDE that is not read
  a rule of an unknown kind | take it out, or export it as UVL
MDL042 | a rule names a feature that the model does not have
  a renamed feature | the nearest is shown
MDL050 | a UVL file is malformed
  a group that is not indented | correct the line that is shown
MDL051 | UVL that is not read
  a level of the language beyond those supported | see the reference of formats
MDL052 | a constraint names a feature that the model does not have
  `Gpss` | the nearest is shown
MDL053 | a number without bounds was given some; a note
  an integer feature without a range | state its range in the model
MDL054 | an aggregate counts features without the attribute as nought; a warning
  `sum(price)` where one has none | give every feature the attribute
MDL060 | a COOM file is malformed
  a missing bracket | correct the line that is shown
MDL061 | COOM that is not read
  a function of its runtime | take it out
MDL062 | a part of a COOM file that only says how a feature is shown is not read; a note
  an `interaction` of a feature | nothing has to be done
MDL063 | a COOM file names a type that it does not declare
  `Whel` | the nearest is shown
MDL064 | a number or count in COOM without an upper bound was given one; a warning
  `0..* Bag` | state a bound in the model
MDL065 | a behaviour in COOM is of a structure that is not there
  `behavior Whel` | the nearest is shown
MDL066 | a rule in COOM names something that is not there
  `basket.hight` | the nearest is shown
MDL070 | a model in YAML is malformed
  a key twice, a tab | correct the line that is shown
MNY001 | no currency has this code
  `EUX` | use an ISO 4217 code; the nearest is named
MNY002 | amounts of two currencies are mixed
  EUR 5.00 plus USD 5.00 | convert one of them first
MNY003 | not an amount
  `ten` or `NaN` | write digits with a point
MNY004 | an amount has more decimals than its currency
  `1.005` EUR, `10.5` JPY | round it first
MNY005 | an amount is beyond what a document can hold
  10 to the 30 | look at quantity and price
MNY006 | a weight of a division is below zero
  shares of -1 and 2 | give weights from nought
MNY007 | a share that is not defined
  a part of nothing | look at the period it is a share of
MNY008 | a product of price and quantity needs more digits than there are
  34 digits times 34 digits | round the price
PER001 | a period without a day
  from May to April | put the earlier day first
PER002 | not a recurrence
  `monthly` | write P1M, P1Y, P2W or P10D
PER003 | a day that no month has
  `bill_day: 32` | give 1 to 31
PER004 | a year outside the calendar
  a term of 9 000 months | give a shorter one
"""
