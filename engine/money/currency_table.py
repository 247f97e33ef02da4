"""ISO 4217: the decimals of each currency, and the smallest coin where cash is rounded.

Written from the standard, not from CLDR, whose digits say how people write an amount (0 for ALL or RSD) instead of
how it is booked. Codes without decimals in the standard (metals, XDR) are left out: nothing is invoiced in them.
Some codes that were withdrawn lately stay, since old contracts name them.
"""

from __future__ import annotations

_NONE = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_THREE = "BHD IQD JOD KWD LYD OMR TND"
_FOUR = "CLF UYW"
_TWO = """
AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW
CNY COP COU CRC CUC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HRK HTG HUF IDR
ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV
MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SLL SOS SRD SSP
STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG ZWL
"""

NO_CURRENCY = "X" * 3
"""The standard's code for "no currency"; amounts in it are bare units."""

EXPONENTS: dict[str, int] = {NO_CURRENCY: 0} | {
    code: exponent for exponent, codes in ((0, _NONE), (2, _TWO), (3, _THREE), (4, _FOUR)) for code in codes.split()
}
"""Decimals of the smallest unit by code."""

CASH_INCREMENTS: dict[str, int] = {
    "AUD": 5,
    "BND": 5,
    "CAD": 5,
    "CHF": 5,
    "CZK": 100,
    "DKK": 50,
    "HKD": 10,
    "HUF": 500,
    "ILS": 10,
    "MYR": 5,
    "NOK": 100,
    "NZD": 10,
    "SEK": 100,
    "SGD": 5,
    "ZAR": 10,
}
"""The smallest coin in minor units, where it is larger than one: Swiss cash knows 0.05, Hungarian cash 5 forint."""
