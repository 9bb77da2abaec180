"""Invented company names; the stems are made up, so that no real firm is meant."""

import random
import unicodedata
from collections.abc import Iterator
from typing import Final

_HEADS: Final = (
    "Arrel Bram Cald Dunn Ebber Farr Gant Hazel Isk Jarrow Kest Lamb Marl Noller Oster Pell Quill Rush Scar "
    "Tarn Ulver Vell Wether Yarl Zell Bexter Cray Drum Essel Fiddle Gorrel Hask Immer Lode Mickle Oaken "
    "Pinn Rook Tolver Ånder Brück Corbé Dörn Élan Fjäll Grön Hélo Lôr Mënn Núr Sävel Tésk"
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
# How often a name has each shape; the plain one leads, as in any list of clients.
_SHAPES: Final = {
    "{one} {trade}": 66,
    "{one} & {two} {trade}": 9,
    "{one}-{two} {trade}": 6,
    "{one} & Sons {trade}": 5,
    "{one}'s {trade}": 4,
    "O'{one} {trade}": 3,
    "The {one} {trade} Co.": 4,
    "St. {one} {trade}": 3,
}
_LONGEST: Final = 50


def invented_names(draw: random.Random) -> Iterator[str]:
    """Yield different names without end, of up to 50 characters; the same generator state gives the same."""
    seen: set[str] = set()
    shapes, weights = tuple(_SHAPES), tuple(_SHAPES.values())
    while True:
        shape = draw.choices(shapes, weights)[0]
        name = shape.format(one=_stem(draw), two=_stem(draw), trade=draw.choice(_TRADES))
        if name in seen:
            name = f"{name} ({_stem(draw)})"
        if name in seen or len(name) > _LONGEST:
            continue
        seen.add(name)
        whole = f"{name} {draw.choice(_FORMS)}".strip()
        yield whole if len(whole) <= _LONGEST else name


def slug(name: str) -> str:
    """Return a name in lower case without accents, with a hyphen for every run of other characters."""
    plain = unicodedata.normalize("NFKD", name.lower()).encode("ascii", "ignore").decode()
    return "-".join("".join(letter if letter.isalnum() else " " for letter in plain).split())


def _stem(draw: random.Random) -> str:
    return draw.choice(_HEADS) + draw.choice(_TAILS)
