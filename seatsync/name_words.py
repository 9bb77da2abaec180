"""What single words of organisation names mean: legal forms, abbreviations, tags, and how rare a word is.

``words.csv`` says in how many of 41,199 public organisation names a word occurs. It was counted from
registers that are free to use: such under CC0 and such of the United States government.
"""

import csv
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path

BACKGROUND_NAMES = 41_199
COMMON = 12  # the table holds no word that occurs in fewer names

LEGAL_FORMS = frozenset(
    "ab ag aps as asa bhd bv bvba cic cio co company corp corporation cv cvba doo eg ek eirl eurl ehf fsb"
    " gbr gesmbh gmbh haftungsbeschrankt hf inc incorporated kft kg kgaa kk lc lda llc llp lllp lp limited"
    " ltd na nv nyrt ohg ou oy oyj pc plc pllc proprietary pte pty pvt sa sarl sas sasu sci sdn se sl slu"
    " spol spzoo srl sro the uab ug ulc vof zrt".split()
)
LEGAL_SPELLINGS = {"corporation": "corp", "company": "co", "incorporated": "inc", "limited": "ltd"}
LEGAL_TAILS = frozenset(
    (
        ("national", "association"),
        ("limited", "liability"),
        ("ltd", "liability"),
        ("limited", "partnership"),
        ("sa", "de"),
        ("sp", "zoo"),
    )
)

STOP_WORDS = frozenset("a an and at by de del des du et for in la le of on the to with y".split())

TAGS = (  # regular expressions
    "active|archived?|cancell?ed|closed|customer|deleted?|demo|disabled|do not use|dup|duplicate|eval"
    "|evaluation|expired|former|inactive|internal|legacy|managed|msp|nfr|not for resale|off-?boarded|old"
    "|onboarding|pilot|poc|prod|production|proof of concept|sandbox|sub|suspended|terminated|test|testing"
    "|trial|unmanaged"
)
GONE_TAGS = "cancell?ed|closed|deleted?|disabled|do not use|expired|inactive|off-?boarded|old|terminated"
ALIAS_MARKS = (  # regular expressions
    "d ?/ ?b ?/ ?a|d\\.b\\.a|dba|doing business as|t/a|trading as|a ?/ ?k ?/ ?a|a\\.k\\.a|aka|also known as"
    "|f ?/ ?k ?/ ?a|f\\.k\\.a|fka|formerly known as|formerly|n/k/a|now known as"
)

# A company that has one of these words more than the tenant is still the same kind of thing.
GENERIC = frozenset(
    "brand com company consulting corp corporation co enterprise global group holding inc industry"
    " international limited service solution store system tech technology worldwide".split()
)

# The same, when the tenant's name has two telling words or more.
QUALIFIERS = frozenset(
    "association charitable comprehensive gas pharmaceutical product resource therapeutic".split()
)

# The same, when the tenant's name is a domain whose word is almost unseen elsewhere: the kind of business.
DESCRIPTIVE = frozenset(
    "analytics bioscience biotech biotechnology capital cdn consultant data diagnostics digital energy"
    " entertainment game insurance investment laboratory logistics management market media medical mining"
    " motor network partner pharmaceutical product resource robotics science security software studio"
    " therapeutic".split()
)

# A name may be turned round one of these: Hull University is the University of Hull.
FRAMES = frozenset(
    "academy association bank board center church city clinic club college council county diocese district"
    " foundation hospital institute library ministry museum parish school society town township union"
    " university village".split()
)

# Part of a family's or a house's name, and no mere link between words: De Boer is not Boer.
ARTICLES = frozenset("de del des du la le".split())

# Left over on either side, these tell two sites, branches or numbered twins apart.
PLACES_AND_NUMBERS = frozenset(
    "north south east west northern southern eastern western northeast northwest southeast southwest ne"
    " nw sw central upper lower first second third fourth fifth sixth seventh eighth ninth tenth one two"
    " three four five six seven eight nine ten ii iii iv vi vii viii ix xi xii jr sr junior senior".split()
)

_ABBREVIATIONS = """
10th tenth|1st first|2nd second|3rd third|4th fourth|5th fifth|6th sixth|7th seventh|8th eighth|9th ninth
acad academy|agric agricultural|amer american|assn association|assoc association|auth authority
bapt baptist|bk bank|bnk bank|bros brothers|calif california|centre center|childrens children
cmnty community|cntr center|cnty county|comm community|commty community|const construction
constr construction|coop cooperative|ctr center|cu credit union|dept department|dev development
devel development|dist district|distrib distribution|ecu employees credit union|educ education
efcu employees federal credit union|elec electric|emp employees|empl employees|employee employees
eng engineering|engr engineering|equip equipment|fcu federal credit union|fdn foundation|fed federal
fin financial|fla florida|fncl financial|fndn foundation|fort ft|fst first|govt government|grp group
hldg holding|hldgs holding|hlth health|hosp hospital|hts height|inds industry|ins insurance
inst institute|institut institute|intl international|lab laboratory|labs laboratory|lib library
med medical|mem memorial|meml memorial|merch merchants|mfg manufacturing|mgmt management|mgt management
mkt market|mktg marketing|mount mt|mtn mountain|mun municipal|nat national|natl national|nw northwest
pharm pharmaceutical|pharma pharmaceutical|phila philadelphia|prod product|prods product|prop property
props property|reg regional|regl regional|rehab rehabilitation|rsch research|saint st|sainte st
sav savings|savs savings|sch school|serv service|soc society|spgs spring|srv service|ssb savings bank
svc service|svcs service|svgs savings|sw southwest|sys system|syst system|tchrs teachers|theatre theater
tr trust|trans transportation|transp transportation|twp township|univ university|vlg village|vly valley
whse warehouse|internatl international|em employees|nz new zealand|btc bank trust|institution institute
"""
_TRANSLATIONS = """
universite university|universidad university|universitat university|universita university
universidade university|universiteit university|ecole school|escuela school|nacional national
nationale national|nazionale national|internationale international|internacional international
instituto institute|istituto institute|hopital hospital|ospedale hospital|krankenhaus hospital
societe society|sociedad society|societa society|gesellschaft society|fondation foundation
fundacion foundation|fondazione foundation|stiftung foundation|recherche research|recherches research
investigacion research|ricerca research|forschung research|scientifique scientific|cientifica scientific
sante health|salud health|banque bank|banco bank|banca bank|centro center|zentrum center
conseil council|und and|et and|och and|royale royal|canadien canadian|canadienne canadian
"""
# The last label before these is part of the suffix: ``contoso.co.uk`` is contoso's.
SECOND_LEVEL = frozenset("ac co com edu gob gov go ltd me mil ne net nhs or org plc sch".split())
TOP_LEVEL = frozenset(
    "ai app biz bank care church clinic cloud club com coop dental dev edu energy finance gov group"
    " health info int io law legal life ltd mil mobi museum name net one online org page pro school"
    " services shop site software solutions store team tech travel us uk world xyz".split()
)
HOSTED_SUFFIXES = ("onmicrosoft.com", "mail.onmicrosoft.com")

ABBREVIATIONS: Mapping[str, tuple[str, ...]] = {
    short: tuple(long)
    for short, *long in (
        entry.split() for entry in f"{_ABBREVIATIONS}|{_TRANSLATIONS}".replace("\n", "|").split("|") if entry
    )
}
PHRASES: Mapping[tuple[str, ...], tuple[str, ...]] = {
    ("co", "op"): ("cooperative",),
    ("cr", "un"): ("credit", "union"),
    ("cr", "union"): ("credit", "union"),
    ("credit", "un"): ("credit", "union"),
    ("credit", "u"): ("credit", "union"),
    ("st", "bank"): ("state", "bank"),
    ("st", "bk"): ("state", "bank"),
    ("health", "care"): ("healthcare",),
    ("united", "states"): ("us",),
    ("united", "kingdom"): ("uk",),
}
PHRASE_STARTS = frozenset(first for first, _ in PHRASES)


@cache
def word_counts() -> Mapping[str, int]:
    """Load, once, in how many of the ``BACKGROUND_NAMES`` each common word occurs."""
    with Path(__file__).with_name("words.csv").open(encoding="utf-8", newline="") as file:
        return {row["word"]: int(row["names_with_it"]) for row in csv.DictReader(file)}


@lru_cache(maxsize=65_536)
def singular(word: str) -> str:
    """Fold the plural of a common word (``services``); a rarer word may be a name and stays as it is."""
    if len(word) < 5 or not word.endswith("s") or word.endswith("ss"):
        return word
    counts = word_counts()
    for stem in (word[:-3] + "y", word[:-1]) if word.endswith("ies") else (word[:-1],):
        if counts.get(stem, 0) > counts.get(word, 0):
            return stem
    return word
