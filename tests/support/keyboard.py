"""The console driven by keyboard alone: no mouse, only keys, and looking where they lead.

Nothing here knows the instance: it works on any page of the console, signed in and in English.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page

MOST_STOPS = 260
"""Tab stops of the longest page with all of the shell around it, and to spare."""

_LOOK = """
(() => {
  // A ring that fades in is judged when it is there.
  const still = new CSSStyleSheet()
  still.replaceSync('*, *::before, *::after { transition: none !important; animation: none !important }')
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, still]
  const text = (ids) => ids.split(' ').map((id) => document.getElementById(id)?.innerText ?? '').join(' ')
  const name = (e) => {
    const by = e.getAttribute('aria-labelledby')
    const said = (by && text(by)) || e.getAttribute('aria-label') || e.labels?.[0]?.innerText || e.innerText || ''
    return said.replace(/\\s+/g, ' ').trim()
  }
  const root = () =>
    [...document.querySelectorAll('[role=dialog],[role=alertdialog]')].at(-1) ?? document.querySelector('main')
  // A ring may be drawn around the control, on a sibling (switches) or on what surrounds it (bars of radio buttons).
  const parts = (e) => [e, e.parentElement, e.parentElement?.parentElement, ...(e.parentElement?.children ?? [])]
  const styles = (e) => parts(e).filter(Boolean).map((part) => getComputedStyle(part))
  const outlined = (style) => style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0
  const ring = (e) =>
    JSON.stringify(styles(e).map((style) => [outlined(style) ? style.outlineColor : '', style.boxShadow]))
  const covers = (e) => {
    const box = e.getBoundingClientRect()
    if (box.width < 5 || box.height < 5) return ''
    const middle = (from, to, most) => (Math.max(0, from) + Math.min(most, to)) / 2
    const hit = document.elementFromPoint(
      middle(box.left, box.right, innerWidth), middle(box.top, box.bottom, innerHeight))
    // Notices go by themselves.
    const isNotice = hit?.closest('.notice')
    const isOwn = hit && (hit.contains(e) || e.contains(hit) || hit.parentElement?.contains(e) || isNotice)
    return isOwn ? '' : (hit?.outerHTML ?? 'out of sight').slice(0, 80)
  }
  const scrolled = (e) => (e ? e.scrollTop + scrolled(e.parentElement) : 0)
  let seen = new Set()
  let last = null
  const stop = () => {
    const e = document.activeElement ?? document.body
    // Some rings stay a moment after the focus has gone, so an outline that was there is enough.
    const isLeft = last && last.element !== e && last.element.isConnected
    const unseen = isLeft && !last.hasOutline && ring(last.element) === last.ring
    const invisible = unseen ? last.name : ''
    const isBody = e === document.body
    const box = e.getBoundingClientRect()
    const goesBack = last?.inRoot && !isBody && !(last.element.compareDocumentPosition(e) & 4) && last.element !== e
    const found = {
      name: isBody ? '' : name(e), type: e.type ?? '', role: e.getAttribute('role') ?? e.tagName.toLowerCase(),
      inRoot: !isBody && (root()?.contains(e) ?? false), isBody, known: seen.has(e), invisible, goesBack: !!goesBack,
      covered: isBody ? '' : covers(e), expanded: e.getAttribute('aria-expanded') === 'true',
      invalid: e.getAttribute('aria-invalid') === 'true', error: text(e.getAttribute('aria-describedby') ?? ''),
      active: document.getElementById(e.getAttribute('aria-activedescendant') ?? '')?.innerText?.trim() ?? '',
      scroller: !!e.closest('[role=region][tabindex]'),
      top: box.top + scrolled(e), left: box.left, bottom: box.bottom + scrolled(e),
    }
    // The parts of a time field are one element, and only the first shows its ring here.
    if (last?.element !== e)
      last = isBody
        ? null
        : { element: e, ring: ring(e), hasOutline: styles(e).some(outlined), name: found.name, inRoot: found.inRoot }
    if (!isBody) seen.add(e)
    return found
  }
  // Only what it takes to find a control.
  const where = () => {
    const e = document.activeElement ?? document.body
    const isBody = e === document.body
    return {
      name: isBody ? '' : name(e), type: e.type ?? '', role: e.getAttribute('role') ?? e.tagName.toLowerCase(),
      inRoot: !isBody && (root()?.contains(e) ?? false),
    }
  }
  const missed = () =>
    [...root().querySelectorAll('a[href],button,input,select,textarea,[tabindex="0"],[role=combobox],[role=tab]')]
      .filter((e) => e.tabIndex >= 0 && !e.matches(':disabled') && !e.closest('[inert],[aria-hidden="true"]'))
      .filter((e) => e.getClientRects().length > 0 && getComputedStyle(e).visibility !== 'hidden' && !seen.has(e))
      .filter((e) => e.type !== 'radio' || ![...seen].some((other) => other.type === 'radio' && other.name === e.name))
      .map((e) => `${e.tagName} ${name(e)}`)
  window.omlKeys = { stop, where, missed, begin: () => { seen = new Set(); last = null; return true } }
})()
"""


LONG_TEXT = 60
"""Beyond it a text is pasted, as people do."""


@dataclass(frozen=True)
class Stop:
    """Where the focus is."""

    name: str
    type: str
    role: str
    is_in_root: bool
    is_body: bool
    is_known: bool
    is_expanded: bool
    is_invalid: bool
    error: str
    active: str
    facts: dict[str, Any]


class Keyboard:
    """A pair of hands that never leave the keys, and the eyes of somebody who looks for the focus ring."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def write(self, text: str) -> None:
        """Over whatever the field holds."""
        self.press("Control+a")
        if len(text) > LONG_TEXT:
            self.page.keyboard.insert_text(text)
        else:
            self.page.keyboard.type(text)

    def here(self) -> Stop:
        found = self._ask("stop()")
        return Stop(
            name=found["name"],
            type=found["type"],
            role=found["role"],
            is_in_root=found["inRoot"],
            is_body=found["isBody"],
            is_known=found["known"],
            is_expanded=found["expanded"],
            is_invalid=found["invalid"],
            error=found["error"],
            active=found["active"],
            facts=found,
        )

    def go_to(self, name: str = "", *, kind: str = "") -> Stop:
        """Tab to the control whose name begins so, that is of this type, or both: down to the end, then up."""
        met: list[str] = []
        key, was_inside = "Tab", False
        for _ in range(MOST_STOPS):
            at = self._ask("where()")
            # The focus may be on a heading, which is called as a control below it is.
            is_control = at["inRoot"] and at["role"] not in ("h1", "h2")
            if is_control and at["name"].startswith(name) and kind in ("", at["type"]):
                return self.here()
            if not at["inRoot"] and (was_inside or not met):
                key = "Shift+Tab" if key == "Tab" else "Tab"
            was_inside = at["inRoot"]
            met.append(f"{at['role']} {at['name']}")
            self.press(key)
        raise AssertionError(f"no way leads to {name or kind!r}; it went by {list(dict.fromkeys(met))}")

    def act(self, name: str, *, key: str = "Enter", kind: str = "") -> None:
        """Go to a control and press a key there."""
        self.go_to(name, kind=kind)
        self.press(key)

    def pick(self, opener: str, entry: str) -> None:
        """Open a menu and take one of its entries."""
        self.act(opener)
        self.wait_for_focus("e?.getAttribute('role') === 'menu'", f"{opener} was pressed")
        met: list[str] = []
        for _ in range(20):
            self.press("ArrowDown")
            met.append(self.here().active)
            if met[-1].startswith(entry):
                return self.press("Enter")
        raise AssertionError(f"{opener} has no {entry!r}; it has {list(dict.fromkeys(met))}")

    def choose(self, field: str, option: str) -> None:
        """Open a list, move to the option, take it; the focus is back on the field then."""
        self.go_to(field)
        self.press("Enter")
        self.page.wait_for_function("() => document.querySelector('[role=listbox] [role=option]') !== null")
        if self.page.evaluate("() => document.activeElement instanceof HTMLInputElement"):
            # A long list has a field to search it.
            self.write(option)
            self.page.locator("[role=listbox] [role=option]").filter(has_text=option).first.wait_for()
        else:
            self.press("Home")
        for _ in range(80):
            if self.here().active.startswith(option):
                break
            self.press("ArrowDown")
        else:
            raise AssertionError(f"{field} has no {option!r}")
        self.press("Enter")
        self.page.wait_for_function(
            "() => document.activeElement?.getAttribute('aria-expanded') !== 'true'"
            " && document.querySelector('.p-select-overlay') === null"
        )
        stop = self.here()
        assert stop.name.startswith(field), f"after choosing, the focus is on {stop.name!r} instead of {field!r}"

    def wait_for_focus(self, condition: str, what: str) -> Stop:
        """Wait until the focused element `e` fulfils a JavaScript condition."""
        try:
            self.page.wait_for_function(
                f"() => {{ const e = document.activeElement; return {condition} }}", timeout=5000
            )
        except Exception as error:
            raise AssertionError(f"{what}: the focus is on {self.here()}") from error
        return self.here()

    def walk(self) -> list[str]:
        """Up to the first control of the page, then down to the last. What is wrong with the way, in words.

        A dialog keeps the focus inside, so there the way is once round.
        """
        if self.here().is_body and not self.is_dialog_open:
            # The first control of a page leads past the menu.
            self.press("Tab", "Enter")
        for _ in range(MOST_STOPS):
            if self.is_dialog_open or not self.here().is_in_root:
                break
            self.press("Shift+Tab")
        self._ask("begin()")
        faults: list[str] = []
        before: Stop | None = None
        for _ in range(MOST_STOPS):
            self.press("Tab")
            stop = self.here()
            faults += self._faults_of(stop, before)
            is_round = self.is_dialog_open and stop.is_known and before is not None and stop.name != before.name
            if is_round or (before is not None and before.is_in_root and not stop.is_in_root):
                break
            before = stop
        else:
            faults.append(f"the focus is caught at {before}")
        missed: list[str] = self._ask("missed()")
        faults += [f"cannot be reached: {one}" for one in missed]
        return list(dict.fromkeys(faults))

    @property
    def is_dialog_open(self) -> bool:
        return self.page.locator("[role=dialog], [role=alertdialog]").count() > 0

    def _ask(self, what: str) -> Any:
        """The helper in the page is put there when it is missing: the first time, and after every loading."""
        found = self.page.evaluate(f"() => window.omlKeys ? [omlKeys.{what}] : null")
        if found is None:
            self.page.evaluate(_LOOK)
            found = self.page.evaluate(f"() => [omlKeys.{what}]")
        return found[0]

    def _faults_of(self, stop: Stop, before: Stop | None) -> list[str]:
        faults = []
        if stop.facts["invisible"]:
            faults.append(f"no visible focus: {stop.facts['invisible']}")
        if stop.facts["covered"] and stop.is_in_root:
            faults.append(f"covered: {stop.name} by {stop.facts['covered']}")
        if before is not None and before.is_in_root and stop.is_in_root and not self.is_dialog_open:
            is_beside = stop.facts["scroller"] == before.facts["scroller"]
            is_back = (
                is_beside and stop.facts["bottom"] <= before.facts["top"] and stop.facts["left"] <= before.facts["left"]
            )
            if is_back or stop.facts["goesBack"]:
                faults.append(f"goes back from {before.name} to {stop.name}")
        return faults
