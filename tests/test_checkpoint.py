"""Checkpoints: signed as others sign, read as they come back from paper, held against the history."""

from __future__ import annotations

import contextlib
import os
import random
import re
import shutil
import subprocess
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ledgers import HANOI, small_ledger

from broadcaster.errors import InputError, RecordError
from broadcaster.office.wording_audit import summary_text
from broadcaster.records import keys
from broadcaster.records.checkpoint import Checkpoint, ReceivedCheckpoint, Signature, make, read, take, take_monthly
from broadcaster.records.kinds import Kind
from broadcaster.records.ledger import Entry, Head, Ledger
from broadcaster.records.signed_note import Signer, Verifier, take_apart
from broadcaster.records.verify import verify
from broadcaster.records.verify_report import Fault

AT = datetime(2027, 6, 1, 8, 15, tzinfo=timezone(timedelta(hours=7)))
HEAD = Head(36500, "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881")
SIGNER = Signer.new("commune-broadcaster/xa-tan-phu-3f2a91c0")
NOTE = make(SIGNER, HEAD, AT)


def back(text: str, key: Verifier | None = SIGNER.verifier) -> ReceivedCheckpoint:
    return read(text, key)


# ---- the form -----------------------------------------------------------------------------------------------------


def test_a_note_that_others_signed_is_verified() -> None:
    """The example of Go's golang.org/x/mod/sumdb/note, signed by its authors."""
    key = Verifier.from_text("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
    text = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
    signature = "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
    note = take_apart(f"{text}\n— PeterNeumann {signature}\n")
    assert note is not None
    ((name, signed),) = note.signatures
    assert (name, note.text) == ("PeterNeumann", text)
    assert key.has_signed(text, signed)
    assert not key.has_signed(text.replace("not", "now").replace("don", "dom"), signed)


def test_a_private_key_of_others_signs_what_they_sign() -> None:
    """Likewise: the same key, the same text, the same signature to the letter, for Ed25519 throws no dice."""
    key = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
    text = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
    signature = "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
    assert Signer.from_text(key).sign(text) == f"{text}\n— PeterNeumann {signature}\n"
    assert Signer.from_text(key).text == key


def test_the_lines_are_those_of_a_checkpoint() -> None:
    origin, rows, root, at, empty, signature, end = NOTE.split("\n")
    assert origin == SIGNER.name
    assert rows == "36500"
    assert re.fullmatch(r"[A-Za-z0-9+/]{43}=", root)
    assert datetime.fromisoformat(at) == AT
    assert (empty, end) == ("", "")
    assert re.fullmatch(rf"— {SIGNER.name} [A-Za-z0-9+/]{{91}}=", signature)


def test_the_time_zone_of_the_station_stands_in_the_checkpoint(tmp_path: Path) -> None:
    given = back(make(SIGNER, HEAD, datetime(2027, 5, 31, 18, tzinfo=UTC).astimezone(HANOI)))
    assert given.checkpoint.at is not None
    assert given.checkpoint.at.isoformat() == "2027-06-01T01:00:00+07:00"


def test_it_comes_back_as_it_was_made() -> None:
    given = back(NOTE)
    assert given.checkpoint == Checkpoint(SIGNER.name, HEAD, AT)
    assert given.signature is Signature.GOOD


def test_windows_line_ends_and_a_mark_at_the_beginning_do_no_harm() -> None:
    assert back("\ufeff" + NOTE.replace("\n", "\r\n")).signature is Signature.GOOD


def test_another_signature_beside_ours_is_left_alone() -> None:
    witness = Signer.new("so-noi-vu.example/nhan-chung").sign(NOTE.split("\n\n")[0] + "\n").split("\n\n")[1]
    assert back(NOTE + witness).signature is Signature.GOOD
    assert back(NOTE.split("\n\n")[0] + "\n\n" + witness).signature is Signature.OTHER


def test_a_key_of_the_same_name_is_another_key() -> None:
    assert back(NOTE, Signer.new(SIGNER.name).verifier).signature is Signature.OTHER
    assert back(NOTE, None).signature is Signature.OTHER


@pytest.mark.parametrize(
    ("old", "new"),
    [("36500", "36501"), ("LXEW", "LXEX"), ("08:15", "08:16"), ("2027", "2026"), ("+07:00", "+08:00")],
)
def test_an_edited_text_is_not_the_one_that_was_signed(old: str, new: str) -> None:
    assert back(NOTE.replace(old, new, 1)).signature is Signature.BAD


@pytest.mark.parametrize(
    "text",
    ["", "\n", "36500", "xin chào", NOTE[:60], "\n\n— a b\n", NOTE.replace("\n\n", "\n"), NOTE.replace("T08", " lúc ")],
)
def test_what_is_no_checkpoint_is_said(text: str) -> None:
    with pytest.raises(InputError):
        back(text, None)


@given(st.text())
def test_no_text_makes_it_stumble(text: str) -> None:
    for key in (None, SIGNER.verifier):
        for whole in (text, NOTE[:50] + text + NOTE[60:], SIGNER.name + text):
            with contextlib.suppress(InputError):
                assert back(whole, key).signature is not Signature.GOOD or whole == NOTE


# ---- typed from paper ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    [
        NOTE.replace("—", "-"),
        NOTE.replace("—", "--"),
        NOTE.replace("—", "–").replace("-", "‑"),
        NOTE.replace("\n", " "),
        NOTE.replace("\n", ""),
        NOTE.replace("=", ""),
        NOTE.replace("commune", "Commune").replace("T08", "t08"),
        "\n".join(NOTE[start : start + 20] for start in range(0, len(NOTE), 20)),
        " ".join(NOTE.replace("\n", "")),
        NOTE.replace("/", " / ").replace("\n\n", "\n \n\n"),
        NOTE.replace(" ", "\u00a0\u200b"),
        NOTE.rstrip("\n"),
    ],
)
def test_the_text_is_accepted_as_people_type_it(typed: str) -> None:
    assert back(typed) == back(NOTE)


@given(st.randoms(use_true_random=False))
def test_blanks_and_dashes_never_matter(chance: random.Random) -> None:
    typed = "".join(
        letter + chance.choice(["", "", "", " ", "\n", "\r\n"]) if letter not in "—-" else chance.choice("-–—‐")
        for letter in NOTE
    )
    assert back(typed) == back(NOTE)


@given(st.integers(0, len(NOTE) - 1), st.sampled_from("aZ0+/=x"))
def test_a_slip_is_never_taken_for_the_text_that_was_signed(place: int, letter: str) -> None:
    slip = NOTE[:place] + letter + NOTE[place + 1 :]
    try:
        found = back(slip)
    except InputError:
        return
    if found.signature is Signature.GOOD:  # a blank or a dash was all that changed
        assert found == back(NOTE)


@pytest.mark.parametrize(
    ("slip", "told"),
    [
        (NOTE.replace("—", "-")[:-3], "the signature has 90 characters in place of 91"),
        (NOTE.replace("—", "-").replace("LXEW", "LX*W"), "the hash cannot hold '*'"),
        (NOTE.replace("—", "-").replace("T08:15", "T08.15"), "the time cannot be made out"),
        (NOTE.replace("—", "-").replace("36500\n", ""), "number of rows"),
        (NOTE.replace("—", "-").replace("xa-tan", "xa-tam", 1), f"the name {SIGNER.name} is not where"),
    ],
)
def test_what_was_mistyped_is_told(slip: str, told: str) -> None:
    with pytest.raises(InputError, match=re.escape(told)):
        back(slip)


def test_a_typed_text_needs_the_key() -> None:
    with pytest.raises(InputError, match="public key"):
        back(NOTE.replace("—", "-"), None)


def test_the_short_form_comes_back_however_it_is_typed() -> None:
    short = back(NOTE).checkpoint.short
    assert short.split()[0] == "36500"
    assert "".join(short.split()[1:-1]) == HEAD.hash
    for typed in (short, short.upper(), short.replace(" ", ""), short.replace(" ", "–\n"), f" {short} \r\n"):
        given = back(typed, None)
        assert (given.checkpoint.head, given.signature) == (HEAD, Signature.NONE)


@given(st.integers(0, 76), st.sampled_from("0123456789abcdef"))
def test_slips_in_the_short_form_are_told(place: int, letter: str) -> None:
    short = back(NOTE).checkpoint.short.replace(" ", "")
    place %= len(short)
    slip = short[:place] + letter + short[place + 1 :]
    if slip == short or place == 0:
        return
    with pytest.raises(InputError):
        back(slip)


# ---- keys ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "wanted"),
    [("Đài xã Tân Phú", "dai-xa-tan-phu"), ("  ", "station"), ("電台", "station"), ("x" * 90, "x" * 40)],
)
def test_the_name_of_a_key_reminds_of_the_station(tmp_path: Path, name: str, wanted: str) -> None:
    key = keys.signing_key(tmp_path / "keys", name)
    assert re.fullmatch(rf"commune-broadcaster/{wanted}-[0-9a-f]{{8}}", key.name)


def test_the_key_is_made_once_and_its_private_half_is_the_owner_s(tmp_path: Path) -> None:
    first = keys.signing_key(tmp_path / "keys", "a")
    assert keys.signing_key(tmp_path / "keys", "b").text == first.text
    assert keys.public_key(tmp_path / "keys") == first.verifier
    assert sorted(path.name for path in (tmp_path / "keys").iterdir()) == ["checkpoint.key", "checkpoint.pub"]
    if os.name != "nt":
        assert (tmp_path / "keys" / "checkpoint.key").stat().st_mode & 0o777 == 0o600


def test_a_lost_public_half_is_made_again(tmp_path: Path) -> None:
    first = keys.signing_key(tmp_path, "a")
    (tmp_path / "checkpoint.pub").unlink()
    keys.signing_key(tmp_path, "a")
    assert keys.public_key(tmp_path) == first.verifier


def test_two_of_one_second_are_both_kept_and_the_same_one_once(tmp_path: Path) -> None:
    first = take(tmp_path, "xã", HEAD, AT)
    second = take(tmp_path, "xã", Head(36501, HEAD.hash), AT)
    again = take(tmp_path, "xã", HEAD, AT)
    assert [path.name for path in sorted((tmp_path / "checkpoints").iterdir())] == [
        "2027-06-01T081500-2.txt",
        "2027-06-01T081500.txt",
    ]
    assert (first.path.read_text("utf-8"), second.path.read_text("utf-8")) == (first.note, second.note)
    assert again.path == first.path


def test_a_key_that_cannot_be_read_is_told_and_kept(tmp_path: Path) -> None:
    (tmp_path / "checkpoint.key").write_text("hỏng", "utf-8")
    with pytest.raises(RecordError, match="cannot be read"):
        keys.signing_key(tmp_path, "a")
    assert (tmp_path / "checkpoint.key").read_text("utf-8") == "hỏng"


@pytest.mark.parametrize(
    "text",
    ["", "abc", "a+b+c", SIGNER.verifier.text[:-8], SIGNER.verifier.text.replace("+", "-")],
    ids=["nothing", "a word", "three words", "cut off", "with other signs"],  # the key is another in each process
)
def test_what_is_no_key_is_said(tmp_path: Path, text: str) -> None:
    with pytest.raises(InputError, match="not a public key"):
        keys.verifier(text or str(tmp_path))


def test_keys_never_enter_the_repository() -> None:
    git = shutil.which("git")
    root = Path(__file__).parents[1]
    if git is None or not (root / ".git").exists():
        pytest.skip("not a git checkout")
    for path in ("keys/checkpoint.key", "keys/checkpoint.pub", "checkpoints/2027-05.txt", "backups/x.db"):
        done = subprocess.run([git, "-c", f"safe.directory={root}", "check-ignore", "-q", path], cwd=root, check=False)
        assert done.returncode == 0, path


# ---- taken and held -----------------------------------------------------------------------------------------------


def test_the_month_s_checkpoint_is_taken_once(tmp_path: Path) -> None:
    ledger_path = small_ledger(tmp_path / "broadcaster.db")
    with Ledger.open(ledger_path) as ledger:
        first = take_monthly(tmp_path, "xã", ledger, AT)
        assert first is not None
        assert first.path == tmp_path / "checkpoints" / "2027-06.txt"
        assert first.checkpoint.head == ledger.head()
        assert take_monthly(tmp_path, "xã", ledger, AT + timedelta(days=20)) is None
        assert take_monthly(tmp_path, "xã", ledger, AT + timedelta(days=30)) is not None
    given = read(first.path.read_text("utf-8"), first.key)
    assert given.signature is Signature.GOOD
    assert verify(ledger_path, checkpoints=[given]).ok


def test_a_history_grows_on_from_its_checkpoint(tmp_path: Path) -> None:
    path = small_ledger(tmp_path / "broadcaster.db")
    with Ledger.open(path) as ledger:
        taken = take(tmp_path, "xã", ledger.head(), AT)
        given = read(taken.note, taken.key)
        ledger.append([Entry(Kind.ORDER, "Hòa", AT, None, {}) for _ in range(3)])
        report = verify(path, checkpoints=[given])
    assert report.ok
    assert f"Rows 1 to {report.rows - 3} are complete and unchanged" in summary_text(report)
    assert "3 later rows are bound by the chain alone" in summary_text(report)
    assert "was true is not proven" in summary_text(report)


def test_an_empty_history_has_its_checkpoint_too(tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "broadcaster.db") as ledger:
        taken = take(tmp_path, "xã", ledger.head(), AT)
    assert verify(tmp_path / "broadcaster.db", checkpoints=[read(taken.note, taken.key)]).ok


@pytest.mark.parametrize("change", ["forged", "other station", "typed wrong"])
def test_a_signature_that_does_not_hold_proves_nothing(tmp_path: Path, change: str) -> None:
    path = small_ledger(tmp_path / "broadcaster.db")
    with Ledger.open(path) as ledger:
        taken = take(tmp_path, "xã", ledger.head(), AT)
    note, key = taken.note, taken.key
    if change == "forged":
        note = note.replace("2027-06-01", "2027-06-02")
    elif change == "other station":
        key = SIGNER.verifier
    else:
        note = note[:-6] + ("aaaa" if note[-6:-2] != "aaaa" else "bbbb") + note[-2:]
    report = verify(path, checkpoints=[read(note, key)])
    assert not report.ok
    assert report.chain_ok
    assert set(report.counts) == {Fault.CHECKPOINT}
    assert "it proves nothing" in summary_text(report)
