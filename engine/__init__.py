"""The open CPQ engine: configure, price, quote, and everything a quote feeds."""
