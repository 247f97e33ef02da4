"""The rules of a book on another catalog: product tables of a parts list take the place of the book's own.

The parts list is a folder of CSV files with one header each; how their columns stand for the book's attributes is
written as a catalog file of the rule book itself, so that the same loader, checks and constraints run on it.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from engine.adapters.unreadable import FolderError

PART_FILES = (
    "cpu.csv",
    "motherboard.csv",
    "video-card.csv",
    "memory.csv",
    "power-supply.csv",
    "case.csv",
    "cpu-cooler.csv",
    "storage.csv",
)
# What only makes sense with the book's own products.
_OWN = ("prices/volume.yaml", "prices/regions.csv", "tests/")
_EVERYWHERE = "id, brand, release_year"

_TABLES = f"""\
tables:
  - file: cpu.csv
    category: cpu
    blank: unknown
    repeated: rename
    columns: {{list.USD: list_price_usd, power_w: [max_power_w, tdp_w], tdp_w: tdp_w}}
    ignore: [{_EVERYWHERE}, l3_mb]
    replace: {{socket: {{LGA 1700: LGA1700, LGA 1851: LGA1851}}}}
  - file: motherboard.csv
    category: board
    blank: unknown
    repeated: rename
    columns: {{list.USD: list_price_usd}}
    ignore: [{_EVERYWHERE}, chipset, pcie_gen, cpu_power]
    replace: {{socket: {{LGA 1700: LGA1700, LGA 1851: LGA1851}}}}
  - file: video-card.csv
    category: gpu
    blank: unknown
    repeated: rename
    columns: {{list.USD: list_price_usd, power_w: tdp_w}}
    ignore: [{_EVERYWHERE}, chipset, pcie_6pin]
  - file: memory.csv
    category: memory
    blank: unknown
    repeated: rename
    columns: {{list.USD: list_price_usd}}
    ignore: [{_EVERYWHERE}, rgb]
  - file: power-supply.csv
    category: psu
    blank: unknown
    repeated: rename
    columns: {{list.USD: list_price_usd, watts: wattage}}
    ignore: [{_EVERYWHERE}, modular, length_mm, sata_power]
    replace:
      efficiency:
        80+: white
        80+ White: white
        80+ Standard: standard
        80+ Bronze: bronze
        80+ Silver: silver
        80+ Gold: gold
        80+ Platinum: platinum
        80+ Titanium: titanium
  - file: case.csv
    category: case
    blank: unknown
    repeated: rename
    columns: {{list.USD: list_price_usd, board_form_factors: motherboard_form_factors}}
    ignore: [{_EVERYWHERE}, case_type, expansion_slots, volume_l]
  - file: cpu-cooler.csv
    category: cooler
    blank: unknown
    repeated: rename
    columns: {{list.USD: list_price_usd}}
    ignore: [{_EVERYWHERE}, max_noise_db]
    replace: {{sockets: {{LGA 1700: LGA1700, LGA 1851: LGA1851}}}}
  - file: storage.csv
    category: drive
    blank: unknown
    repeated: rename
    columns: {{list.USD: list_price_usd}}
    ignore: [{_EVERYWHERE}, interface]
    replace: {{form_factor: {{'2.5"': "2.5", '3.5"': "3.5"}}}}
"""
_RATES = (
    "exchange_rates:\n  - {source: USD, target: EUR, rate: 0.90, since: 2020-01-01, origin: fixed for this catalog}\n"
)


def on_parts(book: Mapping[str, bytes], folder: Path) -> dict[str, bytes]:
    """Return the files of a workstation book with the parts list of ``folder`` as its catalog.

    Blanks of the parts list mean unknown. Its dollar prices hold in euro by a fixed rate. Raises ``FolderError`` when a
    file of the parts list is missing.
    """
    missing = [name for name in PART_FILES if not (folder / name).is_file()]
    if missing:
        raise FolderError(f"the parts list `{folder}` has no {', '.join(missing)}")
    kept = {path: content for path, content in book.items() if not _is_own(path)}
    parts = {f"catalog/{name}": (folder / name).read_bytes() for name in PART_FILES}
    rules = {
        "catalog/parts.yaml": _TABLES.encode(),
        "prices/rates.yaml": _RATES.encode(),
    }
    return kept | parts | rules


def _is_own(path: str) -> bool:
    return path.startswith(_OWN) or (path.startswith("catalog/") and path.endswith(".csv"))
