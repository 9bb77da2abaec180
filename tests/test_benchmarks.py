"""The benchmarks count right and ask fair questions; how fast anything is, no test says."""

import json
from pathlib import Path

import numpy as np
import pytest

from benchmarks import exports, matching, methods, reading
from benchmarks.name_sets import OWN, NameSet, Query, draws, load, recombine
from benchmarks.scoring import Answer, score, wilson

IDS = ["a", "b", "c"]


def test_a_match_is_right_wrong_or_wrong_with_its_company_absent() -> None:
    counts = score(
        [
            (Query("1", "Contoso", "a"), Answer("a", False, ("a", "b"))),
            (Query("2", "Adatum", "b"), Answer("a", False, ("a", "b"))),
            (Query("3", "Fabrikam", ""), Answer("c", False, ("c",))),
            (Query("4", "Proseware", "c"), Answer(None, True, ("a", "b"))),
            (Query("5", "Litware", ""), Answer(None, False, ())),
        ]
    )
    assert (counts.total, counts.present, counts.automatic) == (5, 3, 3)
    assert (counts.wrong, counts.wrong_absent, counts.ambiguous) == (2, 1, 1)
    assert (counts.precision, counts.recall, counts.found) == (1 / 3, 1 / 3, 2 / 3)
    assert counts.as_json()["unmatched"] == 1 / 5


def test_a_name_that_several_companies_bear_is_counted_apart() -> None:
    counts = score(
        [
            (Query("1", "First State Bank", "a", same_name=True), Answer("a", False)),
            (Query("2", "First State Bank", "", same_name=True), Answer(None, True)),
            (Query("3", "Contoso", "b"), Answer("b", False)),
        ]
    )
    assert (counts.same_name, counts.same_name_matched) == (2, 1)
    assert (counts.total, counts.automatic, counts.wrong) == (1, 1, 0)


def test_a_method_without_a_ranking_has_no_share_among_five() -> None:
    assert score([(Query("1", "Contoso", "a"), Answer("a", False))]).found is None


def test_no_match_at_all_has_no_precision() -> None:
    counts = score([(Query("1", "Contoso", "a"), Answer(None, False))])
    assert (counts.precision, counts.interval, counts.recall) == (None, None, 0)


def test_the_interval_is_wilsons() -> None:
    assert wilson(1_150, 1_152) == pytest.approx((0.99369, 0.99952), abs=1e-5)
    assert wilson(21, 21) == pytest.approx((0.84536, 1.0), abs=1e-5)


@pytest.mark.parametrize(
    ("row", "margin", "chosen", "ambiguous", "ranked"),
    [
        ([95.0, 60.0, 91.0], 0, "a", False, ("a", "c", "b")),
        ([95.0, 60.0, 95.0], 0, None, True, ("a", "c", "b")),
        ([95.0, 60.0, 91.0], 5, None, True, ("a", "c", "b")),
        ([60.0, 95.0, 90.0], 5, "b", False, ("b", "c", "a")),
        ([60.0, 89.9, 70.0], 0, None, False, ("b", "c", "a")),
    ],
)
def test_the_best_score_wins_only_alone(
    row: list[float], margin: float, chosen: str | None, ambiguous: bool, ranked: tuple[str, ...]
) -> None:
    assert methods.pick(np.array(row), IDS, 90, margin) == Answer(chosen, ambiguous, ranked)


def test_the_same_text_twice_in_the_list_is_ambiguous() -> None:
    ask = methods.exact([("a", "CONTOSO"), ("b", "Contoso"), ("c", "Adatum")])
    assert ask(["contoso", "ADATUM", "Litware"]) == [
        Answer(None, True),
        Answer("c", False),
        Answer(None, False),
    ]


def test_wratio_takes_a_part_for_the_whole_and_seatsync_does_not() -> None:
    companies = [("a", "Omega Hospital"), ("b", "Fabrikam Freight")]
    assert methods.wratio(companies)(["Omega"])[0].chosen == "a"
    part, whole = methods.seatsync(companies)(["Omega", "Fabrikam Freight Ltd"])
    assert part.chosen is None
    assert (whole.chosen, whole.ambiguous) == ("b", False)


def test_the_names_that_ship_are_few_and_free_to_ship() -> None:
    names = load(OWN)
    sources = {
        line.split(",")[-1 if file == "companies.csv" else -2]
        for file in ("companies.csv", "queries.csv")
        for line in (OWN / file).read_text(encoding="utf-8").splitlines()[1:]
    }
    assert sources <= {"ror", "hospitals", "whd"}
    ids = {company for company, _ in names.companies}
    assert len(ids) == len(names.companies) <= 300
    assert len({query.id for query in names.queries}) == len(names.queries) <= 300
    assert {query.truth for query in names.queries} - ids == {""}
    absent = sum(not query.truth for query in names.queries)
    assert 0.2 < absent / len(names.queries) < 0.3


def test_seatsync_matches_none_of_the_names_that_ship_to_a_wrong_company(
    capsys: pytest.CaptureFixture[str],
) -> None:
    matching.main(["--method", "SeatSync", "--json"])
    told = json.loads(capsys.readouterr().out)
    assert (told["tenants"], told["companies"], told["deterministic"]) == (160, 250, True)
    (ours,) = told["methods"]
    assert (ours["wrong"], ours["automatic"] > 0) == (0, True)
    assert ours["truth_in_five"] > 0.7


def test_a_draw_holds_the_companies_that_its_queries_mean() -> None:
    names = NameSet(
        tuple((f"c{n}", f"Contoso {n}") for n in range(1_200)),
        tuple(Query(f"q{n}", f"contoso {n}", f"c{n}" if n % 4 else "", n == 5) for n in range(300)),
    )
    for drawn in draws(names, 3):
        ids = {company for company, _ in drawn.companies}
        assert (len(drawn.queries), len(ids)) == (100, 500)
        assert {query.truth for query in drawn.queries} - {""} <= ids
        assert not any(query.same_name for query in drawn.queries)


def test_a_set_too_small_to_draw_from_says_so() -> None:
    with pytest.raises(SystemExit, match="this set has 160 and 250"):
        list(draws(load(OWN), 1))


def test_recombined_names_are_the_same_every_time() -> None:
    made = recombine(load(OWN), 40, 50)
    assert made == recombine(load(OWN), 40, 50)
    assert (len(made.queries), len(made.companies)) == (40, 50)
    assert not {name for _, name in made.companies} & {name for _, name in load(OWN).companies}


def test_a_size_is_timed_in_a_process_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    matching.main(["--size", "4x5", "--json"])
    (size,) = json.loads(capsys.readouterr().out)["sizes"]
    assert (size["method"], size["tenants"], size["companies"]) == ("SeatSync", 4, 5)
    assert size["peak_mb"] > 1


@pytest.mark.parametrize("text", ["3000", "3000x", "0x5", "ax5"])
def test_a_size_that_is_none_is_refused(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        matching.main(["--size", text])
    assert f'"{text}" is no size' in capsys.readouterr().err


def test_a_folder_without_names_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match=r"has no queries\.csv"):
        load(tmp_path)


@pytest.mark.parametrize(
    ("name", "columns", "floor"),
    [
        ("a.csv", exports.NARROW, "pandas"),
        ("b.csv", exports.WIDE, "pandas"),
        ("c.xlsx", exports.NARROW, "calamine"),
    ],
)
def test_both_readers_find_every_row_of_the_exports(
    name: str, columns: tuple[str, ...], floor: str, tmp_path: Path
) -> None:
    file = tmp_path / name
    exports.make(str(file), columns, 120)
    assert reading.READERS["SeatSync"](file.read_bytes(), name) == 120
    assert reading.READERS[floor](file.read_bytes(), name) == 120


def test_a_reader_that_misses_rows_is_no_measurement(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter([{"size": 9}, {"rows": 4, "seconds": 1.0, "before_mb": 1.0, "peak_mb": 2.0}])
    monkeypatch.setattr(reading, "measure", lambda *_, **__: next(answers))
    with pytest.raises(SystemExit, match="SeatSync read 4 of the 5 rows"):
        reading.compare(reading.Export("a.csv", exports.NARROW, 5, "pandas"), tmp_path, 1)
