"""Owns reading and writing models of other tools: bytes in, model out, unknown constructs named with their place.

Does not own solving them, nor opening files.
Entry points: ``reader.read_model``, ``writer.write_model``.
"""
