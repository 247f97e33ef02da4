"""Owns settings, adapters and use cases wired together; the only place that knows all concrete classes.

Does not own behaviour.
Entry points: ``build_server``, ``Settings``, ``settings_of`` for command lines, ``serve`` and ``in_process``.
"""

from engine.bootstrap.build import build_server
from engine.bootstrap.command_line import add_options, settings_of
from engine.bootstrap.running import Running
from engine.bootstrap.serving import in_process, serve, serve_folder
from engine.bootstrap.settings import Settings, SettingsError

__all__ = [
    "Running",
    "Settings",
    "SettingsError",
    "add_options",
    "build_server",
    "in_process",
    "serve",
    "serve_folder",
    "settings_of",
]
