"""Servers that answer PriceQuote with other people's rule engines: the rules in ``rules.json`` for all of them."""
