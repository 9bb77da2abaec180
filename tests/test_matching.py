"""The matcher's rules and vetoes, one by one, on invented names."""

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seatsync.matching import NameIndex, Verdict
from seatsync.names import normalise
from seatsync.status import Decision


def match(name: str, *companies: str) -> Verdict[int]:
    """Match against companies whose ids are 0, 1, 2 ... in the order given."""
    return NameIndex(enumerate(companies)).match(name)


def assert_left_to_a_person(verdict: Verdict[int], *, says: str = "") -> None:
    assert verdict.decision is not Decision.MATCHED
    assert verdict.chosen is None
    assert says in verdict.reason


# --- what is certain --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tenant", "company"),
    [
        ("Contoso Ltd", "CONTOSO LTD."),
        ("Northwind Traders (POC)", "Northwind Traders"),
        ("zz_Old Adatum", "Adatum"),
        ("First State Bank", "FIRST STATE BANK"),
        ("City State Bank", "The City State Bank"),
        ("株式会社日立", "株式会社日立"),
        ("ооо ромашка", "ООО Ромашка"),
        ("ΚΟΧΟ", "Κοχο"),
    ],
)
def test_the_same_text_is_matched_whatever_its_words(tenant: str, company: str) -> None:
    verdict = match(tenant, company, "Wide World Importers")
    assert (verdict.decision, verdict.chosen, verdict.score) == (Decision.MATCHED, 0, 1.0)
    assert verdict.reason.startswith("Same name: ")


@pytest.mark.parametrize(
    ("tenant", "company"),
    [
        ("Contoso, Inc.", "Contoso LLC"),
        ("Smith & Sons Plumbing", "Smith and Sons Plumbing Inc"),
        ("Proseware Svcs", "Proseware Services"),
        ("Woodgrove FCU", "Woodgrove Federal Credit Union"),
        ("St. Adatum Hosp", "Saint Adatum Hospital"),
        ("Adventureworks", "Adventure Works"),
        ("Coho Winery of Fabrikam", "Coho Winery in Fabrikam"),
        ("Adatum University", "University of Adatum"),
        ("Adatum Islamic Center", "Islamic Center of Adatum"),
        ("Lucerne Books", "Trey Press LLC DBA Lucerne Books"),
        ("Trey Press d/b/a Lucerne Books", "Lucerne Books LLC"),
        ("adventureworks.com", "Adventure Works"),
        ("fabrikam.onmicrosoft.com", "Fabrikam Inc"),
        ("Midwest Community FCU", "Midwest Community Federal Credit Union"),
        ("Fabrikam B.V.", "FABRIKAM B.V., VELDHOVEN, NL"),
        ("Fabrikam GmbH, Berlin", "Fabrikam GmbH, Berlin, DE"),
        ("Universidad de Adatum", "University of Adatum"),
        ("fundforcities.org", "Fund for Cities"),
    ],
)
def test_the_same_words_are_matched(tenant: str, company: str) -> None:
    verdict = match(tenant, company, "Wide World Importers")
    assert (verdict.decision, verdict.chosen) == (Decision.MATCHED, 0), verdict.reason
    assert verdict.reason.startswith("Same words: ")


@pytest.mark.parametrize(
    ("tenant", "company", "taking"),
    [
        ("Fabrikam Tech", "Fabrikam Technology", '"tech" for "technology"'),
        ("Fabrikam Bldrs", "Fabrikam Builders", '"bldrs" for "builders"'),
        ("Adatum Managment Coho", "Adatum Management Coho", '"managment" for "management"'),
        ("Mueller Adatum", "Müller Adatum", '"mueller" for "muller"'),
    ],
)
def test_a_cut_off_or_a_slip_beside_a_rare_word_is_matched(tenant: str, company: str, taking: str) -> None:
    verdict = match(tenant, company, "Wide World Importers")
    assert (verdict.decision, verdict.chosen) == (Decision.MATCHED, 0), verdict.reason
    assert taking in verdict.reason


def test_a_domain_that_reads_as_the_words_of_one_company_is_matched() -> None:
    verdict = match("adatumpharma.com", "Adatum Pharmaceuticals Inc", "Wide World Importers")
    assert (verdict.decision, verdict.chosen) == (Decision.MATCHED, 0)
    assert verdict.reason.startswith(
        'The domain "adatumpharma.com" reads as "adatum pharmaceutical": the words of'
    )


def test_three_initials_beside_a_rare_word_are_matched() -> None:
    verdict = match("WWI Adatum", "Wide World Importers Adatum", "Coho Winery")
    assert (verdict.decision, verdict.chosen) == (Decision.MATCHED, 0)
    assert 'taking "wwi" for "wide world importers"' in verdict.reason


@pytest.mark.parametrize(
    ("tenant", "company"),
    [
        ("Woodgrove Dental", "Woodgrove Dental Services"),
        ("adatum.com", "Adatum Group"),
        ("adatum.com", "Adatum Pharmaceuticals"),
        ("Fabrikam", "Fabrikam Group Ltd"),
        ("Trey Adatum", "Trey Adatum Technologies International"),
        ("Trey Adatum Oil", "Trey Adatum Oil & Gas"),
    ],
)
def test_a_generic_word_that_only_the_company_has_is_harmless(tenant: str, company: str) -> None:
    verdict = match(tenant, company, "Wide World Importers")
    assert (verdict.decision, verdict.chosen) == (Decision.MATCHED, 0), verdict.reason
    assert "it only adds" in verdict.reason


# --- what is not ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tenant", "company"),
    [
        ("Adatum", "Adatum Hospital"),
        ("Adatum", "Adatum Bank"),
        ("Adatum Holland", "Adatum"),
        ("Adatum College", "Adatum University"),
        ("Azure Health", "Azure Healthcare"),
        ("Trey Adatum", "Trey Adatum Management"),
        ("Fabrikam", "Fabrikam Gas"),
    ],
)
def test_a_word_that_changes_what_the_thing_is_stops_a_match(tenant: str, company: str) -> None:
    assert_left_to_a_person(match(tenant, company))


@pytest.mark.parametrize(
    ("tenant", "company"),
    [
        ("Adatum Coho #1", "Adatum Coho #2"),
        ("Adatum Coho", "Adatum Coho 2"),
        ("Adatum Coho", "Adatum Coho North"),
        ("Adatum Coho II", "Adatum Coho"),
        ("Adatum Coho Jr", "Adatum Coho"),
        ("Adatum Coho B", "Adatum Coho"),
    ],
)
def test_a_number_or_direction_left_over_is_a_veto(tenant: str, company: str) -> None:
    assert_left_to_a_person(match(tenant, company))


@pytest.mark.parametrize(
    ("tenant", "company"),
    [
        ("Spherix", "Spheryx"),
        ("Labcorb", "Tabcorb"),
        ("Fontano FCU", "Montano FCU"),
        ("Carlson Adatum", "Carlton Adatum"),
        ("Schreinerei Hubert", "Schreinerei Huber"),
        ("Barlow Coho Spa", "Marlow Coho Spa"),
    ],
)
def test_a_slip_in_a_telling_word_is_another_name(tenant: str, company: str) -> None:
    assert_left_to_a_person(match(tenant, company), says="is only like")


@pytest.mark.parametrize(
    ("tenant", "company"),
    [
        ("First Service FCU", "Service First FCU"),
        ("National Security", "Security National LLC"),
        ("Community First Bank of Adatum", "First Community Bank of Adatum"),
        ("Adatum Coho", "Coho Adatum"),
    ],
)
def test_words_in_another_order_are_not_certain(tenant: str, company: str) -> None:
    assert_left_to_a_person(match(tenant, company), says="another order")


@pytest.mark.parametrize(
    ("tenant", "company"),
    [("United Bank & Trust", "United Bank & Trust Inc"), ("First State Bank", "First State Bank LLC")],
)
def test_common_words_alone_are_not_certain(tenant: str, company: str) -> None:
    assert_left_to_a_person(match(tenant, company), says="too common to be sure")


def test_one_word_that_other_companies_share_is_not_certain() -> None:
    verdict = match("Grainger Inc", "Grainger PLC", "W. W. Grainger Supply")
    assert_left_to_a_person(verdict, says="other companies have the word")


def test_added_words_are_not_harmless_when_another_company_holds_the_name_too() -> None:
    verdict = match("Trey Adatum", "Trey Adatum Services", "Trey Adatum Hospital Arkansas Rehabilitation")
    assert_left_to_a_person(verdict)


@pytest.mark.parametrize(
    ("tenant", "company"),
    [
        ("coho.com", "Coho Ltd"),
        ("shop.adatum.com", "Adatum Ltd"),
        ("shop.adatum.com", "Adatum Group"),
        ("adatum.com", "Adatum Foundation"),
        ("adatum.com", "Adatum Bank"),
        ("adatumtown.com", "Adatum Holland"),
    ],
)
def test_a_weak_domain_is_not_certain(tenant: str, company: str) -> None:
    verdict = match(tenant, company)
    assert_left_to_a_person(verdict)
    assert [candidate.id for candidate in verdict.candidates] == [0]


@pytest.mark.parametrize("tenant", ["WWI", "WWI Bank"])
def test_initials_alone_are_offered_but_never_matched(tenant: str) -> None:
    company = tenant.replace("WWI", "Wide World Importers")
    verdict = match(tenant, company, "Coho Winery")
    assert_left_to_a_person(verdict)
    assert verdict.candidates[0].id == 0


def test_two_initials_are_offered_but_never_matched() -> None:
    verdict = match("WI Adatum", "World Importers Adatum", "Coho Winery")
    assert_left_to_a_person(verdict, says='"wi" is only like "world importers"')
    assert verdict.candidates[0].id == 0


@pytest.mark.parametrize("tenant", ["AdaSoc", "UAdat", "CohoWin"])
def test_a_name_made_of_beginnings_is_offered_but_never_matched(tenant: str) -> None:
    companies = {
        "AdaSoc": "Adatum Society",
        "UAdat": "University of Adatum",
        "CohoWin": "Coho Winery of Fabrikam",
    }
    verdict = match(tenant, companies[tenant], "Wide World Importers")
    assert_left_to_a_person(verdict)
    assert [candidate.id for candidate in verdict.candidates] == [0]


@pytest.mark.parametrize(
    ("tenant", "company"),
    [
        ("Fabrikam B.V., Utrecht, NL", "Fabrikam B.V., Veldhoven, NL"),
        ("Fabrikam Inc", "Fabrikam Inc, Dallas"),
        ("Trey LLC dba Lucerne Books", "Coho LLC dba Lucerne Books"),
    ],
)
def test_a_part_of_each_name_is_not_enough(tenant: str, company: str) -> None:
    """Two franchisees trade under one name, and two sites have one legal name."""
    assert_left_to_a_person(match(tenant, company, "Wide World Importers"))


@pytest.mark.parametrize(
    ("tenant", "company", "says"),
    [
        ("Connection Bank", "Connections Bank", '"connection" is plural in one name alone'),
        ("Hometown Bank, N.A.", "Hometown Bank", "only one of the two is a national bank"),
        ("Heritage Bank National Association", "Heritage Bank Inc", "only one of the two is a national bank"),
    ],
)
def test_a_plural_or_a_charter_tells_two_banks_of_common_words_apart(
    tenant: str, company: str, says: str
) -> None:
    assert_left_to_a_person(match(tenant, company, "Wide World Importers"), says=says)


def test_a_long_name_that_holds_the_rare_word_is_listed_before_what_shares_common_words() -> None:
    verdict = match(
        "Quillcote School", "Lake Shore Academy and High School of Quillcote", "School", "Marsh School"
    )
    assert verdict.candidates[0].id == 0


@pytest.mark.parametrize(
    ("tenant", "company"),
    [
        ("De Adatum Tuinen", "Adatum Tuinen"),
        ("La Coho Chirurgie", "Coho Chirurgie"),
        ("Robert Services", "Roberts Services"),
    ],
)
def test_a_part_of_a_family_name_tells(tenant: str, company: str) -> None:
    verdict = match(tenant, company, "Wide World Importers")
    assert_left_to_a_person(verdict)
    assert verdict.candidates[0].id == 0


@pytest.mark.parametrize("twin", ["Adatum Coho P.A.", "Adatum Coho XYZ"])
def test_a_company_with_a_short_word_more_is_a_twin(twin: str) -> None:
    verdict = match("Adatum Coho", "Adatum Coho LLC", twin)
    assert_left_to_a_person(verdict, says="another company has these words and only a short one more")


def test_many_companies_of_one_name_cost_no_more_than_a_few() -> None:
    verdict = match("Adatum", *["Adatum Ltd"] * 3000)
    assert verdict.reason == ('More than five companies are named "Adatum Ltd".')


def test_one_short_name_does_not_swallow_longer_ones() -> None:
    for tenant in ("Quail Creek Bank NA", "Adatum Bank", "Woodgrove Savings Bank"):
        assert match(tenant, "Bank").decision is Decision.UNMATCHED


# --- two companies with one name --------------------------------------------------------------------------


@pytest.mark.parametrize("tenant", ["Fabrikam", "Fabrikam Ltd", "fabrikam ltd.", "fabrikam.com"])
@pytest.mark.parametrize("twin", ["Fabrikam Ltd", "FABRIKAM LTD.", "Fabrikam, Inc.", "Fabrikam (old)"])
def test_two_companies_with_one_normalised_name_are_never_matched(tenant: str, twin: str) -> None:
    verdict = match(tenant, "Fabrikam Ltd", twin, "Coho Winery")
    assert verdict.decision is Decision.AMBIGUOUS
    assert verdict.chosen is None
    assert {candidate.id for candidate in verdict.candidates} == {0, 1}


def test_companies_of_one_name_are_counted_in_the_reason() -> None:
    assert match("First State Bank", "First State Bank", "FIRST STATE BANK").reason == (
        'Two companies are named "FIRST STATE BANK".'
    )
    assert match("Adatum", "Adatum Ltd", "Adatum Inc", "Adatum LLC").reason == (
        'Three companies are "adatum" but for spelling and legal form, such as "Adatum Inc" and "Adatum LLC".'
    )


def test_two_near_equal_companies_are_ambiguous() -> None:
    verdict = match("Tailspin Toys", "Tailspin Toys East", "Tailspin Toys West")
    assert verdict.decision is Decision.AMBIGUOUS
    assert verdict.reason.startswith("Two companies fit almost equally well")


# --- the verdict itself -----------------------------------------------------------------------------------


def test_the_reason_names_both_names_the_words_and_the_runner_up() -> None:
    assert match("Contoso Ltd", "CONTOSO LTD.", "Fabrikam Contoso").reason == (
        'Same name: "Contoso Ltd" and "CONTOSO LTD." are both "contoso" (100% alike). '
        'Next is "Fabrikam Contoso" (76% alike).'
    )


def test_the_reason_says_what_differs() -> None:
    verdict = match("Azure Health", "Azure Healthcare")
    assert verdict.decision is Decision.AMBIGUOUS
    assert verdict.reason == (
        f'Closest is "Azure Healthcare" ({verdict.score:.0%} alike), but "health" is only like "healthcare".'
    )


@pytest.mark.parametrize("tenant", ["", " ", "---", "🚀", "\u200b"])
def test_a_blank_name_is_unmatched(tenant: str) -> None:
    verdict = match(tenant, "Contoso", "---", "")
    assert (verdict.decision, verdict.candidates) == (Decision.UNMATCHED, ())
    assert "no letter or digit" in verdict.reason


def test_a_name_that_shares_nothing_is_unmatched_and_says_so() -> None:
    verdict = match("Wingtip", "Contoso", "Fabrikam")
    assert (verdict.decision, verdict.score, verdict.candidates) == (Decision.UNMATCHED, 0.0, ())
    assert verdict.reason == 'No company shares a telling word with "wingtip".'


def test_an_empty_list_matches_nothing() -> None:
    assert match("Contoso").decision is Decision.UNMATCHED


def test_up_to_five_candidates_are_listed_best_first_whatever_the_decision() -> None:
    companies = [f"Adatum {word}" for word in ("Hospital", "Bank", "College", "Press", "Foods", "Airlines")]
    for tenant in ("Adatum", "Adatum Press", "Adatum Lighthouse Keepers Benevolent Club"):
        candidates = match(tenant, *companies).candidates
        assert len(candidates) == 5
        assert [c.score for c in candidates] == sorted((c.score for c in candidates), reverse=True)
    assert match("Adatum Press", *companies).candidates[0].name == "Adatum Press"


@pytest.mark.parametrize("tenant", ["Contoso Ltd", "Contoso Ltx", "Contoso Bank", "Adatum Contoso Fabrikam"])
def test_the_score_is_that_of_the_first_candidate_and_the_rest_follow_in_order(tenant: str) -> None:
    verdict = match(tenant, "Contoso Ltd", "Contoso Fabrikam Ltd", "Contoso Hospital", "Coho Winery")
    scores = [candidate.score for candidate in verdict.candidates]
    assert verdict.score == scores[0]
    assert scores == sorted(scores, reverse=True)


def test_a_very_long_name_is_shortened_in_the_reason() -> None:
    assert len(match("x" * 5_000, "Contoso").reason) < 200


def test_any_id_type_will_do() -> None:
    assert NameIndex([("c-1", "Contoso"), ("c-2", "Fabrikam")]).match("Fabrikam Inc").chosen == "c-2"


# --- determinism ------------------------------------------------------------------------------------------

WORDS = "adatum contoso bank first state health care group trading coho tech services of and st".split()


def invented(count: int) -> list[str]:
    chance = random.Random(7)
    return [" ".join(chance.choices(WORDS, k=chance.randint(1, 4))).title() for _ in range(count)]


def test_the_order_of_the_companies_decides_nothing() -> None:
    companies = list(enumerate(invented(120)))
    shuffled = random.Random(1).sample(companies, len(companies))
    one, other = NameIndex(companies), NameIndex(shuffled)
    for name in invented(200)[120:]:
        assert one.match(name) == other.match(name)


def test_the_hash_seed_decides_nothing() -> None:
    script = (
        "from seatsync.matching import NameIndex\nfrom tests.test_matching import invented\n"
        "index = NameIndex(enumerate(invented(80)))\n"
        "import sys; sys.stdout.write(repr([index.match(name) for name in invented(120)[80:]]))"
    )
    answers = {
        subprocess.run(
            [sys.executable, "-c", script],
            cwd=Path(__file__).parents[1],
            env={**os.environ, "PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(answers) == 1
    assert "MATCHED" in answers.pop()


# --- properties -------------------------------------------------------------------------------------------

NAMES = st.one_of(
    st.text(max_size=40), st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(" ".join)
)


@settings(max_examples=150, deadline=None)
@given(NAMES, st.lists(NAMES, max_size=8))
def test_matching_never_fails_and_always_explains(name: str, companies: list[str]) -> None:
    verdict = match(name, *companies)
    assert verdict.reason
    assert 0 <= verdict.score <= 1
    assert len(verdict.candidates) <= 5
    assert (verdict.chosen is None) == (verdict.decision is not Decision.MATCHED)
    if verdict.decision is Decision.MATCHED:
        assert verdict.candidates[0].id == verdict.chosen


@settings(max_examples=150, deadline=None)
@given(st.lists(NAMES.filter(normalise), min_size=1, max_size=8, unique_by=normalise))
def test_an_identical_unique_name_is_always_matched(companies: list[str]) -> None:
    index = NameIndex(enumerate(companies))
    for position, name in enumerate(companies):
        assert index.match(name).chosen == position


@settings(max_examples=150, deadline=None)
@given(NAMES, st.lists(NAMES, min_size=1, max_size=6))
def test_a_second_company_of_the_chosen_name_makes_it_ambiguous(name: str, companies: list[str]) -> None:
    verdict = match(name, *companies)
    if verdict.chosen is None:
        return
    twin = match(name, *companies, companies[verdict.chosen])
    assert twin.decision is Decision.AMBIGUOUS
    assert {verdict.chosen, len(companies)} <= {candidate.id for candidate in twin.candidates}
