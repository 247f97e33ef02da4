"""The shared revenue, contract and ledger cases, one adapter for each kind that the engine implements.

Where a kind has forms, questions or stories of its own, a key names both: ``progress/cost_to_cost``. Which kinds have
no adapter, and why, is said in ``docs/reference/cases-revenue.md``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.conformance.adapters import (
    revenue_allocation,
    revenue_assessed,
    revenue_contracts,
    revenue_judgement,
    revenue_ledger,
    revenue_lifecycle,
    revenue_measures,
    revenue_metrics,
    revenue_modification,
    revenue_performed,
    revenue_schedule,
    revenue_stated,
)
from tests.conformance.adapters.revenue_case import Case, differences
from tests.conformance.shared_data import cases

ADAPTERS: dict[str, Callable[[Case], Any]] = {
    "renewal_option": revenue_performed.renewal_option,
    "repurchase": revenue_assessed.repurchase,
    "decision/consignment": revenue_assessed.consignment,
    "decision/bill_and_hold": revenue_assessed.bill_and_hold,
    "decision/constraint_binds": revenue_assessed.constraint_binds,
    "decision/upfront_fee": revenue_assessed.upfront_fee,
    "decision/licence_renewal": revenue_assessed.licence_renewal,
    "decision/licence_or_service": revenue_assessed.licence_or_service,
    "decision/licence_timing": revenue_assessed.licence_timing,
    "decision/significant_financing": revenue_assessed.significant_financing,
    "decision/contract_exists": revenue_assessed.contract_exists,
    "financing_return": revenue_stated.financing_return,
    "financing_pv": revenue_stated.financing_pv,
    "financing_annuity": revenue_stated.financing_annuity,
    "financing_advance": revenue_stated.financing_advance,
    "payable_to_customer": revenue_stated.payable_to_customer,
    "returns": revenue_stated.returns,
    "allocation": revenue_allocation.allocation,
    "allocation_variable": revenue_allocation.allocation_variable,
    "breakage": revenue_performed.breakage,
    "contract_value": revenue_contracts.contract_value,
    "coterm_end": revenue_contracts.coterm_end,
    "due_date/end_of_month_plus": revenue_contracts.due_date,
    "due_date/net": revenue_contracts.due_date,
    "proration_term": revenue_contracts.proration_term,
    "quantity_chain": revenue_contracts.quantity_chain,
    "term_end": revenue_contracts.term_end,
    "contract_cost": revenue_measures.contract_cost,
    "contract_cost_plan": revenue_measures.contract_cost_plan,
    "decision/combine_contracts": revenue_judgement.combine_contracts,
    "decision/contract_term_months": revenue_judgement.contract_term_months,
    "decision/count_obligations": revenue_judgement.count_obligations,
    "decision/estimation_method_per_component": revenue_judgement.estimation_method_per_component,
    "decision/material_right": revenue_judgement.material_right,
    "decision/modification_treatment": revenue_modification.modification_treatment,
    "decision/over_time_or_point": revenue_judgement.over_time_or_point,
    "decision/principal_or_agent": revenue_judgement.principal_or_agent,
    "decision/warranty_type": revenue_judgement.warranty_type,
    "estimate": revenue_measures.estimate,
    "fx": revenue_measures.fx,
    "fx_contract_asset": revenue_measures.fx_contract_asset,
    "journal/conditional_payment": revenue_ledger.conditional_payment,
    "journal/expected_rebate": revenue_ledger.expected_rebate,
    "journal/prepayment": revenue_ledger.prepayment,
    "journal/taxed_invoice": revenue_ledger.taxed_invoice,
    "journal/write_off": revenue_ledger.write_off,
    "journal_subscription": revenue_ledger.journal_subscription,
    "ledger_post": revenue_ledger.ledger_post,
    "ledger_sequence": revenue_ledger.ledger_sequence,
    "lifecycle": revenue_lifecycle.lifecycle,
    "loyalty": revenue_performed.loyalty,
    "material_right": revenue_measures.material_right,
    "metric": revenue_metrics.metric,
    "mrr_movements": revenue_metrics.mrr_movements,
    "modification": revenue_modification.modification,
    "noncash": revenue_measures.noncash,
    "position": revenue_lifecycle.position_at,
    "notice": revenue_contracts.notice,
    "progress/cost_to_cost": revenue_measures.progress_cost_to_cost,
    "progress/right_to_invoice": revenue_performed.right_to_invoice,
    "proration": revenue_measures.proration,
    "renewal": revenue_contracts.renewal,
    "rpo": revenue_measures.rpo,
    "royalty": revenue_performed.royalty,
    "schedule": revenue_schedule.schedule,
    "schedule_closed_period": revenue_schedule.schedule_closed_period,
    "volume_rebate": revenue_measures.volume_rebate,
}


def kind_of(case: Case) -> str:
    """The kind of a case, with its question, method or story where the adapters tell them apart."""
    if case["kind"] == "journal":
        return f"journal/{revenue_ledger.story_of(case['input'])}"
    if case["kind"] == "due_date":
        return f"due_date/{revenue_contracts.payment_form(case)}"
    for name in ("question", "method"):
        if name in case["input"] and (key := f"{case['kind']}/{case['input'][name]}") in ADAPTERS:
            return key
    return str(case["kind"])


IMPLEMENTED = [pytest.param(each, id=each["id"]) for each in cases("revenue-*.json") if kind_of(each) in ADAPTERS]


@pytest.mark.parametrize("case", IMPLEMENTED)
def test_case(case: Case) -> None:
    found = ADAPTERS[kind_of(case)](case)
    expected = dict(case["expected"])
    if "entries" in expected and "entries" in found and isinstance(expected["entries"], list):
        entries = expected.pop("entries")
        assert revenue_ledger.same_entries(entries, found["entries"]), (entries, found["entries"])
    assert differences(expected, found) == []
