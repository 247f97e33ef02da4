"""Sets of characters: Unicode categories, blocks and the escapes of XML Schema, as ranges of code points."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import TypeAlias

from engine.language.values.fault import UndefinedError

Ranges: TypeAlias = tuple[tuple[int, int], ...]
"""Ranges of code points, both ends included."""

_LAST = 0x10FFFF
_CATEGORIES = frozenset(
    "L Lu Ll Lt Lm Lo M Mn Mc Me N Nd Nl No P Pc Pd Ps Pe Pi Pf Po Z Zs Zl Zp S Sm Sc Sk So C Cc Cf Co Cn".split()
)
_RE2_KNOWS = _CATEGORIES - {"Cn", "C"}

_BLOCKS = """BasicLatin 0 7F;Latin-1Supplement 80 FF;LatinExtended-A 100 17F;LatinExtended-B 180 24F
IPAExtensions 250 2AF
SpacingModifierLetters 2B0 2FF;CombiningDiacriticalMarks 300 36F;Greek 370 3FF;GreekandCoptic 370 3FF;Cyrillic 400 4FF
CyrillicSupplement 500 52F;Armenian 530 58F;Hebrew 590 5FF;Arabic 600 6FF;Syriac 700 74F;Thaana 780 7BF
Devanagari 900 97F;Bengali 980 9FF;Gurmukhi A00 A7F;Gujarati A80 AFF;Oriya B00 B7F;Tamil B80 BFF;Telugu C00 C7F
Kannada C80 CFF;Malayalam D00 D7F;Sinhala D80 DFF;Thai E00 E7F;Lao E80 EFF;Tibetan F00 FFF;Myanmar 1000 109F
Georgian 10A0 10FF;HangulJamo 1100 11FF;Ethiopic 1200 137F;Cherokee 13A0 13FF
UnifiedCanadianAboriginalSyllabics 1400 167F;Ogham 1680 169F;Runic 16A0 16FF;Tagalog 1700 171F;Hanunoo 1720 173F
Khmer 1780 17FF;Mongolian 1800 18AF;Limbu 1900 194F;PhoneticExtensions 1D00 1D7F;LatinExtendedAdditional 1E00 1EFF
GreekExtended 1F00 1FFF;GeneralPunctuation 2000 206F;SuperscriptsandSubscripts 2070 209F;CurrencySymbols 20A0 20CF
CombiningMarksforSymbols 20D0 20FF;CombiningDiacriticalMarksforSymbols 20D0 20FF;LetterlikeSymbols 2100 214F
NumberForms 2150 218F;Arrows 2190 21FF;MathematicalOperators 2200 22FF;MiscellaneousTechnical 2300 23FF
ControlPictures 2400 243F;OpticalCharacterRecognition 2440 245F;EnclosedAlphanumerics 2460 24FF;BoxDrawing 2500 257F
BlockElements 2580 259F;GeometricShapes 25A0 25FF;MiscellaneousSymbols 2600 26FF;Dingbats 2700 27BF
BraillePatterns 2800 28FF;CJKRadicalsSupplement 2E80 2EFF;KangxiRadicals 2F00 2FDF
IdeographicDescriptionCharacters 2FF0 2FFF;CJKSymbolsandPunctuation 3000 303F;Hiragana 3040 309F;Katakana 30A0 30FF
Bopomofo 3100 312F;HangulCompatibilityJamo 3130 318F;Kanbun 3190 319F;BopomofoExtended 31A0 31BF
EnclosedCJKLettersandMonths 3200 32FF;CJKCompatibility 3300 33FF;CJKUnifiedIdeographsExtensionA 3400 4DBF
CJKUnifiedIdeographs 4E00 9FFF;YiSyllables A000 A48F;YiRadicals A490 A4CF;HangulSyllables AC00 D7AF
PrivateUse E000 F8FF;PrivateUseArea E000 F8FF;CJKCompatibilityIdeographs F900 FAFF
AlphabeticPresentationForms FB00 FB4F;ArabicPresentationForms-A FB50 FDFF;CombiningHalfMarks FE20 FE2F
CJKCompatibilityForms FE30 FE4F;SmallFormVariants FE50 FE6F;ArabicPresentationForms-B FE70 FEFF
HalfwidthandFullwidthForms FF00 FFEF;Specials FFF0 FFFF;OldItalic 10300 1032F;Gothic 10330 1034F;Deseret 10400 1044F
ByzantineMusicalSymbols 1D000 1D0FF;MusicalSymbols 1D100 1D1FF;MathematicalAlphanumericSymbols 1D400 1D7FF
CJKUnifiedIdeographsExtensionB 20000 2A6DF;CJKCompatibilityIdeographsSupplement 2F800 2FA1F;Tags E0000 E007F
Emoticons 1F600 1F64F"""

_BLOCK_RANGES: dict[str, tuple[int, int]] = {
    name: (int(low, 16), int(high, 16))
    for name, low, high in (entry.split() for line in _BLOCKS.splitlines() for entry in line.split(";"))
}

_NAME_START: Ranges = (
    (0x3A, 0x3A),
    (0x41, 0x5A),
    (0x5F, 0x5F),
    (0x61, 0x7A),
    (0xC0, 0xD6),
    (0xD8, 0xF6),
    (0xF8, 0x2FF),
    (0x370, 0x37D),
    (0x37F, 0x1FFF),
    (0x200C, 0x200D),
    (0x2070, 0x218F),
    (0x2C00, 0x2FEF),
    (0x3001, 0xD7FF),
    (0xF900, 0xFDCF),
    (0xFDF0, 0xFFFD),
)
_NAME_MORE: Ranges = (*_NAME_START, (0x2D, 0x2E), (0x30, 0x39), (0xB7, 0xB7), (0x300, 0x36F), (0x203F, 0x2040))
_SPACES: Ranges = ((9, 10), (13, 13), (32, 32))


def normalised(ranges: Ranges) -> Ranges:
    """Return the same characters as sorted ranges that neither touch nor overlap."""
    merged: list[tuple[int, int]] = []
    for low, high in sorted(ranges):
        if merged and low <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], high))
        else:
            merged.append((low, high))
    return tuple(merged)


def subtract(ranges: Ranges, removed: Ranges) -> Ranges:
    """Return the characters of ``ranges`` that are not in ``removed``."""
    left = normalised(ranges)
    for low, high in normalised(removed):
        left = tuple(
            piece
            for start, end in left
            for piece in ((start, min(end, low - 1)), (max(start, high + 1), end))
            if piece[0] <= piece[1]
        )
    return left


def in_class(ranges: Ranges) -> str:
    """Write ranges as a character class of RE2; no characters at all become a class that never matches."""
    pieces = "".join(f"\\x{{{low:x}}}-\\x{{{high:x}}}" for low, high in normalised(ranges))
    return f"[{pieces}]" if pieces else "[^\\x{0}-\\x{10ffff}]"


def re2_property(name: str, *, negated: bool, inside: bool = False) -> str:
    """Write ``\\p{name}`` for RE2; ``inside`` a character class no brackets are added."""
    if name in _RE2_KNOWS:
        return ("\\P{" if negated else "\\p{") + name + "}"
    written = in_class(property_ranges(name, negated=negated))
    return written[1:-1] if inside else written


def property_ranges(name: str, *, negated: bool = False) -> Ranges:
    """Return the characters of a category (``Lu``), block (``IsGreek``) or escape (``\\d``)."""
    ranges = _positive(name)
    return subtract(((0, _LAST),), ranges) if negated else ranges


def _positive(name: str) -> Ranges:
    match name:
        case "\\s":
            return _SPACES
        case "\\d":
            return _category("Nd")
        case "\\w":
            return subtract(((0, _LAST),), (*_category("P"), *_category("Z"), *_category("C")))
        case "\\i":
            return _NAME_START
        case "\\c":
            return _NAME_MORE
        case _:
            return _named(name)


def _named(name: str) -> Ranges:
    if name.startswith("Is") and name[2:] in _BLOCK_RANGES:
        return (_BLOCK_RANGES[name[2:]],)
    if name not in _CATEGORIES:
        raise UndefinedError(f"`{name[:40]}` is not a property of characters")
    return _category(name)


@lru_cache(maxsize=64)
def _category(name: str) -> Ranges:
    spans: list[tuple[int, int]] = []
    start = -1
    for code in range(_LAST + 2):
        member = code <= _LAST and unicodedata.category(chr(code)).startswith(name)
        if member and start < 0:
            start = code
        elif not member and start >= 0:
            spans.append((start, code - 1))
            start = -1
    return tuple(spans)
