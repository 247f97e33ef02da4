"""Owns what the verbs on files and servers are called with, and their help, which starts no engine.

Does not own what the verbs do: each names the function of the module that does it.
Entry points: ``add_parser`` of each module.
"""
