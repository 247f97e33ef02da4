"""Steps 1 to 4 of the waterfall: list price, contracted price, uplift, price model: where rules start from."""

from __future__ import annotations

from decimal import Decimal

from engine.catalog import ChargeKind
from engine.money import EXACT, step
from engine.pricing.compiled import SEGMENT_PRICE, UPLIFT, ContractPlan, ModelPlan, PercentPlan
from engine.pricing.finding import Finder, contract_for, contracted_unit
from engine.pricing.models import CostPlus, PerUnit, Volume, states_prices
from engine.pricing.models.ramp import segment_list, uplifted
from engine.pricing.plan import Narrowness
from engine.pricing.pools import model_for, pooled_quantity, tell_pool
from engine.pricing.request import RequestLine
from engine.pricing.state import ZERO, LineState, Record, minor_units
from engine.pricing.work import Work, line_record

_OF_ONE_PRODUCT = (Narrowness.SKU, Narrowness.PRODUCT)


class MissingPriceError(ValueError):
    """No price book, contract or model has a price for a line."""


def start_line(work: Work, finder: Finder, state: LineState) -> None:
    """Give a line its list price and the price that rules start from; raises ``MissingPriceError``."""
    line, record = state.line, state.record
    found = finder.find(line, record)
    contract, model = agreed_and_model(work, line, record)
    stated = model is not None and states_prices(model.use.model)
    is_after = contract is not None and contract.contract.price is None and stated
    if found is None and contract is not None and contract.contract.price is None and not is_after:
        contract = None  # a percent off what nobody states is no price
    _tell(work, state, contract)
    if found is not None:
        state.source = found.source
        _list(state, found.unit)
        if found.sold_unit is not None:
            state.amount = step(EXACT.multiply(found.sold_unit, state.sold))
    elif contract is None and model is None and line.segment_price is None:
        raise MissingPriceError(line.sku)
    if contract is not None and not is_after:
        _apply_contract(work, state, contract, listed=found is not None)
    if model is not None:
        _apply_model(work, state, model, listed=found is not None or (contract is not None and not is_after))
    if contract is not None and is_after:
        _apply_contract(work, state, contract, listed=True)
    _apply_segment(state, listed=found is not None or contract is not None or model is not None)
    state.start = state.running_amount
    mode = work.plan.rules.rounding.mode
    listed = EXACT.multiply(state.list_unit, line.quantity)
    if found is not None and found.sold_unit is not None:
        listed = EXACT.multiply(found.sold_unit, state.sold)
    own = None if line.segment_price is None else EXACT.multiply(line.segment_price, line.quantity)
    state.list_amount = minor_units(segment_list(listed, own, line.uplift_percent), work.currency, mode)


def start_percent_line(work: Work, state: LineState, plan: PercentPlan, unit: Decimal) -> None:
    """Give a line that is a percent of others the price that it starts from; it has no list price.

    What is agreed for the line itself acts on it: a contracted price, a contracted percent for its product, the price
    of a segment. A contracted percent for a family or for anything, and an uplift, have changed what the line counts.
    """
    state.source = plan.no
    state.put_unit(plan.no, unit)
    contract = contract_for(work, state.line, state.record)
    if contract is not None and (contract.contract.price is not None or contract.contract.match.by in _OF_ONE_PRODUCT):
        _tell(work, state, contract)
        state.put_unit(contract.no, contracted_unit(work, contract, state.unit, state.record))
    if state.line.segment_price is not None:
        state.put_unit(SEGMENT_PRICE, state.line.segment_price)
    state.start = state.running_amount


def _tell(work: Work, state: LineState, contract: ContractPlan | None) -> None:
    notes = None if work.told is None else work.told.about(state.line.id)
    if notes is not None and contract is not None:
        notes.acted(contract.no, contract.contract.when, work.records(state.record))


def _list(state: LineState, unit: Decimal) -> None:
    state.list_unit = state.unit = unit
    state.record["list"] = unit


def _listed_or_step(state: LineState, number: int, unit: Decimal, *, listed: bool) -> None:
    """A step down from the list price, or the list price itself where nothing else states one."""
    if listed:
        state.put_unit(number, unit)
    else:
        state.source = number
        _list(state, unit)


def _apply_contract(work: Work, state: LineState, plan: ContractPlan, *, listed: bool) -> None:
    if state.amount is not None and plan.contract.price is None:
        state.put_amount(plan.no, contracted_unit(work, plan, state.amount, state.record))
        return
    _listed_or_step(state, plan.no, contracted_unit(work, plan, state.unit, state.record), listed=listed)


def _apply_segment(state: LineState, *, listed: bool) -> None:
    """The price or the uplift of a ramp segment: after the model, which may state a price of its own; on percents off
    the order makes no difference.
    """
    line = state.line
    if line.segment_price is not None:
        _listed_or_step(state, SEGMENT_PRICE, line.segment_price, listed=listed)
    if line.uplift_percent:
        _apply_uplift(state, line.uplift_percent)


def _apply_uplift(state: LineState, percent: Decimal) -> None:
    if state.amount is None:
        state.put_unit(UPLIFT, uplifted(state.unit, percent))
    else:
        state.put_amount(UPLIFT, uplifted(state.amount, percent))


def agreed_and_model(work: Work, line: RequestLine, record: Record) -> tuple[ContractPlan | None, ModelPlan | None]:
    """The contracted price and the price model of a line, as far as they act.

    An agreed price stands in the place of a model that states prices of its own; a percent is taken off what the model
    states. What is used is billed by its model, so that a price agreed beside one does not act there.
    """
    contract, model = contract_for(work, line, record), model_for(work, line)
    if contract is None or model is None or contract.contract.price is None or not states_prices(model.use.model):
        return contract, model
    notes = None if work.told is None else work.told.about(line.id)
    if line.charge.kind is ChargeKind.USAGE:
        if notes is not None:
            notes.lost[contract.no] = f"usage is billed by {model.use.id}, and agreed percents alone act on it"
        return None, model
    if notes is not None:
        notes.lost[model.no] = f"replaced by the price agreed in {contract.contract.id}"
    return contract, None


def _apply_model(work: Work, state: LineState, plan: ModelPlan, *, listed: bool) -> None:
    line, model = state.line, plan.use.model
    base = state.unit if state.amount is None else EXACT.divide(state.amount, state.quantity)
    if isinstance(model, CostPlus):
        if line.cost is None:
            raise MissingPriceError(line.sku)
        base = line.cost
    pooled = pooled_quantity(work, line, plan)
    tell_pool(work, line, plan, pooled)
    unit: Decimal | None = None
    amount: Decimal | None = None
    if isinstance(model, Volume) and model.prices_units:
        unit = model.unit_price(EXACT.add(pooled, line.prior_quantity), base)
    elif isinstance(model, CostPlus):
        unit = model.unit_price(base)
    elif isinstance(model, PerUnit):
        unit = model.unit_price
    else:
        amount = _rated_amount(plan, line, pooled, base)
    if unit is not None and state.amount is not None and not isinstance(model, CostPlus | PerUnit):
        state.put_amount(plan.no, EXACT.multiply(unit, state.quantity))
        return
    if unit is not None:
        _listed_or_step(state, plan.no, unit, listed=listed)
        return
    assert amount is not None
    state.is_whole = line.segment_price is None
    if listed:
        state.put_amount(plan.no, amount)
        return
    state.source = plan.no
    state.put_amount(plan.no, amount)
    state.trace.pop()
    _set_list(state)


def _set_list(state: LineState) -> None:
    state.list_unit = state.running_unit
    state.record["list"] = state.list_unit


def _rated_amount(plan: ModelPlan, line: RequestLine, pooled: Decimal, base: Decimal) -> Decimal:
    """The price of the line's own quantity; of a pooled one its share by quantity, so that line order never matters."""
    prior = line.prior_quantity if line.prior_quantity else None
    if pooled == line.quantity:
        return plan.use.model.rate(line.quantity, prior=prior, base=base).amount
    whole = plan.use.model.rate(pooled, prior=prior, base=base).amount
    return EXACT.divide(EXACT.multiply(whole, line.quantity), pooled) if pooled else ZERO


def new_state(work: Work, line: RequestLine) -> LineState:
    """The running state of a line before it has a price."""
    return LineState(line, line_record(work.plan, line), work.currency, work.plan.rules.rounding)
