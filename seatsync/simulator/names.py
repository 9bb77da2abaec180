"""Invented company names; the stems are made up, so that no real firm is meant."""

import random
import unicodedata
from collections.abc import Iterator
from typing import Final

_HEADS: Final = (
    "Arrel Bram Cald Dunn Ebber Farr Gant Hazel Isk Jarrow Kest Lamb Marl Noller Oster Pell Quill Rush Scar "
    "Tarn Ulver Vell Wether Yarl Zell Bexter Cray Drum Essel Fiddle Gorrel Hask Immer Lode Mickle Oaken "
    "Pinn Rook Tolver"
).split()
_TAILS: Final = (
    "wick cote ford mere dale holt combe thwaite ley stow burn hurst garth beck fell mark low shaw rigg ham "
    "worth gate leigh marsh croft"
).split()
_TRADES: Final = (
    "Accountants|Architects|Bakery|Brewing|Cabinet Makers|Care Homes|Catering|Ceramics|Chartered Surveyors|"
    "Civil Engineering|Coach Hire|Cold Storage|Commercial Cleaning|Dental Care|Design Studio|Electrical|"
    "Estate Agents|Event Hire|Farm Supplies|Financial Planning|Flooring|Food Importers|Freight|Furniture|"
    "Garden Centre|Glazing|Haulage|Insurance Brokers|Joinery|Landscapes|Law|Lettings|Machine Tools|Marine|"
    "Opticians|Packaging|Pharmacy|Plant Hire|Plastics|Castings|Print|Property Management|Recruitment|"
    "Roofing|School of Music|Seed Merchants|Steelwork|Timber|Training|Travel|Veterinary Practice|Warehousing"
).split("|")
_FORMS: Final = ("Ltd", "Ltd", "Limited", "LLP", "LLC", "Inc", "Group", "")


def invented_names(draw: random.Random) -> Iterator[str]:
    """Yield different names without end; the same generator state gives the same names."""
    seen: set[str] = set()
    while True:
        stem = draw.choice(_HEADS) + draw.choice(_TAILS)
        plain = f"{stem} {draw.choice(_TRADES)}"
        if len(seen) > len(_HEADS) * len(_TAILS):
            plain = f"{plain} ({draw.choice(_HEADS)}{draw.choice(_TAILS)})"
        if plain not in seen:
            seen.add(plain)
            yield f"{plain} {draw.choice(_FORMS)}".strip()


def slug(name: str) -> str:
    """Return a name in lower case without accents, with a hyphen for every run of other characters."""
    plain = unicodedata.normalize("NFKD", name.lower()).encode("ascii", "ignore").decode()
    return "-".join("".join(letter if letter.isalnum() else " " for letter in plain).split())
