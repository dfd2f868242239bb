"""What leaves the computer, by the real clients, to real servers on this computer: and every way it can fail."""

from __future__ import annotations

import base64
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from ledgers import START, small_ledger
from sending import failure, opened, send, sent_rows
from servers import (
    HOST,
    Authority,
    MailServer,
    WebServer,
    closing_port,
    mail_server,
    timestamp_authority,
    web_server,
)
from stations import Maker, at

from broadcaster.copies_settings import MAIL_PASSWORD
from broadcaster.office.audit import take_checkpoint
from broadcaster.playout.rehearsal import SimulatedClock
from broadcaster.records import checkpoint, keys
from broadcaster.records.copies import TargetKind, newest_checkpoint
from broadcaster.records.verify import verify
from broadcaster.uplink.outbox import FILE, Sent, read_troubles
from broadcaster.uplink.send_error import SendFailureKind

if TYPE_CHECKING:
    pass

NOW = at("2027-05-14 08:00")


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority.make(tmp_path_factory.mktemp("authority") / "ours.pem")


@pytest.fixture(scope="module")
def certificate(authority: Authority) -> Path:
    return authority.issue(authority.path.with_name("server.pem"))


@pytest.fixture
def web(certificate: Path) -> Iterator[WebServer]:
    with web_server(certificate) as server:
        yield server


@pytest.fixture
def mails(certificate: Path) -> Iterator[MailServer]:
    with mail_server(certificate) as server:
        yield server


@pytest.fixture
def maker(tmp_path: Path) -> Maker:
    small_ledger(tmp_path / "broadcaster.db")
    return Maker(tmp_path, SimulatedClock(NOW)).settings()


# ---- the folder --------------------------------------------------------------------------------------------------


def test_a_folder_gets_the_checkpoint_and_the_key(maker: Maker, tmp_path: Path) -> None:
    stick = tmp_path / "usb"
    stick.mkdir()
    station = opened(maker, folder=str(stick))
    assert send(station).failed == ()
    note, key = sorted(stick.iterdir(), key=lambda path: path.suffix, reverse=True)
    assert note.name.startswith(keys.slug(station.settings.name))
    received = checkpoint.read(note.read_text("utf-8"), keys.verifier(key.read_text("utf-8")))
    assert received.signature is checkpoint.Signature.GOOD
    assert verify(station.ledger_path, checkpoints=[received]).anchor is not None
    assert sent_rows(maker) == [("folder", str(stick))]


def test_a_stick_that_is_not_there_is_not_made_and_gets_it_when_it_is_back(maker: Maker, tmp_path: Path) -> None:
    stick = tmp_path / "usb"
    station = opened(maker, folder=str(stick))
    assert failure(station) is SendFailureKind.FOLDER_AWAY
    assert not stick.exists()
    stick.mkdir()
    assert send(station).failed == ()
    assert read_troubles(station.state_folder) == ()
    assert list(stick.glob("*.txt"))


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    place = tmp_path / "tiny"
    place.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4k", "none", str(place)], check=False)
    if mounted.returncode:
        pytest.skip("a disk of its own needs the rights of root")
    yield place
    subprocess.run(["umount", str(place)], check=True)


@pytest.mark.skipif(os.name == "nt", reason="no such disk there")
def test_a_full_disk_is_told_and_keeps_no_half_of_it(maker: Maker, tiny_disk: Path) -> None:
    (tiny_disk / "full").write_bytes(b"x" * 4096)
    station = opened(maker, folder=str(tiny_disk))
    assert failure(station) is SendFailureKind.FOLDER_FULL
    assert [path.name for path in tiny_disk.iterdir()] == ["full"]


# ---- mail --------------------------------------------------------------------------------------------------------


def mail_settings(server: MailServer, **more: Any) -> dict[str, Any]:
    return {"mail_server": f"{HOST}:{server.port}", "mail_to": ("kiem-toan@xa.vn",), "mail_from": "dai@xa.vn"} | more


def test_a_mail_has_the_checkpoint_the_key_and_what_to_do_with_them(
    maker: Maker, authority: Authority, mails: MailServer
) -> None:
    station = opened(maker, authority, **mail_settings(mails))
    assert send(station).failed == ()
    (mail,) = mails.mails
    text, *attached = mail.get_payload()
    assert (mail["From"], mail["To"]) == ("dai@xa.vn", "kiem-toan@xa.vn")
    files = {part.get_filename(): part.get_payload(decode=True) for part in attached}
    kept = newest_checkpoint(station.root, NOW)
    assert kept is not None
    assert kept.note.encode() in [content.replace(b"\r\n", b"\n") for content in files.values()]
    said = text.get_payload(decode=True).decode()
    assert "Xã thử nghiệm" in said
    assert kept.short in said
    assert "Khóa công khai" in said


@pytest.mark.parametrize("starttls", [False, True], ids=["tls", "starttls"])
def test_the_password_comes_from_a_file_or_from_the_environment(
    maker: Maker, authority: Authority, certificate: Path, monkeypatch: pytest.MonkeyPatch, *, starttls: bool
) -> None:
    (maker.root / "mat-khau.txt").write_text("bí mật\n", "utf-8")
    security = "starttls" if starttls else "tls"
    with mail_server(certificate, starttls=starttls, password=b"s3cret") as server:
        settings = mail_settings(server, mail_user="dai@xa.vn", mail_security=security)
        assert failure(opened(maker, authority, **settings)) is SendFailureKind.NO_PASSWORD
        (maker.root / "mat-khau.txt").write_text("wrong\n", "utf-8")
        named = opened(maker, authority, **settings, mail_password_file="mat-khau.txt")
        assert failure(named) is SendFailureKind.ANSWER
        assert server.mails == []
        (maker.root / "mat-khau.txt").write_text("s3cret\n", "utf-8")
        assert send(named).failed == ()
        monkeypatch.setenv(MAIL_PASSWORD, "s3cret")
        second = opened(maker, authority, **settings | {"mail_to": ("b@xa.vn",)})
        assert send(second).failed == ()
    assert server.logins[-1] == (b"dai@xa.vn", b"s3cret")
    assert [mail["To"] for mail in server.mails] == ["kiem-toan@xa.vn", "b@xa.vn"]
    assert b"s3cret" not in (maker.root / "broadcaster.db").read_bytes()


def test_one_address_that_is_refused_keeps_no_other_from_its_mail(
    maker: Maker, authority: Authority, mails: MailServer
) -> None:
    station = opened(maker, authority, **mail_settings(mails, mail_to=("nobody@xa.vn", "a@xa.vn")))
    for _try in range(2):
        (trouble,) = send(station).failed
        assert (trouble.target.to, trouble.kind) == ("nobody@xa.vn", SendFailureKind.ANSWER)
    assert [mail["To"] for mail in mails.mails] == ["a@xa.vn"]  # not twice


def test_a_second_mail_of_one_checkpoint_has_the_same_id(maker: Maker, authority: Authority, mails: MailServer) -> None:
    """The row is lost where the power fails after the sending; a mailbox can know the second mail by its id."""
    backup = maker.root.with_name("before.db")
    station = opened(maker, authority, **mail_settings(mails))
    shutil.copy(station.ledger_path, backup)
    send(station)
    shutil.copy(backup, station.ledger_path)
    for path in station.heads.paths:  # which belong to the file that was there
        path.unlink()
    send(station)
    first, second = mails.mails
    assert first["Message-ID"] == second["Message-ID"]


# ---- the webhook -------------------------------------------------------------------------------------------------


def test_a_webhook_gets_the_checkpoint_as_json(maker: Maker, authority: Authority, web: WebServer) -> None:
    station = opened(maker, authority, webhook=f"https://{HOST}:{web.port}/nhan?token=abc")
    assert send(station).failed == ()
    kept = newest_checkpoint(station.root, NOW)
    assert kept is not None
    assert web.json["checkpoint"] == kept.note
    assert (web.json["rows"], web.json["hash"], web.json["timestamp"]) == (kept.head.seq, kept.head.hash, None)
    path, headers, _body = web.requests[0]
    assert path == "/nhan?token=abc"
    assert headers["Idempotency-Key"] == f"{kept.head.seq}-{kept.head.hash}"
    assert sent_rows(maker) == [("webhook", f"https://{HOST}:{web.port}")]  # the token stays out of the history


@pytest.mark.parametrize("status", [302, 400, 500])
def test_any_answer_but_yes_is_a_failure_and_no_redirect_is_followed(
    maker: Maker, authority: Authority, web: WebServer, status: int
) -> None:
    web.status, web.headers = status, {"Location": f"https://{HOST}:{web.port}/khac"}
    assert failure(opened(maker, authority, webhook=f"https://{HOST}:{web.port}/")) is SendFailureKind.ANSWER
    assert len(web.requests) == 1


# ---- how the network fails ---------------------------------------------------------------------------------------


def ways(port: int) -> list[dict[str, Any]]:
    mail = {"mail_server": f"{HOST}:{port}", "mail_to": ("a@xa.vn",)}
    return [
        {"webhook": f"https://{HOST}:{port}/"},
        {"timestamp": f"https://{HOST}:{port}/"},
        mail,
        mail | {"mail_security": "starttls"},
    ]


def needs_its_extra(way: int) -> None:
    """Skip the timestamp where its library is not installed: what is told then has its own test."""
    if way == 1:
        pytest.importorskip("rfc3161_client")


WAYS = pytest.mark.parametrize("way", range(4), ids=["webhook", "timestamp", "mail", "starttls"])


@WAYS
def test_a_server_that_is_not_there(maker: Maker, authority: Authority, way: int) -> None:
    needs_its_extra(way)
    with closing_port() as port:
        pass
    assert failure(opened(maker, authority, **ways(port)[way])) is SendFailureKind.NO_CONNECTION


@WAYS
def test_a_server_that_says_nothing(maker: Maker, authority: Authority, way: int) -> None:
    needs_its_extra(way)
    with closing_port() as port:
        assert failure(opened(maker, authority, **ways(port)[way]), patience=0.2) is SendFailureKind.TIMEOUT


@pytest.mark.parametrize("server", ["khong-co.invalid", "xã..vn", f"{HOST}:70000"])
def test_a_server_that_cannot_be(maker: Maker, authority: Authority, server: str) -> None:
    assert failure(opened(maker, authority, webhook=f"https://{server}/")) is SendFailureKind.NO_CONNECTION
    mail = opened(maker, authority, mail_server=server, mail_to=("a@xa.vn",))
    assert failure(mail) is SendFailureKind.NO_CONNECTION


def test_a_web_server_whose_certificate_is_a_strangers(maker: Maker, tmp_path: Path, web: WebServer) -> None:
    stranger = Authority.make(tmp_path / "stranger.pem")
    for trusted in (None, stranger):
        station = opened(maker, trusted, webhook=f"https://{HOST}:{web.port}/")
        assert failure(station) is SendFailureKind.CERTIFICATE
    assert web.requests == []


@pytest.mark.parametrize("starttls", [False, True], ids=["tls", "starttls"])
def test_a_mail_server_whose_certificate_is_a_strangers_gets_no_password(
    maker: Maker, certificate: Path, monkeypatch: pytest.MonkeyPatch, *, starttls: bool
) -> None:
    monkeypatch.setenv(MAIL_PASSWORD, "s3cret")
    with mail_server(certificate, starttls=starttls, password=b"s3cret") as server:
        security = "starttls" if starttls else "tls"
        station = opened(maker, **mail_settings(server, mail_user="dai", mail_security=security))
        assert failure(station) is SendFailureKind.CERTIFICATE
    assert (server.logins, server.mails) == ([], [])


def test_a_certificate_of_another_name(maker: Maker, authority: Authority, web: WebServer) -> None:
    station = opened(maker, authority, webhook=f"https://127.0.0.2:{web.port}/")
    kind = failure(station)
    assert kind in (SendFailureKind.CERTIFICATE, SendFailureKind.NO_CONNECTION)  # a system may have no 127.0.0.2


# ---- the timestamp -----------------------------------------------------------------------------------------------


@pytest.fixture
def tsa(tmp_path: Path, authority: Authority) -> Iterator[WebServer]:
    if shutil.which("openssl") is None:
        if os.environ.get("CI") == "true":
            pytest.fail("openssl is not installed, and nothing is skipped in CI")
        pytest.skip("openssl is not installed")
    pytest.importorskip("rfc3161_client")
    with web_server(None) as server:
        server.answer = timestamp_authority(tmp_path / "tsa", authority)
        yield server


def test_a_timestamp_holds_for_openssl_too_and_goes_with_what_is_sent(
    maker: Maker, authority: Authority, tsa: WebServer, web: WebServer
) -> None:
    addresses = {"timestamp": f"http://{HOST}:{tsa.port}/tsr", "webhook": f"https://{HOST}:{web.port}/"}
    station = opened(maker, authority, **addresses)
    assert send(station).failed == ()
    kept = newest_checkpoint(station.root, NOW)
    assert kept is not None
    arguments = ["-data", str(kept.path), "-in", str(kept.timestamp_path), "-CAfile", str(authority.path)]
    tsa_certificate = maker.root / "tsa" / "tsa.pem"
    done = subprocess.run(
        ["openssl", "ts", "-verify", *arguments, "-untrusted", str(tsa_certificate)], capture_output=True, check=False
    )
    assert b"Verification: OK" in done.stdout, done.stderr
    assert base64.b64decode(web.json["timestamp"]) == kept.timestamp_path.read_bytes()
    assert [target for target, _to in sent_rows(maker)] == ["timestamp", "webhook"]


def test_without_the_library_of_timestamps_that_is_told(
    maker: Maker, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "rfc3161_client", None)
    assert failure(opened(maker, authority, timestamp=f"https://{HOST}/")) is SendFailureKind.NO_EXTRA


def test_a_timestamp_of_something_else_or_of_nobody_is_not_kept(
    maker: Maker, tmp_path: Path, authority: Authority, tsa: WebServer
) -> None:
    answer, old = tsa.answer, []
    address = f"http://{HOST}:{tsa.port}/tsr"
    stranger = Authority.make(tmp_path / "stranger.pem")
    assert failure(opened(maker, stranger, timestamp=address)) is SendFailureKind.NO_TIMESTAMP
    tsa.answer = b"nothing of the kind"
    assert failure(opened(maker, authority, timestamp=address)) is SendFailureKind.NO_TIMESTAMP
    tsa.answer = lambda request: old.append(answer(request)) or old[0]
    assert send(opened(maker, authority, timestamp=address)).failed == ()
    maker.clock.now += timedelta(days=1)
    take_checkpoint(maker.open())
    (trouble,) = send(opened(maker, timestamp=address)).failed  # an answer to an earlier request
    assert trouble.kind is SendFailureKind.NO_TIMESTAMP
    kept = newest_checkpoint(maker.root, maker.clock.now)
    assert kept is not None
    assert not kept.timestamp_path.exists()


# ---- what is remembered ------------------------------------------------------------------------------------------


def test_nothing_is_sent_twice_or_forgotten_without_state(
    maker: Maker, authority: Authority, web: WebServer, tmp_path: Path
) -> None:
    stick = tmp_path / "usb"
    station = opened(maker, authority, webhook=f"https://{HOST}:{web.port}/", folder=str(stick))
    first = send(station)
    assert [target.kind for target in first.done] == [TargetKind.WEBHOOK]
    shutil.rmtree(station.state_folder)
    stick.mkdir()
    second = send(station)
    assert [target.kind for target in second.done] == [TargetKind.FOLDER]
    assert send(station) == Sent((), ())
    assert len(web.requests) == 1


def test_a_new_address_gets_the_newest_checkpoint_and_so_does_everybody_the_next_one(
    maker: Maker, authority: Authority, mails: MailServer
) -> None:
    send(opened(maker, authority, **mail_settings(mails)))
    both = opened(maker, authority, **mail_settings(mails, mail_to=("kiem-toan@xa.vn", "b@xa.vn")))
    assert [target.to for target in send(both).done] == ["b@xa.vn"]
    maker.clock.now += timedelta(days=1)
    take_checkpoint(both)
    assert [target.to for target in send(both).done] == ["kiem-toan@xa.vn", "b@xa.vn"]


def test_since_when_it_fails_is_remembered_and_a_broken_memory_costs_nothing(maker: Maker, tmp_path: Path) -> None:
    station = opened(maker, folder=str(tmp_path / "usb"))
    send(station)
    maker.clock.now += timedelta(hours=5)
    (trouble,) = send(station).failed
    assert trouble.since == NOW
    (station.state_folder / FILE).write_text('[{"target": "moon"}]', "utf-8")
    assert read_troubles(station.state_folder) == ()
    assert send(station).failed[0].since == maker.clock.now


def test_rows_of_copies_sent_while_the_desk_is_off_prove_no_missing_outcome(maker: Maker, tmp_path: Path) -> None:
    maker.clock.now = START + timedelta(days=40)
    (tmp_path / "usb").mkdir()
    station = opened(maker, folder=str(tmp_path / "usb"))
    assert send(station).failed == ()
    assert verify(station.ledger_path).ok
