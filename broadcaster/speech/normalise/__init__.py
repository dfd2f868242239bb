"""Turn written administrative Vietnamese into the words that an announcer says. Needs only the standard library.

>>> from broadcaster.speech.normalise import read
>>> read("Mức đóng BHXH là 330.000đ/tháng.").spoken
'Mức đóng bảo hiểm xã hội là ba trăm ba mươi nghìn đồng một tháng.'
"""

from .glosses import find_glosses
from .numbers import Region
from .reader import read
from .result import Doubt, Reading, ReadingChange, ReadingWarning

__all__ = ["Doubt", "Reading", "ReadingChange", "ReadingWarning", "Region", "find_glosses", "read"]
