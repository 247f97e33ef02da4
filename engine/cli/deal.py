"""A verb on deals at work: through a client, its answer shown as it was asked for, a refusal told in one way."""

from __future__ import annotations

import argparse

from engine.cli.answers import plain_answer
from engine.cli.connection import connected
from engine.cli.failure import CLEAN, FINDINGS, VerbFailed
from engine.cli.screen import Screen
from engine.cli.verbs import LEFT, STREAMED, Negative, Work
from engine.client import CallFailed
from engine.money import MoneyError
from engine.wire.plain import PlainError


def carry_out(work: Work, options: argparse.Namespace) -> int:
    """Connect, do the work and tell what came of it; 1 for an answer that says no, or none."""
    screen = Screen(machine=options.json)
    try:
        with connected(options) as client:
            found = work(client, screen, options)
            answer, code = (found.answer, FINDINGS) if isinstance(found, Negative) else (found, CLEAN)
            if options.json and answer not in (None, STREAMED, LEFT):
                screen.data(plain_answer(answer))
    except CallFailed as failed:
        raise refused(failed) from failed
    except (MoneyError, PlainError) as failed:
        raise VerbFailed(str(failed), exit_code=FINDINGS) from failed
    return FINDINGS if answer is None else code


def refused(failed: CallFailed) -> VerbFailed:
    """A refused call; machines read of it the message alone, the codes, and every fault with its field."""
    violations = [{"field": each.field, "code": each.code, "message": each.message} for each in failed.faults]
    facts = {"status": failed.status, "code": failed.reason, "message": failed.message, "violations": violations}
    return VerbFailed(str(failed), exit_code=FINDINGS, facts=facts)
