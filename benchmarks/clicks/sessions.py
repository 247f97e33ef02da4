"""Recording: sessions of consistent choices on a model, seeded, or taken from real sales where there is a history."""

from __future__ import annotations

import csv
import gzip
import os
import random
import zlib
from dataclasses import dataclass
from pathlib import Path

from engine.cli.model_file import load
from engine.configuration import Budget, Choice, Model, State, Value
from engine.configuration.configurator import Configurator

CLICKS = 12
PATIENT = Budget(conflicts=10**9, milliseconds=60_000)
"""No benchmark ends because the machine is busy."""
FOLDER = Path(os.environ.get("CPQ_MODELS", Path(__file__).resolve().parents[3] / "shared" / "models"))


@dataclass(frozen=True, slots=True)
class Case:
    """A public model: its file, the file of real sales if there is one, and whether a diagram is worth a try."""

    file: str
    sales: str = ""
    compiles: bool = False

    @property
    def name(self) -> str:
        return self.file.split(".dimacs")[0].split(".xcsp")[0].split(".tar")[0]

    @property
    def truth(self) -> Path:
        """The answers of other tools."""
        return FOLDER / f"{self.file.removesuffix('.gz').removesuffix('.tar.xz')}.truth.json"

    def there(self) -> bool:
        return (FOLDER / self.file).exists()

    def model(self) -> Model:
        return load(FOLDER / self.file)


CASES = (
    Case("printer.dimacs", compiles=True),
    Case("renault-small.xcsp.xml", "renault-small.sales.csv.gz", compiles=True),
    Case("renault-medium.xcsp.xml", "renault-medium.sales.csv", compiles=True),
    Case("renault-megane-111.tar.xz", compiles=True),
    Case("pc-richmond.dimacs", compiles=True),
    Case("ecos-i386pc.dimacs"),
    Case("financialservices01.dimacs"),
    Case("automotive01.dimacs"),
    Case("linux-2.6.33.3.dimacs.gz"),
)
MORE = (
    Case("bank.dimacs", compiles=True),
    Case("berkeleydb.dimacs", compiles=True),
    Case("e-shop.dimacs", compiles=True),
    Case("fiasco.dimacs", compiles=True),
    Case("windows7.dimacs", compiles=True),
    Case("toybox.dimacs", compiles=True),
    Case("axtls.dimacs", compiles=True),
    Case("e-agribusiness.dimacs", compiles=True),
)

Session = tuple[Choice, ...]
"""The choices of one customer, in the order of the clicks; all of them together can be completed."""


def record(engine: Configurator, count: int, *, seed: int = 1) -> list[Session]:
    """Sessions of random choices: each click picks an open variable and one of the values it still has."""
    rnd = random.Random(zlib.crc32(engine.model.name.encode()) + seed)
    names = [each.name for each in engine.model.variables if each.decision]
    return [_session(engine, rnd, names, None) for _ in range(count)]


def replay(engine: Configurator, case: Case, count: int, *, seed: int = 1) -> list[Session]:
    """Sessions that choose what real customers bought, in random order, as far as it is still possible."""
    path = FOLDER / case.sales
    text = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    rnd = random.Random(seed)
    bought = list(csv.DictReader(text.decode().splitlines()))
    values = {each.name: {str(value): value for value in each.values} for each in engine.model.variables}
    found = []
    for row in rnd.sample(bought, count):
        wanted = {name: values[name][each] for name, each in row.items() if each in values.get(name, {})}
        found.append(_session(engine, rnd, sorted(wanted), wanted))
    return found


def sessions_of(engine: Configurator, case: Case, count: int) -> list[Session]:
    """The recorded sessions of a case."""
    return replay(engine, case, count) if case.sales else record(engine, count)


def _session(engine: Configurator, rnd: random.Random, names: list[str], wanted: dict[str, Value] | None) -> Session:
    state = engine.configure((), budget=PATIENT)
    assert isinstance(state, State) and state.consistent
    chosen: list[Choice] = []
    for name in rnd.sample(names, len(names)):
        if len(chosen) == CLICKS:
            break
        possible = state.domain(name).possible
        value = rnd.choice(possible) if wanted is None else wanted[name]
        if len(possible) < 2 or value not in possible:
            continue
        chosen.append(Choice(name, value))
        found = engine.configure(chosen, previous=state, budget=PATIENT)
        assert isinstance(found, State) and found.consistent
        state = found
    return tuple(chosen)
