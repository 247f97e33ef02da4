"""Owns what each code of an answer means, with an example, and what to do: one paragraph a code.

Does not own the codes of rule files, which ``engine.rulebook.codes`` explains where they are raised.
Entry points: ``meaning_of`` and ``meanings`` of ``known``.
"""
