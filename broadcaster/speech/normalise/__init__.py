"""Written administrative Vietnamese in, the words an announcer says out. Usable alone: the standard library is enough.

>>> from broadcaster.speech.normalise import read
>>> read("Mức đóng BHXH là 330.000đ/tháng.").spoken
'Mức đóng bảo hiểm xã hội là ba trăm ba mươi nghìn đồng một tháng.'
"""

from .numbers import Region
from .reader import read
from .result import Change, Doubt, Reading, ReadingWarning

__all__ = ["Change", "Doubt", "Reading", "ReadingWarning", "Region", "read"]
