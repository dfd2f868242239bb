"""How fast text is read: kB/s of UTF-8 over ordinary script text, over dense numbers, and the start from cold.

python benchmarks/normalise.py [KB]

Then what is repeated is read, four times as much each time: where that takes over ten times as long, something looks at
the same text again and again, and the exit code is 1.
"""

from __future__ import annotations

import itertools
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

started = time.perf_counter()

from broadcaster.speech.normalise import read  # noqa: E402 - the import is timed

PROSE = """BHXH xã Tân Lập: từ ngày 15/5 đến ngày 25/5/2026, UBND xã phối hợp với đại lý thu vận động người dân
tham gia bảo hiểm xã hội tự nguyện. Mức đóng thấp nhất là 330.000 đồng/tháng, Nhà nước hỗ trợ 66.000 đồng/tháng.
Tham gia bảo hiểm xã hội là đầu tư cho tương lai, là góp phần xây dựng sự nghiệp an sinh bền vững. Mọi thắc mắc xin
liên hệ số điện thoại 1900.90.68, hoặc trụ sở UBND xã trong giờ hành chính, sáng từ 7h30, chiều từ 13h30.

"""
DENSE = "Số 1676/QĐ-TTg ngày 21/11/2019, 22%, 1.205.000 đồng/tháng, 7h30-11h, 0912 345 678, Km12+300, quý IV/2026. "


def speed(name: str, sample: str, kilobytes: int) -> None:
    text = sample * (kilobytes * 1024 // len(sample.encode()) + 1)
    size = len(text.encode()) / 1024
    start = time.perf_counter()
    read(text)
    spent = time.perf_counter() - start
    print(f"{name:>6}: {size / spent:7.0f} kB/s ({size:.0f} kB in {spent:.2f} s)")


SCRAPS = (
    "1.",
    "1/",
    "a.",
    "a-",
    "0",
    "A",
    "-",
    " ",
    "\n",
    "@a",
    "BHXH ",
    "15/5 ",
    "(",
    "1 000 ",
    "…",
    "A-",
    "x",
    "\u200b",
)
SCRAPS += ("ban tổ chức (BTC) ", "BTC (ban tổ chức) ", "TK ", "0912 ", "I, ", "ngày 31/4 ", "thứ Hai 5/5 ", "25h00 ")
SCRAPS += (
    "a. Tú ",
    "soạn A ",
    "T2 ",
    "lúa OM 1, ",
    "1,2",
    "1:1:",
    "O+",
    "Krông ",
    "-> ",
    "K2 ",
    "L.V.T",
    "0912345678/",
)


def growth(scrap: str) -> bool:
    """Read more and more of a scrap; return whether the time grew with it and no faster."""
    spent = []
    for size in (10_000, 40_000, 160_000):
        start = time.process_time()
        read(scrap * (size // len(scrap)))
        spent.append(time.process_time() - start)
    good = all(after < 10 * before + 0.2 for before, after in itertools.pairwise(spent))
    print(f"{scrap!r:>16}: {', '.join(f'{seconds:.2f} s' for seconds in spent)}{'' if good else '  GROWS FASTER'}")
    return good


def main() -> None:
    kilobytes = int(sys.argv[1]) if len(sys.argv) > 1 else 1024
    read("Ngày 1/5")
    print(f"  cold: {(time.perf_counter() - started) * 1000:7.0f} ms from import to the first reading")
    speed("prose", PROSE, kilobytes)
    speed("dense", DENSE, kilobytes // 4)
    sys.exit(not all(growth(scrap) for scrap in SCRAPS))


if __name__ == "__main__":
    main()
