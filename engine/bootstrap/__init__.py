"""Owns settings, adapters and use cases wired together; the only place that knows all concrete classes.

Does not own behaviour.
Entry points: ``build_server``, ``Settings``, ``settings_of`` for command lines, ``serve`` and ``in_process``.
"""
