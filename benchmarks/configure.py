"""What a click on a bundle costs: the shipped workstation, its rules on a real parts list, and growing catalogs.

Budgets: at most 15 ms CPU a click (median) on the parts list at class level, at most 2 ms on the shipped book; over
gRPC at most 2 x an echo. Results first: on a sample of clicks, options shown are tried against the solver by itself.
"""

from __future__ import annotations

import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from cpq.v1 import configuration_pb2
from google.protobuf.json_format import ParseDict
from grpc_health.v1 import health_pb2

from benchmarks.measure import exponent, percentile, report
from benchmarks.rpc import clicks
from benchmarks.serving.load import Call, compare, send
from benchmarks.serving.process import Server, our_server
from engine.adapters.part_catalog import on_parts
from engine.adapters.rule_folder import read_folder, unpack
from engine.api.charting import CHART_AFTER
from engine.configuration.answers import Budget, Choice, Relation
from engine.configuration.products import Pick, ProductChoice, ProductModel, ProductState, Set, Standing
from engine.configuration.products.configurator import ProductConfigurator
from engine.configuration.products.vocabulary import Vocabulary
from engine.rulebook.load import load

ROOT = Path(__file__).resolve().parents[1]
PARTS = ROOT.parent / "shared" / "data" / "pc-configurator"
SESSIONS = 12
CLICKS = 12
CHECKED = 40
SIZES = (100, 1_000, 10_000, 100_000)
GENERATED_SESSIONS = 6
CONFIGURE = "/cpq.v1.ConfigurationService/Configure"
HEALTH = "/grpc.health.v1.Health/Check"
PATIENT = Budget(conflicts=10**9, milliseconds=120_000)


def product_of(files: dict[str, bytes], sku: str) -> ProductModel:
    """A compiled bundle of a book."""
    loaded = load(unpack(files))
    assert loaded.book is not None, [str(each) for each in loaded.diagnostics[:5]]
    return loaded.book.products[sku]


def generated(products: int) -> dict[str, bytes]:
    """Four slots over so many products of up to 648 classes each, and rules between all neighbours."""
    rnd = random.Random(products)
    kinds = ("a", "b", "c", "d")
    rows: dict[str, list[str]] = {kind: [] for kind in kinds}
    for at in range(products):
        kind = kinds[at % 4]
        facts = (rnd.randrange(6), rnd.randrange(12), rnd.randrange(1, 10) * 5)
        rows[kind].append(f"{kind.upper()}{at},Part {at},{facts[0]},{facts[1]},{facts[2]},{rnd.randrange(10, 900)}.00")
    attributes = "{shape: {type: number}, size: {type: number}, load: {type: number}}"
    categories = "".join(f"  {kind}: {{attributes: {attributes}}}\n" for kind in kinds)
    groups = "".join(f'      - {{id: {kind}, title: {kind}, where: category = "{kind}"}}\n' for kind in "abc")
    files = {
        "book.yaml": "id: big\ntitle: Big\ncurrency: EUR\n",
        "catalog/c.yaml": f"categories:\n{categories}  top: {{attributes: {{}}}}\n"
        "products:\n  - {sku: TOP, name: Top, category: top, list: {EUR: 1.00}}\n"
        f"bundles:\n  - sku: TOP\n    title: Top\n    groups:\n{groups}"
        '      - {id: d, title: d, where: category = "d", min: 0, max: 2, quantity_max: 3}\n',
        "constraints/c.yaml": "bundle: TOP\nconstraints:\n"
        "  - {id: shape, require: a.shape = b.shape}\n"
        "  - {id: size, require: b.size <= c.size + 4}\n"
        "  - {id: inner, require: every x in d satisfies x.size <= c.size}\n"
        "  - {id: load, require: a.load + b.load + sum(for x in d return x.load * x.qty) <= 150}\n",
    }
    for kind, lines in rows.items():
        head = f"# parts ; category={kind}\nsku,name,shape,size,load,list.EUR"
        files[f"catalog/{kind}.csv"] = "\n".join([head, *lines]) + "\n"
    return {path: text.encode() for path, text in files.items()}


def open_choices(state: ProductState, made: Sequence[ProductChoice]) -> dict[str, list[ProductChoice]]:
    """What can be clicked, by slot and attribute: one product of each class."""
    taken = {each.slot for each in made if isinstance(each, Pick)}
    found: dict[str, list[ProductChoice]] = {}
    for slot in state.slots:
        if slot.path not in taken:
            fits = [Pick(slot.path, each.skus[0]) for each in slot.options if each.standing is Standing.POSSIBLE]
            found |= {slot.path: list(fits)} if fits else {}
    for setting in state.settings:
        values = [value for value, standing in setting.values if standing is Standing.POSSIBLE]
        found |= {setting.path: [Set(setting.path, each) for each in values]} if len(values) > 1 else {}
    return found


def sessions(engine: ProductConfigurator, seed: int, count: int) -> Iterator[tuple[list[ProductChoice], float]]:
    """Seeded customers who click what is possible: the choices after each click, and its milliseconds of CPU."""
    rnd = random.Random(seed)
    for _ in range(count):
        made: list[ProductChoice] = []
        state = engine.configure(made, budget=PATIENT)
        for _ in range(CLICKS):
            assert isinstance(state, ProductState) and state.consistent
            places = open_choices(state, made)
            if not places:
                break
            made.append(rnd.choice(places[rnd.choice(sorted(places))]))
            start = time.thread_time()
            after = engine.configure(made, previous=state, budget=PATIENT)
            spent = (time.thread_time() - start) * 1000
            assert isinstance(after, ProductState)
            state = after
            yield list(made), spent


def assert_exact(engine: ProductConfigurator, clicks: Sequence[Sequence[ProductChoice]], seed: int) -> int:
    """Options of a sample of clicks, each tried by the solver alone; how many were tried."""
    rnd, words = random.Random(seed), Vocabulary(engine.product)
    tried = 0
    for made in clicks:
        state = engine.configure(made, budget=PATIENT)
        assert isinstance(state, ProductState)
        spoken = words.spoken(made)
        for slot in state.slots:
            if any(isinstance(each, Pick) and each.slot == slot.path for each in made):
                continue
            for option in rnd.sample(slot.options, min(6, len(slot.options))):
                place = engine.product.slots[slot.path].places[0]
                label = engine.product.slots[slot.path].classes[
                    engine.product.slots[slot.path].class_of[option.skus[0]]
                ]
                alone = engine.engine.satisfiable(
                    [*spoken, Choice(place.path, label.label, Relation.IS)], budget=PATIENT
                )
                assert alone == (option.standing is not Standing.IMPOSSIBLE), (slot.path, option)
                tried += 1
    return tried


def measured(name: str, product: ProductModel, count: int = SESSIONS, *, charted: bool = False) -> dict[str, object]:
    """First answer (with the chart, where there is one), clicks, and the check against the solver."""
    start = time.thread_time()
    engine = ProductConfigurator(product)
    assert not charted or engine.chart()
    engine.configure((), budget=PATIENT)
    first = (time.thread_time() - start) * 1000
    clicks = list(sessions(engine, seed=7, count=count))
    rnd = random.Random(3)
    tried = assert_exact(engine, rnd.sample([made for made, _ in clicks], min(8, len(clicks))), seed=5)
    spent = [each for _, each in clicks]
    again = [_cpu_ms(engine, made) for made, _ in clicks]
    return {
        "catalog": name,
        "products": sum(len(each.skus) for slot in product.slots.values() for each in slot.classes),
        "classes": sum(len(slot.classes) for slot in product.slots.values()),
        "first ms": first,
        "clicks": len(spent),
        "median ms": statistics.median(spent),
        "p99 ms": percentile(spent, 0.99),
        "repeated median ms": statistics.median(again),
        "options checked": tried,
    }


def _cpu_ms(engine: ProductConfigurator, made: Sequence[ProductChoice]) -> float:
    start = time.thread_time()
    engine.configure(made, budget=PATIENT)
    return (time.thread_time() - start) * 1000


def alone(size: int) -> dict[str, object]:
    """A catalog of this size, measured in this process, with the memory it took at most."""
    row = measured(f"generated {size}", product_of(generated(size), "TOP"), count=GENERATED_SESSIONS)
    status = Path("/proc/self/status").read_text()  # the peak of this program, not of the one that started it
    row["peak MB"] = int(status.partition("VmHWM:")[2].split()[0]) / 1024
    return row


def over_rpc() -> list[dict[str, object]]:
    """Clicks on the shipped book over gRPC against an echo: new choices each time, and those already known."""
    engine = ProductConfigurator(product_of(read_folder(ROOT / "rules" / "workstation"), "WS"))
    asked = [request_of(made).SerializeToString() for made, _ in sessions(engine, seed=11, count=24)]
    with tempfile.TemporaryDirectory(prefix="cpq-bench-") as folder:
        server = our_server(Path(folder))
        try:
            click = server.call(CONFIGURE)
            few = configuration_pb2.ConfigureRequest.FromString(asked[5])
            few.state_token = configuration_pb2.ConfigurationState.FromString(click(asked[4])).state_token
            few.only_changes, few.option_limit = True, 20
            have_charted(server)
            fresh = iter(asked[6:])
            new = send(Call(server, CONFIGURE, lambda: next(fresh), len(asked) - 6), in_flight=1).cpu_us
            least, cost = compare(
                Call(server, HEALTH, health_pb2.HealthCheckRequest().SerializeToString(), 400),
                {
                    "known choices, everything": Call(server, CONFIGURE, asked[5], 200),
                    "known choices, changes, 20 options": Call(server, CONFIGURE, few.SerializeToString(), 200),
                },
                rounds=5,
            )
        finally:
            server.close()
    found = {"echo": least.cpu_us} | {name: each.cost.cpu_us for name, each in cost.items()}
    found["new choices, everything (mean)"] = new
    ratios = {name: each.cpu_ratio for name, each in cost.items()}
    return [
        {"call": name, "server CPU us": us, "ratio to echo": ratios.get(name, us / least.cpu_us)}
        for name, us in found.items()
    ]


def with_tokens() -> list[dict[str, object]]:
    """New choices with the token of the state before, known to the server, made by another one, or left out.

    The second server has never seen the states whose tokens it gets, as after a restart. One call after the other.
    """
    engine = ProductConfigurator(product_of(read_folder(ROOT / "rules" / "workstation"), "WS"))
    asked = [request_of(made) for made, _ in sessions(engine, seed=12, count=24)]
    plain = [each.SerializeToString() for each in asked]
    sent: list[bytes] = []
    answers: list[list[bytes]] = []
    cost: dict[str, float] = {}
    with serving() as server:
        cost["echo, one after the other"] = asked_of(server, HEALTH, [b""] * 400)[0]
        token = ""
        for each in asked:
            each.state_token = token if len(each.choices) > 1 else ""
            sent.append(each.SerializeToString())
            (reply,) = asked_of(server, CONFIGURE, sent[-1:])[1]
            token = configuration_pb2.ConfigurationState.FromString(reply).state_token
        cost["known choices with their token"], known = asked_of(server, CONFIGURE, sent)
        answers.append(known)
    for name, bodies in (("new choices with tokens of another server", sent), ("new choices without tokens", plain)):
        with serving() as server:
            have_charted(server)
            cost[name], replies = asked_of(server, CONFIGURE, bodies)
            answers.append(replies)
    assert answers[0] == answers[1] == answers[2], "a token changes what a click costs, not what it answers"
    base = cost["echo, one after the other"]
    return [{"call": name, "server CPU us": us, "ratio to echo": us / base} for name, us in cost.items()]


def have_charted(server: Server) -> None:
    """Ask about the bundle so often that it is charted, which happens beside the calls, and wait for that."""
    other = clicks()
    asked_of(server, CONFIGURE, [other() for _ in range(2 * CHART_AFTER)])
    server.rest()


@contextmanager
def serving() -> Iterator[Server]:
    """A server of the shipped book with a fresh database."""
    with tempfile.TemporaryDirectory(prefix="cpq-bench-") as folder:
        server = our_server(Path(folder))
        try:
            yield server
        finally:
            server.close()


def asked_of(server: Server, path: str, bodies: Sequence[bytes]) -> tuple[float, list[bytes]]:
    """Microseconds of the server's CPU a call (mean), and the replies."""
    call = server.call(path)
    start = server.cpu_seconds()
    replies = [call(body) for body in bodies]
    return (server.cpu_seconds() - start) / len(bodies) * 1e6, replies


def request_of(made: Sequence[ProductChoice]) -> configuration_pb2.ConfigureRequest:
    """The call for choices."""
    request = configuration_pb2.ConfigureRequest(product="products/WS")
    for each in made:
        if isinstance(each, Pick):
            request.choices.add(pick=configuration_pb2.Pick(slot=each.slot, sku=each.sku))
        else:
            value = {"flag": each.value} if isinstance(each.value, bool) else {"text": each.value}
            ParseDict({"setting": {"attribute": each.setting, "value": value}}, request.choices.add())
    return request


def main() -> None:
    """Measure everything; a generated catalog is measured in a process of its own, for its memory."""
    if len(sys.argv) > 1:
        print(json.dumps(alone(int(sys.argv[1]))))
        return
    book = read_folder(ROOT / "rules" / "workstation")
    rows = [measured("workstation", product_of(book, "WS"))]
    rows.append(measured("workstation, charted", product_of(book, "WS"), charted=True))
    if PARTS.is_dir():
        rows.append(measured("workstation on the parts list", product_of(on_parts(book, PARTS), "WS")))
    curve = []
    for size in SIZES:
        command = [sys.executable, "-m", "benchmarks.configure", str(size)]
        done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True, timeout=400)
        row = json.loads(done.stdout.strip().splitlines()[-1])
        rows.append(row)
        curve.append((float(size), float(row["median ms"])))
    rows.append({"catalog": "fitted exponent of the median", "median ms": exponent(curve)})
    rows += over_rpc()
    rows += with_tokens()
    budgets = {
        "median ms of a click": "15 on the parts list, 2 on the shipped book",
        "over gRPC": "at most 2 x the echo",
    }
    report("configure", rows, budgets=budgets)


if __name__ == "__main__":
    main()
