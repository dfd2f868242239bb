"""What the content of a script asks to be looked at: figures nobody answers for, old letters, long texts."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from commands import RunCommand
from officers import write_script
from sounds import noise, write_wav

from broadcaster.errors import InputError
from broadcaster.models import Claim, Script
from broadcaster.office.wording_script import warning_text
from broadcaster.speech.content_review import Surroundings, review_content, stated_phones
from broadcaster.speech.facts_in_text import FactKind, facts_in
from broadcaster.speech.script import parse_script, read_scripts

TODAY = date(2026, 11, 26)  # a Thursday
CLAIM = 'claims = [{{text = "{0}", source = "{1}", from = {2}}}]'


def script(body: str, front: str = "", title: str = "Bảo hiểm xã hội") -> Script:
    return parse_script(Path("scripts") / "bai.md", f'+++\ntitle = "{title}"\n{front}\n+++\n{body}')


def told(found: Script, around: Surroundings | None = None) -> list[str]:
    remarks = review_content(found, around or Surroundings(TODAY))
    return [warning_text(remark.warning) for remark in remarks]


# ---- what is a fact ----------------------------------------------------------------------------------------------

FACTS = [
    ("Mức đóng là 22% mức thu nhập.", [(FactKind.FIGURE, "22%")]),
    ("Nhà nước hỗ trợ 30 phần trăm.", [(FactKind.FIGURE, "30 phần trăm")]),
    ("Đóng 330.000đ, hoặc 1,5 triệu đồng.", [(FactKind.FIGURE, "330.000đ"), (FactKind.FIGURE, "1,5 triệu đồng")]),
    ("Nộp 50 nghìn, còn 20k.", [(FactKind.FIGURE, "50 nghìn"), (FactKind.FIGURE, "20k")]),
    ("Người từ 62 tuổi, đóng đủ 15 năm.", [(FactKind.FIGURE, "62 tuổi"), (FactKind.FIGURE, "đóng đủ 15 năm")]),
    ("Theo Luật Bảo hiểm xã hội, số", [(FactKind.LAW, "Luật Bảo hiểm xã hội")]),
    ("Luật số 41/2024/QH15.", [(FactKind.LAW, "41/2024/QH15")]),
    ("Nghị định 158/2025/NĐ-CP, 1192/BHXH-TT.", [(FactKind.LAW, "158/2025/NĐ-CP"), (FactKind.LAW, "1192/BHXH-TT")]),
    ("Gọi 1900.90.68 hoặc 024.36285231.", [(FactKind.PHONE, "1900.90.68"), (FactKind.PHONE, "024.36285231")]),
    ("Gọi 0912 345 678, 0912.345.678.", [(FactKind.PHONE, "0912 345 678"), (FactKind.PHONE, "0912.345.678")]),
    ("Gọi (024) 3628 5231, (+84)912345678.", [(FactKind.PHONE, "(024) 3628 5231"), (FactKind.PHONE, "(+84)912345678")]),
    ("Tăng 5-7%, giảm -2,5%, mặn 4‰.", [(FactKind.FIGURE, "7%"), (FactKind.FIGURE, "2,5%"), (FactKind.FIGURE, "4‰")]),
    ("Vay 100tr/hộ, 2tr5, $100.", [(FactKind.FIGURE, "100tr"), (FactKind.FIGURE, "2tr5"), (FactKind.FIGURE, "$100")]),
    ("Nghị quyết 19-NQ/TW, Nghị định 158/2025.", [(FactKind.LAW, "19-NQ/TW"), (FactKind.LAW, "158/2025")]),
    ("Từ 01.05.2026 đến 31-05-2026; thẻ 001085012345.", []),
    ("Mã số BHXH 0123456789, số thuế 0100109106.", []),
    ("Theo Luật BHXH số 41/2024/QH15.", [(FactKind.LAW, "Luật BHXH"), (FactKind.LAW, "41/2024/QH15")]),
    ("Gọi +84 912 345 678.", [(FactKind.PHONE, "+84 912 345 678")]),
    ("Tháng 5 hằng năm, ngày 15/5/2026 lúc 7h30, thôn 1 có 45 hộ.", []),
    ("Tiêm từ 8 đến 11 giờ; gọi 113, 114, 115.", []),
    ("Xã có 2 triệu cây, 30 nghìn người.", []),
    ("Ông sống khỏe ở tuổi già, năm 2026.", []),
    ("Cụ hưởng thọ 93 tuổi, anh hưởng dương 45 tuổi.", []),
    ("Luật sư tư vấn; luật giao thông.", []),
]  # fmt: skip


@pytest.mark.parametrize(("text", "facts"), FACTS)
def test_figures_laws_and_numbers_are_found_and_days_and_counts_are_not(
    text: str, facts: list[tuple[FactKind, str]]
) -> None:
    assert [(fact.kind, fact.text) for fact in facts_in(text)] == facts


# ---- claims ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "warning"),
    [
        (
            "Mức đóng là 22%.",
            '"22%" has no source and no first day; state it: claims = [{text = "22%", source = "…", from = …}]',
        ),
        (
            "Gọi 1900.90.68.",
            'the number 1900.90.68 has no source; state it: claims = [{text = "1900.90.68", source = "…", from = …}]',
        ),
        (
            "Theo Nghị định 158/2025/NĐ-CP.",
            (
                'nobody has stated since when "158/2025/NĐ-CP" is in force: claims = '
                '[{text = "158/2025/NĐ-CP", source = "…", from = …}]'
            ),
        ),
    ],
)  # fmt: skip
def test_what_nobody_answers_for_is_told(body: str, warning: str) -> None:
    assert told(script(body)) == [warning]


@pytest.mark.parametrize(
    ("body", "claim"),
    [
        ("Mức đóng là 22 phần trăm.", "22%"),
        ("Mức đóng là 22 %.", "mức đóng 22%"),
        ("Đóng 330.000 đồng mỗi tháng.", "330.000đ"),
        ("Đóng 330.000đ mỗi tháng.", "330.000 đồng"),
        ("Gọi 1900 9068.", "1900.90.68"),
        ("Gọi 0912345678.", "+84 912 345 678"),
        ("Theo Luật Bảo hiểm xã hội, mọi người đều được tham gia.", "Luật Bảo hiểm xã hội"),
    ],
)
def test_a_claim_covers_a_figure_however_it_is_written(body: str, claim: str) -> None:
    assert told(script(body, CLAIM.format(claim, "41/2024/QH15", "2025-07-01"))) == []


def test_a_claim_on_one_figure_covers_no_other() -> None:
    (warning,) = told(script("Đóng 22%, hỗ trợ 2%.", CLAIM.format("22%", "A", "2025-07-01")))
    assert warning.startswith('"2%" has no source')


@pytest.mark.parametrize(
    ("front", "warnings"),
    [
        ('claims = [{text = "22%", from = 2025-07-01}]', ['the claim "22%" needs a source and a first day, from']),
        ('claims = [{text = "22%", source = "A"}]', ['the claim "22%" needs a source and a first day, from']),
        (
            'claims = [{text = "22%", source = "A", from = 2025-07-01, until = 2026-06-30}]',
            ['"22%" held until 2026-06-30 only (A); correct the text or the claim'],
        ),
        (
            'claims = [{text = "22%", source = "A", from = 2016-01-01, until = 2025-06-30}]',
            ['"22%" held until 2025-06-30 only (A); correct the text or the claim'],
        ),
        ('claims = [{text = "22%", source = "A", from = 2025-07-01, until = 2026-11-26}]', []),
        (
            'claims = [{text = "22%", source = "A", from = 2027-01-01}]',
            ['"22%" holds from 2027-01-01 on, and not yet'],
        ),
        (
            'claims = [{text = "22%", source = "A", from = 2025-06-30}]',
            [
                (
                    '"22%" is stated from 2025-06-30, before the law on social insurance changed (2025-07-01): see '
                    "whether it holds"
                )
            ],
        ),
        (
            'claims = [{text = "22%", source = "A", from = 2025-07-01},{text = "9%", source = "B", from = 2026-07-01}]',
            ['the claim "9%" is not in the text; write it as the text has it, or take it out'],
        ),
    ],
)  # fmt: skip
def test_a_claim_is_held_against_its_days_and_the_text(front: str, warnings: list[str]) -> None:
    assert told(script("Mức đóng là 22%.", front)) == warnings


def test_a_fee_of_the_commune_is_no_matter_of_the_law_on_insurance() -> None:
    claim = CLAIM.format("30.000đ", "12/NQ-HĐND", "2024-01-01")
    assert told(script("Phí vệ sinh là 30.000đ.", claim, title="Thu phí")) == []


@pytest.mark.parametrize(
    ("claims", "line", "key", "what"),
    [
        ('claims = [{source = "A"}]', 3, "claims.text", "is missing"),
        ('claims = [{text = "22%", from = "hôm nay"}]', 3, "claims.from", 'found "hôm nay"'),
        ('claims = [{text = "22%", form = 2025-07-01}]', 3, "claims.form", "unknown key"),
        ('claims = [{text = "9%", from = 2026-07-01, until = 2026-06-30}]', 3, "claims.until", "ends before it begins"),
        ('claims = "22%"', 3, "claims", 'found "22%"'),
    ],
)  # fmt: skip
def test_a_claim_is_read_strictly(claims: str, line: int, key: str, what: str) -> None:
    with pytest.raises(InputError) as error:
        script("Mức đóng là 22%.", claims)
    assert [(problem.line, problem.key, problem.what) for problem in error.value.problems] == [(line, key, what)]


def test_what_a_claim_holds_is_kept_as_it_was_stated() -> None:
    front = '[[claims]]\ntext = "22%"\nsource = "41/2024/QH15"\nfrom = 2025-07-01\nuntil = "2027-12-31"'
    assert script("Mức đóng là 22%.", front).claims == (
        Claim("22%", "41/2024/QH15", date(2025, 7, 1), date(2027, 12, 31)),
    )


# ---- letters and numbers -----------------------------------------------------------------------------------------

OLD = (
    '"{0}" is from before the law on social insurance changed (2025-07-01): see whether it holds, and if so, state it '
    "under claims"
)


@pytest.mark.parametrize(
    ("source", "old"),
    [
        ("Công văn 1192/BHXH-TT ngày 07/5/2021", "1192/BHXH-TT"),
        ("58/2014/QH13", "58/2014/QH13"),
        ("41/2024/QH15", ""),  # the law itself
        ("Luật Bảo hiểm xã hội năm 2024", ""),
        ("Luật Bảo hiểm xã hội năm 2014", "Luật Bảo hiểm xã hội"),
        ("Công văn 12/BHXH-TT ngày 30 tháng 6 năm 2025", "12/BHXH-TT"),
        ("Công văn 12/BHXH-TT ngày 01/7/2025", ""),
        ("158/2025/NĐ-CP", ""),
        ("1192/BHXH-TT", ""),
        ("", ""),
    ],
)
def test_a_text_that_a_letter_of_before_the_law_changed_orders_is_told(source: str, old: str) -> None:
    assert told(script("Mời bà con tham gia.", f'source = "{source}"')) == ([OLD.format(old)] if old else [])


def test_a_letter_that_the_text_goes_by_is_told_too_until_somebody_states_it() -> None:
    body = "Theo Quyết định số 1676/QĐ-TTg ngày 21/11/2019, mời bà con tham gia."
    assert told(script(body)) == [OLD.format("1676/QĐ-TTg")]  # and not that it has no claim besides
    assert told(script(body, CLAIM.format("1676/QĐ-TTg", "1192/BHXH-TT", "2019-11-21"))) == []
    assert OLD.format("1676/QĐ-TTg") not in told(script(body, title="Họp thôn"))


OTHER = "the number 1900.90.86 is not the one stated, 1900.90.68 (1192/BHXH-TT): which is right?"


def test_a_number_that_is_not_the_one_of_the_letter_is_told() -> None:
    stated = CLAIM.format("1900.90.68", "1192/BHXH-TT", "2021-05-07")
    assert told(script("Gọi 1900.90.68, nhắc lại 1900.90.86.", stated)) == [OTHER]
    sister = script("Gọi 1900.90.68.", stated)
    ordered = script("Gọi 1900.90.86.", 'source = "Công văn số 1192/BHXH-TT"')
    assert told(ordered, Surroundings(TODAY, phones=stated_phones([sister]))) == [OTHER]
    elsewhere = script("Gọi 1900.90.86.", 'source = "45/UBND"')
    assert told(elsewhere, Surroundings(TODAY, phones=stated_phones([sister])))[0].endswith('source = "…", from = …}]')


# ---- length, sentences, capitals, days ---------------------------------------------------------------------------


@pytest.mark.parametrize(("seconds", "minutes"), [(300, 0), (329, 0), (331, 6), (600, 10)])
def test_a_text_of_more_than_five_minutes_is_told(seconds: float, minutes: int) -> None:
    warning = f"takes about {minutes} minutes to read; people listen to 5 at most: split it, or make it shorter"
    assert told(script("Lời."), Surroundings(TODAY, seconds)) == ([warning] if minutes else [])


@pytest.mark.parametrize(
    ("body", "warnings"),
    [
        ("Chữ " * 29 + "hết.", []),
        ("Chữ " * 30 + "hết.", ["Chữ Chữ Chữ Chữ Chữ Chữ…"]),
        ("Chữ " * 20 + "hết. " + "Chữ " * 20 + "hết.", []),
        ("Câu " + "chữ - " * 29 + "hết.", ["Câu chữ - chữ - chữ…"]),
    ],
)
def test_a_long_sentence_is_told(body: str, warnings: list[str]) -> None:
    assert told(script(body)) == [
        f'"{words}" is a sentence of 31 words; by ear people follow 30 at most: make two of it' for words in warnings
    ]


@pytest.mark.parametrize(
    ("body", "is_told"),
    [
        ("KÍNH MỜI BÀ CON ĐẾN HỌP ĐÔNG ĐỦ.", True),
        ("THÔNG BÁO", False),
        ("Kính mời bà con đến họp ở UBND xã, có BHXH và BHYT.", False),
    ],
)
def test_a_text_in_capitals_is_told(body: str, is_told: bool) -> None:
    found = [text for text in told(script(body)) if "all in capital letters" in text]
    assert bool(found) is is_told


@pytest.mark.parametrize(
    ("body", "warnings"),
    [
        ("Họp thứ Sáu, ngày 27/11.", []),
        ("Họp thứ Hai, ngày 27/11.", ['"thứ Hai, ngày 27/11": that day is a thứ sáu']),
        ("Họp thứ Bảy, ngày 27/11.", []),  # next year's
        ("Họp thứ Hai, ngày 25/11/2026.", []),  # the reader tells it
    ],
)
def test_a_day_of_the_week_without_a_year_is_held_against_this_year_and_the_next(
    body: str, warnings: list[str]
) -> None:
    assert told(script(body)) == warnings


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ("B¶o hiÓm x· héi cho mäi ngêi.", "TCVN3"),
        ("Baûo hieåm xaõ hoäi cho moïi ngöôøi.", "VNI"),
        ("Kính mõÌi bà con ðêìn hoòp.", "CP1258"),
        ("Bảo hiểm xã hội cho mọi người.", ""),
    ],
)
def test_a_text_in_an_old_encoding_is_told(body: str, name: str) -> None:
    warning = (
        f"the text seems to be in the code {name}, not in Unicode: nobody will understand it; type or convert it again"
    )
    assert [text for text in told(script(body)) if "Unicode" in text] == ([warning] if name else [])


def test_a_day_in_the_title_that_does_not_exist_is_told() -> None:
    assert told(script("Lời.", title="Họp ngày 31/11/2026")) == ['"31/11/2026" is a day or a time that does not exist']


# ---- where it is told --------------------------------------------------------------------------------------------


def test_the_sample_gives_nothing_to_look_at() -> None:
    scripts, _problems = read_scripts(Path(__file__).parents[1] / "scripts")
    around = Surroundings(TODAY, phones=stated_phones(scripts.values()))
    assert {id_: told(found, around) for id_, found in scripts.items() if told(found, around)} == {}


def test_a_warning_is_in_every_place_where_scripts_are_checked_and_keeps_nothing_from_airing(
    broadcaster: RunCommand, station_folder: Path
) -> None:
    path = station_folder / "scripts" / "thong-diep-1.md"
    path.write_text(path.read_text("utf-8") + "\nMức đóng là 22%.\n", "utf-8")
    warning = '"22%" has no source and no first day'
    read = broadcaster("script", "read", "thong-diep-1", station=station_folder)
    assert f"warning: {warning}" in read.out
    assert broadcaster("script", "approve", "thong-diep-1", "--yes", station=station_folder).out.count(warning) == 1
    checked = broadcaster("schedule", "check", station=station_folder)
    assert f"Note: scripts/thong-diep-1.md:16: {warning}" in checked.out
    assert checked.code == 0
    listed = broadcaster("script", "list", "--json", station=station_folder).json
    (found,) = (each for each in listed if each["id"] == "thong-diep-1")
    assert [each["text"].startswith(warning) for each in found["warnings"]] == [True]
    told_json = broadcaster("schedule", "check", "--json", station=station_folder).json["warnings"]
    assert [(each["file"], each["line"]) for each in told_json] == [("scripts/thong-diep-1.md", 16)]


def test_a_recording_is_said_to_air_in_place_of_the_text(broadcaster: RunCommand, station_folder: Path) -> None:
    write_wav(station_folder / "scripts" / "a.wav", noise(2))
    write_script(station_folder, "ghi", '+++\ntitle = "T"\nauthor = "An"\nrecording = "a.wav"\n+++\n\nLời.\n')
    said = "This text is not heard: the recording a.wav airs in its place."
    assert broadcaster("script", "read", "ghi", station=station_folder).out.startswith(said)
    approved = broadcaster("script", "approve", "ghi", "--yes", "--as", "Lan", station=station_folder)
    assert said in approved.out


# ---- files that nothing reads ------------------------------------------------------------------------------------


def test_files_that_look_like_something_to_read_are_told(broadcaster: RunCommand, station_folder: Path) -> None:
    scripts = station_folder / "scripts"
    (scripts / "cu").mkdir()
    text = (scripts / "chu-de.md").read_text("utf-8")
    for name in ("bai-moi.md.txt", "HAI.MD", "ghi-chu.txt", "bai.docx", "cu/mot.md", "../lexicon.toml.txt"):
        (scripts / name).write_text(text, "utf-8")
    (station_folder / "station.toml.txt").write_text("", "utf-8")
    expected = (
        'scripts/bai-moi.md.txt: the file name is "bai-moi.md.txt"; it must end in ".md": bai-moi.md',
        'scripts/HAI.MD: the file name is "HAI.MD"; it must end in ".md": hai.md',
        "scripts/ghi-chu.txt: is no script, and is not read; make a script of it: broadcaster script import scripts/",
        "scripts/bai.docx: is no script, and is not read",
        "scripts/cu: scripts in a folder of their own are not read: mot.md; move them out of it",
        "lexicon.toml.txt: is not read; if it is meant to be, name it lexicon.toml",
        "station.toml.txt: is not read; if it is meant to be, name it station.toml",
    )
    for command in (("script", "list"), ("schedule", "check"), ("check",)):
        result = broadcaster(*command, station=station_folder)
        assert result.code == 2
        assert [line for line in expected if line not in result.out + result.err] == []


def test_a_station_whose_settings_have_a_wrong_name_is_told(broadcaster: RunCommand, tmp_path: Path) -> None:
    (tmp_path / "station.toml.txt").write_text("", "utf-8")
    result = broadcaster("plan", station=tmp_path)
    assert result.code == 2
    assert "station.toml.txt: is not read; if it is meant to be, name it station.toml" in result.err


def test_a_text_that_is_no_script_alone_is_no_mistake(broadcaster: RunCommand, station_folder: Path) -> None:
    (station_folder / "scripts" / "ghi-chu.txt").write_text("nhớ", "utf-8")
    result = broadcaster("schedule", "check", station=station_folder)
    assert (result.code, "ghi-chu.txt: is no script" in result.out) == (0, True)


@pytest.mark.parametrize(
    "body",
    [
        "a" * 180_000,
        "a" * 90_000 + "\u200b" + "b" * 90_000,
        "<!-- -->" + "(<!--)" * 25_000,
        "\ufffd" + "a" * 170_000,
        "1 % " * 40_000,
    ],
    ids=["one word", "an invisible sign", "comments", "a lost letter", "figures"],
)  # fmt: skip
def test_the_longest_text_of_any_kind_is_looked_at_in_good_time(body: str) -> None:
    """What takes time by the square of the length would take hours here, and ends no test run."""
    front = 'claims = [{ text = "22%" }]'
    if "(<!--)" in body:
        with pytest.raises(InputError, match="end the comment"):
            script(body, front)
        return
    assert told(script(body, front))
