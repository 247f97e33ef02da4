"""Reporting progress on a line that is recognised by it: by output, by costs, or by what costs will be recovered."""

from __future__ import annotations

from datetime import date

from engine.diagnostics import Code, Fault, Refusal
from engine.revenue.contract import RevenueContract, report
from engine.revenue.policy import Timing
from engine.revenue.progress import CostRecovery, CostReport, Output, ProgressMeasure, share_done
from engine.revenue.stating import NOT_ABOVE_ZERO, Stated, above_zero, line_faults

NOT_BY_PROGRESS = Code("REV052")


def report_progress(
    contract: RevenueContract, order_line: str, *, on: date, measure: ProgressMeasure
) -> Stated | Refusal:
    """How far a line has come by a day, cumulative; revenue moves to that share of its price."""
    account = contract.account_of_line(order_line)
    faults = [*line_faults(contract, order_line, on), *_measure_faults(measure)]
    if account is not None:
        timing = account.obligation.timing
        if timing is not Timing.PROGRESS:
            message = f"`{order_line}` is recognised by `{timing.value}`, not by progress"
            faults.append(Fault(NOT_BY_PROGRESS, "quote_line", message, "its policy in the rule book says how"))
        faults += above_zero(account.price, "quote_line")
    if faults or account is None:
        return Refusal(tuple(faults))
    changed = report(contract, order_line, on=on, done=share_done(account.price, measure))
    return changed if isinstance(changed, Refusal) else Stated(changed)


def _measure_faults(measure: ProgressMeasure) -> list[Fault]:
    match measure:
        case Output():
            if 0 <= measure.done <= measure.whole and measure.whole > 0:
                return []
            return [Fault(NOT_ABOVE_ZERO, "output.done", f"{measure.done} of {measure.whole} is no progress")]
        case CostRecovery():
            return [] if measure.cost.minor_units >= 0 else list(above_zero(measure.cost, "recovered_cost"))
        case CostReport():
            counted = [each for name, each in measure.expected.items() if name not in measure.excluded]
            wrong = [name for costs in (measure.expected, measure.incurred) for name, each in costs.items() if each < 0]
            faults = [Fault(NOT_ABOVE_ZERO, "costs", f"the cost of `{name}` is below zero") for name in wrong]
            if sum(counted) <= 0:
                faults.append(Fault(NOT_ABOVE_ZERO, "costs", "no cost is expected that would show progress"))
            return faults
