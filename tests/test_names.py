"""Reading names: tags, aliases, domains, legal forms, abbreviations, spelling."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatsync.names import normalise, read_name


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Contoso Ltd", "contoso"),
        ("CONTOSO LTD.", "contoso"),
        ("Contoso, Inc.", "contoso"),
        ("Contoso Incorporated", "contoso"),
        ("Contoso Holdings Co., Ltd.", "contoso holding"),
        ("Contoso Limited Liability Company", "contoso"),
        ("Woodgrove Bank, N.A.", "woodgrove bank"),
        ("Woodgrove Bank, National Association", "woodgrove bank"),
        ("Contoso GmbH & Co. KG", "contoso"),
        ("Contoso S.A. de C.V.", "contoso"),
        ("The Contoso Company", "contoso"),
        ("Contoso Company, The", "contoso"),
        ("The Company", "company"),
    ],
)
def test_legal_forms_at_the_end_are_set_aside(name: str, expected: str) -> None:
    assert normalise(name) == expected


@pytest.mark.parametrize(
    "name",
    [
        "Northwind Traders (POC)",
        "Northwind Traders [NFR]",
        "Northwind Traders - TRIAL",
        "Northwind Traders – do not use",
        "Northwind Traders (old / inactive)",
        "Northwind Traders_test",
        "Northwind Traders: Managed",
        "INACTIVE - Northwind Traders",
        "[Demo] Northwind Traders",
        "zz Northwind Traders",
        "zz_Old Northwind Traders",
        "ZZZ - Northwind Traders (Trial)",
    ],
)
def test_tags_round_a_name_are_stripped(name: str) -> None:
    assert normalise(name) == "northwind traders"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Old Harbour Inn", "old harbour inn"),
        ("Test Valley School", "test valley school"),
        ("Pilot", "pilot"),
        ("(test)", "test"),
        ("Coho-Trial Supplies", "coho trial supply"),
        ("zzyzx road", "zzyzx road"),
    ],
)
def test_a_tag_word_that_belongs_to_the_name_stays(name: str, expected: str) -> None:
    assert normalise(name) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Smith & Sons Plumbing", "smith and sons plumbing"),
        ("Smith + Sons Plumbing", "smith and sons plumbing"),
        ("Café Zoë", "cafe zoe"),
        ("Strauß Łódź Ærø", "strauss lodz aero"),
        ("O'Malley's", "omalleys"),
        ("O’Malley’s", "omalleys"),
        ("J. P. Doe", "jp doe"),
        ("A 1 Towing", "a 1 towing"),
        ("Ｃｏｎｔｏｓｏ", "contoso"),
        ("Contoso™", "contoso"),
        ("  Contoso \t Winery ", "contoso winery"),
        ("Contoso Winery /DE/", "contoso winery"),
        ("Coho Winery Guild (CWG)", "coho winery guild"),
        ("Coho Winery Guild (North)", "coho winery guild north"),
    ],
)
def test_case_accents_and_punctuation_are_folded(name: str, expected: str) -> None:
    assert normalise(name) == expected


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("Natl Widget Svcs", "National Widget Services"),
        ("1st Coho Bk", "First Coho Bank"),
        ("Coho FCU", "Coho Federal Credit Union"),
        ("Coho Cr Un", "Coho Credit Union"),
        ("Coho St Bk", "Coho State Bank"),
        ("Saint Coho Univ Hosp", "St. Coho University Hospital"),
        ("Coho Intl Mgmt Grp", "Coho International Management Group"),
        ("Coho Health Care", "Coho Healthcare"),
        ("Coho Co-op", "Coho Cooperative"),
        ("Coho Centre", "Coho Center"),
    ],
)
def test_abbreviations_are_expanded(short: str, long: str) -> None:
    assert normalise(short) == normalise(long)


def test_only_the_plural_of_a_common_word_is_folded() -> None:
    assert normalise("Coho Technologies Systems") == "coho technology system"
    assert normalise("Wingtips Class") == "wingtips class"
    assert normalise("Coho Savings") == "coho savings"


@pytest.mark.parametrize("name", ["", "   ", "---", "!?…", "🚀", "\u200b", "\x00"])
def test_a_name_without_letter_or_digit_has_no_form(name: str) -> None:
    assert read_name(name).forms == ()
    assert normalise(name) == ""


@pytest.mark.parametrize(
    ("name", "label", "below"),
    [
        ("contoso.com", "contoso", False),
        ("WWW.Contoso.COM", "contoso", False),
        ("https://www.contoso.com/shop", "contoso", False),
        ("contoso.co.uk (Trial)", "contoso", False),
        ("contoso.onmicrosoft.com", "contoso", False),
        ("coho-winery.org", "coho winery", False),
        ("shop.contoso.com", "contoso", True),
        ("north.contoso.org.au", "contoso", True),
    ],
)
def test_a_domain_is_read_as_its_registered_label(name: str, label: str, below: bool) -> None:
    read = read_name(name)
    assert (str(read.forms[0]), read.is_domain, read.is_sub_domain) == (label, True, below)


@pytest.mark.parametrize("name", ["St.Coho", "Contoso.com Inc", "A.B", "v.i.p", "Coho Winery"])
def test_a_dot_alone_makes_no_domain(name: str) -> None:
    assert not read_name(name).is_domain


@pytest.mark.parametrize("mark", ["dba", "DBA", "d/b/a", "D.B.A.", "t/a", "aka", "f/k/a", "formerly"])
def test_both_sides_of_doing_business_as_are_forms_of_their_own(mark: str) -> None:
    forms = [str(form) for form in read_name(f"Adatum LLC {mark} Coho Winery").forms]
    assert forms[1:] == ["adatum", "coho winery"]


def test_an_alias_mark_without_two_sides_is_a_word() -> None:
    assert [str(form) for form in read_name("AKA").forms] == ["aka"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ООО Ромашка", "ооо ромашка"),
        ("ΚΟΧΟ ΑΕ", "κοχο αε"),
        ("日立製作所", "日立製作所"),
        ("İşlem", "işlem"),
    ],
)
def test_other_scripts_are_folded_too(one: str, other: str) -> None:
    assert normalise(one) == normalise(other) != ""


def test_vowel_signs_tell_two_names_apart() -> None:
    assert normalise("कि") != normalise("की")


def test_the_text_keeps_the_legal_form_however_it_is_spelt() -> None:
    assert read_name("The Coho Corporation").text == read_name("COHO CORP.").text
    assert read_name("Coho Bank, N.A.").text == read_name("Coho Bank National Association").text
    assert read_name("Coho Corp").text != read_name("Coho Inc").text


def test_an_overlong_text_is_only_compared_as_a_whole() -> None:
    forms = read_name("Contoso Ltd " * 100).forms
    assert len(forms) == 1
    assert len(forms[0].words) == 1


@given(st.text())
def test_normalising_never_fails_and_leaves_no_outer_space(name: str) -> None:
    folded = normalise(name)
    assert folded == folded.strip()


@given(st.text(alphabet="abcdefgh ", min_size=1).filter(str.strip))
def test_case_and_a_trial_tag_change_nothing(name: str) -> None:
    assert normalise(f"{name.upper()} (Trial)") == normalise(name)


@pytest.mark.parametrize(
    ("mangled", "plain"),
    [("Children?s Place", "Children's Place"), ("Childrenâ€™s Place", "Children’s Place")],
)
def test_a_mangled_apostrophe_is_an_apostrophe(mangled: str, plain: str) -> None:
    assert normalise(mangled) == normalise(plain)


def test_an_address_after_the_legal_form_is_read_with_and_without() -> None:
    forms = [str(form) for form in read_name("Fabrikam B.V., Veldhoven, NL").forms]
    assert forms == ["fabrikam bv veldhoven nl", "fabrikam bv veldhoven", "fabrikam"]


def test_a_town_alone_is_no_address() -> None:
    assert [str(form) for form in read_name("Fabrikam Inc, Dallas").forms] == ["fabrikam inc dallas"]


def test_common_words_of_other_languages_are_translated() -> None:
    assert normalise("Université de Fabrikam") == normalise("University de Fabrikam")


def test_a_national_bank_is_known_by_its_legal_form() -> None:
    assert [read_name(name).forms[0].national for name in ("Adatum Bank, N.A.", "Adatum Bank Inc")] == [
        True,
        False,
    ]


def test_a_form_is_shown_with_its_plurals() -> None:
    form = read_name("Adatum Svcs & Partners").forms[0]
    assert (str(form), form.words) == (
        "adatum service and partners",
        ("adatum", "service", "and", "partner"),
    )
    assert form.written("partner") == "partners"


@pytest.mark.parametrize(
    "name",
    [
        "Praga Sklo s.r.o.",
        "Praga Sklo, spol. s r.o.",
        "Praga Sklo Sp. z o.o.",
        "Praga Sklo Kft.",
        "Praga Sklo Lda",
    ],
)
def test_legal_forms_of_many_countries_are_set_aside(name: str) -> None:
    assert normalise(name) == "praga sklo"


@pytest.mark.parametrize("name", ["Harbour Spa", "Bright EV"])
def test_a_trade_that_looks_like_a_legal_form_stays(name: str) -> None:
    assert normalise(name) == name.casefold()
