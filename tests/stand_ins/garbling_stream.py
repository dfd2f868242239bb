"""The real process of a device, until it has something to say: then it sends what nobody understands."""

from __future__ import annotations

import os
from typing import Any

from broadcaster.children.child_side import Parent
from broadcaster.playout.sound import device_process

WHEN, WHAT = os.environ["GARBLE"].split(":", 1)


class Garbling(Parent):
    """Garbles when the first play is "waiting", or when it is "heard"."""

    def send(self, head: dict[str, Any], body: bytes = b"") -> None:
        if head.get("number") and head["event"] == "progress" and (head["played"] > 0) == (WHEN == "heard"):
            super().send(head, body)
            if WHAT == "a report without its fields":
                super().send({"event": "progress", "handed": head["handed"] + 1})
            else:
                self._outgoing.write(WHAT.encode())
        super().send(head, body)


def main(parent: Parent) -> None:
    parent.__class__ = Garbling
    device_process.main(parent)
