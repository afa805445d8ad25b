"""The wizard of a campaign, worked with the keyboard alone, with axe-core looking at each step."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final, Literal

from playwright.sync_api import TimeoutError as NotInTime

from support.axe import violations
from support.browser import Console
from support.keyboard import Keyboard
from support.waiting import eventually
from support.words import Words

Kind = Literal["manual", "preview", "dialer", "inbound"]
Entry = tuple[Literal["type", "choose", "toggle", "press", "right", "expect"], str, str]
"""What to do, on the control of which words, with what. "right" presses the arrow so often, as in a row of radios;
"expect" is a field that holds this already. A text that is no key of the catalogue is meant as it is."""

_KEY: Final = re.compile(r"^(campaigns|contacts|telephony|kit)\.\S+$")
_PATIENCE_MS: Final = 60_000


class Wizard:
    def __init__(self, console: Console, words: Words, names: Mapping[str, str]) -> None:
        """`names`: what `{...}` in an entry stands for."""
        self.console = console
        self.page = console.page
        self.keys = Keyboard(console.page)
        self.words = words
        self.faults: list[str] = []
        """What axe-core said, with the step."""
        self._names = names

    def begin(self, kind: Kind) -> None:
        """From the list of campaigns, by its button and the page that asks for the kind."""
        self.page.goto("/campaigns")
        self.keys.act(self.words("campaigns.new"))
        self.page.wait_for_url("**/campaigns/new")
        self.keys.act(self.words(f"campaigns.kind.{kind}"))
        self.page.wait_for_url(f"**/campaigns/new/{kind}")
        self.wait_for("basics")

    def wait_for(self, part: str) -> None:
        """The step is open, all it offers is there, and the focus is at its beginning."""
        heading = self.page.locator("form h2[tabindex]", has_text=self.words(f"campaigns.part.{part}"))
        try:
            heading.wait_for(timeout=_PATIENCE_MS)
        except NotInTime as error:
            raise AssertionError(f"{part} was not reached: {self.console.evidence()}") from error
        self.page.wait_for_load_state("networkidle")

    def refuse_empty(self) -> None:
        """Nothing is filled in: the focus comes to the first fault, which says in words what it is."""
        self.go_on()
        stop = self.keys.wait_for_focus("e?.getAttribute('aria-invalid') === 'true'", "an empty step was left")
        assert stop.error.strip(), f"{stop.name} does not say what is wrong"

    def go_on(self) -> None:
        self.keys.act("", kind="submit")

    def fill(self, entries: Sequence[Entry]) -> None:
        for kind, control, value in entries:
            try:
                self._perform(kind, self._text(control), self._text(value))
            except AssertionError as error:
                raise AssertionError(f"{kind} {control}: {error}\n{self.console.evidence()}") from error

    def judge(self, step: str) -> None:
        self.faults += [f"{step}: {found}" for found in violations(self.page)]

    def work_through(self, parts: Sequence[str], entries: Mapping[str, Sequence[Entry]]) -> None:
        """Each step in turn, to the review."""
        for part, following in zip(parts, [*parts[1:], "review"], strict=True):
            self.fill(entries.get(part, ()))
            self.judge(part)
            self.go_on()
            self.wait_for(following)

    def finish(self, kind: Kind) -> None:
        """Make the campaign that the review shows."""
        self.judge("review")
        self.go_on()
        try:
            self.page.wait_for_url(f"**/campaigns?kind={kind}", timeout=_PATIENCE_MS)
        except NotInTime as error:
            raise AssertionError(f"the campaign was not made: {self.console.evidence()}") from error

    def wait_until_saved(self) -> None:
        """The draft is at the server, and the address leads to it."""
        self.page.wait_for_url(re.compile(r"/campaigns/drafts/\d+$"), timeout=_PATIENCE_MS)
        self.page.get_by_text(self.words("campaigns.draft.saved")).wait_for(timeout=_PATIENCE_MS)

    def row(self, name: str) -> str:
        """What the list shows of a campaign, found by its search."""
        self.keys.go_to(kind="search")
        self.keys.write(name)
        rows = self.page.locator("main tbody tr")
        rows.filter(has_text=name).first.wait_for(timeout=_PATIENCE_MS)
        eventually(lambda: rows.count() == 1, within_seconds=30, evidence=self.console.evidence)
        self.page.wait_for_load_state("networkidle")
        return rows.inner_text()

    def _perform(self, kind: str, control: str, value: str) -> None:
        if kind == "choose":
            self.keys.choose(control, value)
        elif kind == "press":
            self.keys.act(control, kind="button")
        elif kind == "expect":
            self.keys.go_to(control)
            held = self.page.evaluate("() => document.activeElement.value ?? document.activeElement.innerText")
            assert held == value, f"it holds {held!r} instead of {value!r}"
        else:
            self.keys.go_to(control)
            if kind == "type":
                self.keys.write(value)
            else:
                self.keys.press(*(["Space"] if kind == "toggle" else ["ArrowRight"] * int(value)))

    def _text(self, text: str) -> str:
        if _KEY.match(text):
            return self.words(text)
        for name, meant in self._names.items():
            text = text.replace(f"{{{name}}}", meant)
        return text
