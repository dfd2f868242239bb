"""Where tests of rendering write scripts and make clips of them."""

from __future__ import annotations

from pathlib import Path

from broadcaster.models import Clip, Script
from broadcaster.settings import MixSettings, SpeechSettings
from broadcaster.speech.render import Renderer, RenderReport
from broadcaster.speech.script import read_script

SENTENCE = "Bảo hiểm xã hội cho tất cả mọi người."
SILENT = SpeechSettings(voices=("silent",))


class Studio:
    """A folder with scripts, and what renders them."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / "scripts").mkdir(parents=True)
        self.speech = SILENT
        self.mix = MixSettings()

    def script(self, body: str = SENTENCE, name: str = "bai", front: str = "") -> Script:
        path = self.root / "scripts" / f"{name}.md"
        path.write_text(f'+++\ntitle = "{name}"\n{front}\n+++\n{body}\n', "utf-8")
        return read_script(path)

    @property
    def renderer(self) -> Renderer:
        return Renderer(self.root, self.speech, self.mix)

    def render(self, *scripts: Script, again_better: bool = True) -> RenderReport:
        return self.renderer.render(scripts, again_better=again_better)

    def clip(self, script: Script) -> Clip:
        report = self.render(script)
        assert not report.failed
        clip = self.renderer.find(script)
        assert clip is not None
        return clip

    def files(self) -> set[str]:
        return {path.name for path in (self.root / "audio").glob("*")}
