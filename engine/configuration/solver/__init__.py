"""Owns the engines that answer: SAT skeleton, sums, MaxSAT, exact counting, diagrams, and the small twin.

Does not own the questions (``answers``) or the problem (``model``); no other package imports a solver library.
Entry points: ``engine.SatConfigurator``, ``small.SmallConfigurator``.
"""
