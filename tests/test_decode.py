"""What people bring as sound is decoded by a process with limits: whatever is wrong with it, it fails by its name."""

from __future__ import annotations

import contextlib
import io
import os
import signal
import struct
import sys
import unicodedata
from collections.abc import Iterator
from functools import partial
from importlib.util import find_spec
from itertools import count
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st
from sounds import noise, write_wav
from waiting import GIVE_UP

from broadcaster.children.worker import Worker, WorkerLostError
from broadcaster.errors import RenderError
from broadcaster.speech import size_limits as limits
from broadcaster.speech.decode.container import SoundHeader, after_id3, flac_header
from broadcaster.speech.decode.decoder import SoundDecoder
from broadcaster.speech.sound_names import sound_problem

STAND_INS = Path(__file__).parent / "stand_ins"
ID3 = b"ID3\x03\x00\x00\x00\x00\x00\x40" + bytes(64)
ID3_WITH_FOOTER = b"ID3\x04\x00\x10\x00\x00\x00\x40" + bytes(64) + b"3DI\x04\x00\x10\x00\x00\x00\x40"

FLAC_WITHOUT_A_RATE = bytes.fromhex("664c61430000002204800480") + bytes(40) + b"\x3e" + bytes(70)
"""Divided by zero in miniaudio's reader."""


@pytest.fixture(scope="module")
def decoder() -> Iterator[SoundDecoder]:
    made = SoundDecoder()
    yield made
    made.close()


def decoded(decoder: SoundDecoder, path: Path) -> bytes:
    return b"".join(decoder.open(path).blocks())


def ogg(seconds: float) -> bytes:
    """Return an OGG Vorbis of many pages."""
    file = io.BytesIO()
    soundfile.write(file, noise(seconds)[: round(seconds * 16_000)], 16_000, format="OGG", subtype="VORBIS")
    return file.getvalue()


def broken_codebooks(data: bytes) -> bytes:
    """Return an OGG whose setup header is nonsense, and whose checksums are right for it all the same."""
    at = data.index(b"\x05vorbis") + 7
    return with_checksums(data[:at] + bytes(byte ^ 0x5A for byte in data[at : at + 200]) + data[at + 200 :])


def with_checksums(data: bytes) -> bytes:
    """Return an OGG with the checksum of every page worked out again (RFC 3533, 6)."""
    pages, at = [], 0
    while data[at : at + 4] == b"OggS":
        table = data[at + 27 : at + 27 + data[at + 26]]
        page = bytearray(data[at : at + 27 + len(table) + sum(table)])
        page[22:26] = bytes(4)
        page[22:26] = struct.pack("<I", checksum(page))
        pages.append(bytes(page))
        at += len(page)
    return b"".join(pages)


def checksum(page: bytearray) -> int:
    value = 0
    for byte in page:
        value ^= byte << 24
        for _bit in range(8):
            value = (value << 1 ^ (0x04C11DB7 if value & 0x8000_0000 else 0)) & 0xFFFF_FFFF
    return value


# ---- what is damaged, or made to do harm


@pytest.mark.parametrize(
    "data", [FLAC_WITHOUT_A_RATE, broken_codebooks(ogg(3)), ogg(3)[:3000]], ids=["no rate", "codebooks", "only headers"]
)
def test_what_harms_a_decoder_fails_by_its_name(decoder: SoundDecoder, tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "bac-ba.ogg"
    path.write_bytes(data)
    with pytest.raises(RenderError, match=r"bac-ba\.ogg: (damaged, or not a sound|there is no sound)"):
        decoded(decoder, path)


@given(
    st.binary(max_size=200),
    st.sampled_from([b"RIFF\x24\0\0\0WAVEfmt ", b"fLaC\0\0\0\x22", b"OggS\0\2", b"\xff\xfb\x90\0", b"ID3", b""]),
)
def test_no_bytes_do_worse_than_an_error(
    decoder: SoundDecoder, tmp_path_factory: pytest.TempPathFactory, data: bytes, head: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "any"
    path.write_bytes(head + data)
    with contextlib.suppress(RenderError):
        assert decoded(decoder, path)


@given(st.sampled_from(["flac", "ogg", "mp3"]), st.integers(0, 4000), st.binary(min_size=1, max_size=8))
def test_no_damage_in_a_sound_does_worse_than_an_error(
    decoder: SoundDecoder, tmp_path_factory: pytest.TempPathFactory, suffix: str, at: int, damage: bytes
) -> None:
    data = bytearray((STAND_INS / f"tone.{suffix}").read_bytes())
    data[at : at + len(damage)] = damage
    path = tmp_path_factory.getbasetemp() / "damaged"
    path.write_bytes(with_checksums(bytes(data)) if suffix == "ogg" else data)
    with contextlib.suppress(RenderError):
        decoded(decoder, path)


def test_a_decoder_that_takes_too_long_is_ended_and_the_file_told(tmp_path: Path) -> None:
    clock = iter([0.0, 0.0, 61.0])
    decoder = SoundDecoder(seconds=60, clock=lambda: next(clock))
    path = write_wav(tmp_path / "cham.wav", noise(1))
    sound = decoder.open(path)
    with pytest.raises(RenderError, match=r"cham\.wav: decoding it takes too long"):
        list(sound.blocks())
    decoder.close()


def test_a_long_sound_may_take_longer(tmp_path: Path) -> None:
    """Each block of 10 s allows 5 s more, and takes 4 s by this clock."""
    path = write_wav(tmp_path / "dai.wav", np.tile(noise(1)[:1000], 1200), rate=1000)
    decoder = SoundDecoder(seconds=GIVE_UP, clock=partial(next, count(step=4.0)))
    assert sum(map(len, decoder.open(path).blocks())) == 1200 * 1000 * 2
    decoder.close()


@pytest.mark.skipif(sys.platform == "win32", reason="signals, as POSIX has them")
def test_a_decoder_that_dies_is_told_with_the_file_and_the_next_file_has_another(tmp_path: Path) -> None:
    decoder = SoundDecoder()
    path = write_wav(tmp_path / "bac-ba.wav", noise(30))
    sound = decoder.open(path)
    os.kill(decoder._worker.pid or 0, signal.SIGSEGV)
    with pytest.raises(RenderError, match=r"bac-ba\.wav: it cannot be decoded \(its process ended unexpectedly"):
        list(sound.blocks())
    assert len(decoded(decoder, path)) == 30 * 48_000 * 2
    decoder.close()


# ---- limits


@pytest.mark.skipif(sys.platform not in ("linux", "win32"), reason="macOS takes the limit and does not keep it")
def test_a_process_gets_no_more_memory_than_its_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(STAND_INS.parent))
    worker = Worker("stand_ins.odd_child")
    size = limits.DECODER_MEMORY
    assert worker.ask({"do": "limit memory", "bytes": size}, GIVE_UP).head == {"did": "limit memory"}
    assert worker.ask({"do": "take memory", "bytes": size // 4}, GIVE_UP).head == {"did": "take memory"}
    try:
        answer = worker.ask({"do": "take memory", "bytes": 2 * size}, GIVE_UP)
        assert answer.head["text"].startswith("MemoryError")
    except WorkerLostError:
        pass  # which is as good
    worker.close()


def test_a_file_that_is_too_large_is_told_with_the_limit(decoder: SoundDecoder, tmp_path: Path) -> None:
    path = tmp_path / "lon.wav"
    with path.open("wb") as file:
        file.truncate(5_400_000_000)  # a hole: it takes no room
    with pytest.raises(RenderError, match=r"lon\.wav: the file has 5\.4 GB, and the limit is 3\.0 GB"):
        decoder.open(path)


def test_a_sound_that_is_too_long_is_told_with_the_limit(decoder: SoundDecoder, tmp_path: Path) -> None:
    path = write_wav(tmp_path / "dai.wav", noise(1)[:1000], rate=1000)
    data = bytearray(path.read_bytes())
    seconds = 4 * 3600 + 1
    data[40:44] = struct.pack("<I", seconds * 2000)
    path.write_bytes(data)
    with path.open("r+b") as file:
        file.truncate(44 + seconds * 2000)
    with pytest.raises(RenderError, match=r"dai\.wav: it is longer than 4 hours, which is the limit"):
        for _block in decoder.open(path).blocks():
            pass


# ---- formats


@pytest.mark.parametrize("tag", [ID3, ID3 + ID3, ID3_WITH_FOOTER])
@pytest.mark.parametrize("suffix", ["flac", "ogg", "mp3"])
def test_an_id3_tag_before_any_format_is_stepped_over(
    decoder: SoundDecoder, tmp_path: Path, suffix: str, tag: bytes
) -> None:
    whole = STAND_INS / f"tone.{suffix}"
    tagged = tmp_path / f"tagged.{suffix}"
    tagged.write_bytes(tag + whole.read_bytes())
    sound = decoder.open(tagged)
    assert b"".join(sound.blocks()) == decoded(decoder, whole)
    assert not sound.cut_off


@pytest.mark.parametrize("size", [0, 0xFFFF_FFFF])
def test_a_tag_before_a_wav_without_a_length(decoder: SoundDecoder, tmp_path: Path, size: int) -> None:
    path = write_wav(tmp_path / "a.wav", noise(1))
    data = path.read_bytes()
    path.write_bytes(ID3 + data[:40] + struct.pack("<I", size) + data[44:])
    assert decoded(decoder, path) == data[44:]


def test_an_ogg_that_was_recorded_too_loud_is_cut_at_full_scale_and_not_turned_over(
    decoder: SoundDecoder, tmp_path: Path
) -> None:
    wave = 1.6 * np.sin(2 * np.pi * 300 * np.arange(32_000) / 16_000)
    path = tmp_path / "a.ogg"
    soundfile.write(path, wave, 16_000, format="OGG", subtype="VORBIS")
    found = np.frombuffer(decoded(decoder, path), "<i2") / 32_768
    middle = slice(4000, 28_000)
    assert np.max(np.abs(found[middle] - np.clip(wave, -1, 1)[middle])) < 0.3


@pytest.mark.parametrize("kept", [0.5, 0.8, 0.95])
def test_an_ogg_that_was_cut_off_is_read_up_to_there_and_found(
    decoder: SoundDecoder, tmp_path: Path, kept: float
) -> None:
    data = ogg(20)
    path = tmp_path / "cut.ogg"
    path.write_bytes(data[: round(len(data) * kept)])
    sound = decoder.open(path)
    seconds = sum(map(len, sound.blocks())) / 2 / 16_000
    assert sound.cut_off
    assert 20 * kept - 3 < seconds < 20


def test_an_mp3_without_a_table_of_contents_is_read_to_its_end(decoder: SoundDecoder, tmp_path: Path) -> None:
    """Its length can only be guessed from its beginning, and a decoder that trusts its guess stops there."""
    data = (STAND_INS / "tone.mp3").read_bytes()
    path = tmp_path / "a.mp3"
    first = after_id3(io.BytesIO(data))
    frames = data[data.index(data[first : first + 2], first + 4) :]  # after the frame that holds the table
    path.write_bytes(frames * 5)
    sound = decoder.open(path)
    seconds = sum(map(len, sound.blocks())) / 4 / 16_000
    assert seconds == pytest.approx(5 * 1.6, abs=0.3)
    assert not sound.cut_off


def test_two_mp3_that_were_joined_are_not_taken_for_one_whole(decoder: SoundDecoder, tmp_path: Path) -> None:
    """The table of contents of the first tells the decoder to stop after it."""
    path = tmp_path / "a.mp3"
    path.write_bytes((STAND_INS / "tone.mp3").read_bytes() * 2)
    sound = decoder.open(path)
    seconds = sum(map(len, sound.blocks())) / 4 / 16_000
    assert sound.cut_off == (seconds < 2.9)


def test_blocks_are_bounded_and_join_to_the_whole(decoder: SoundDecoder, tmp_path: Path) -> None:
    samples = noise(25)
    blocks = list(decoder.open(write_wav(tmp_path / "a.wav", samples)).blocks())
    assert b"".join(blocks) == samples.tobytes()
    assert max(map(len, blocks)) < 12 * 48_000 * 2


def test_what_a_service_sends_is_mixed_to_mono(decoder: SoundDecoder) -> None:
    sound = decoder.open_data((STAND_INS / "tone.mp3").read_bytes())
    assert sound.channels == 1
    found = np.frombuffer(b"".join(sound.blocks()), "<i2") / 32_768
    assert 0.27 < found.max() < 0.33  # the mean of 0.4 and 0.2


def test_a_name_in_any_letters_is_opened(decoder: SoundDecoder, tmp_path: Path) -> None:
    name = unicodedata.normalize("NFD", "Bác Ba đọc.wav")
    assert decoded(decoder, write_wav(tmp_path / name, noise(1))) == noise(1).tobytes()


def test_a_flac_says_its_rate_channels_and_length() -> None:
    assert flac_header(io.BytesIO((STAND_INS / "tone.flac").read_bytes()), 0) == SoundHeader(16_000, 2, 24_000)


# ---- what telephones record ----------------------------------------------------------------------------------------


def test_opus_is_read_whatever_its_name(decoder: SoundDecoder, tmp_path: Path) -> None:
    file = io.BytesIO()
    soundfile.write(file, noise(2), 48_000, format="OGG", subtype="OPUS")
    for name in ("a.opus", "a.oga", "a.ogg"):
        (tmp_path / name).write_bytes(file.getvalue())
        assert sound_problem(tmp_path, name) is None
        assert len(decoded(decoder, tmp_path / name)) == pytest.approx(2 * 2 * 48_000, rel=0.01)


def test_a_flac_behind_tags_is_read(decoder: SoundDecoder, tmp_path: Path) -> None:
    plain = (STAND_INS / "tone.flac").read_bytes()
    for name, data in (("a.flac", plain), ("b.flac", ID3 + plain)):
        (tmp_path / name).write_bytes(data)
    assert decoded(decoder, tmp_path / "b.flac") == decoded(decoder, tmp_path / "a.flac")


OTHERS = [
    (b"\0\0\0\x1cftypM4A \0\0\0\0", "M4A"),
    (b"\0\0\0\x18ftypmp42\0\0\0\0", "M4A"),
    (b"\0\0\0\x18ftyp3gp4\0\0\0\0", "3GP"),
    (b"\xff\xf1\x50\x80\x02\x1f\xfc", "AAC"),
    (b"\xff\xf9\x50\x80\x02\x1f\xfc", "AAC"),
    (b"#!AMR\n", "AMR"),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9", "WMA"),
    (b"\x1a\x45\xdf\xa3", "WebM"),
    (b"caff\0\1\0\0", "CAF"),
    (b"FORM\0\0\0\0AIFF", "AIFF"),
]


without_ffmpeg = pytest.mark.skipif(find_spec("av") is not None, reason="the extra that reads these is installed")


@without_ffmpeg
@pytest.mark.parametrize(("head", "name"), OTHERS)
def test_what_a_telephone_records_is_called_by_its_name(
    decoder: SoundDecoder, tmp_path: Path, head: bytes, name: str
) -> None:
    path = tmp_path / "a.mp3"
    path.write_bytes(head + bytes(2000))
    with pytest.raises(RenderError, match=rf"a\.mp3: it is {name}, which is not read; convert it to MP3 or WAV"):
        decoder.open(path)


@without_ffmpeg
@pytest.mark.parametrize("name", ["ghi âm.M4A", "a.aac", "a.3gp", "a.amr", "a.wma"])
def test_so_is_one_that_a_script_names(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(bytes(100))
    problem = sound_problem(tmp_path, name)
    assert problem is not None
    assert "convert it to MP3 or WAV" in problem[1]
    outside = sound_problem(tmp_path, f"../{name}")
    assert outside is not None
    assert "allowed: " in outside[1]
