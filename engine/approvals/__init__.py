"""Owns policy to route, the chain's state machine, monotone re-approval, advice.

Does not own quotes, notification.
Entry points: ``route``, ``case_of``, ``ApprovalProcess``, ``PlainApprovalProcess``, ``carry_over``, ``advice``.
"""
