"""What the pages say about the repository is compared with the repository."""

import re
import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
CONFIGURED = ("instance.yml", "ports.yml", "sizes.yml")
LINK = re.compile(r"\]\(([^)\s]+)\)")
ROW = re.compile(r"^\| `([a-z][a-z0-9_]+)` \| (.*?) \| .*\|$", re.MULTILINE)


def anchors(page: Path) -> set[str]:
    """Anchors of a page's headings, made as git forges make them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    prose = re.sub(r"```.*?```", "", page.read_text(), flags=re.DOTALL)
    for link in LINK.findall(prose):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), f"{link} leads nowhere"
        assert not anchor or anchor in anchors(target), f"{link}: there is no such heading"


def test_every_decision_is_listed() -> None:
    folder = ROOT / "docs" / "decisions"
    listed = set(LINK.findall((folder / "README.md").read_text()))
    assert listed == {path.name for path in folder.glob("[0-9]*.md")}


def inventory() -> dict[str, object]:
    folder = ROOT / "inventories" / "aio" / "group_vars" / "all"
    return {name: value for file in CONFIGURED for name, value in yaml.safe_load((folder / file).read_text()).items()}


def test_the_configuration_page_names_the_inventorys_variables_and_defaults() -> None:
    rows = dict(ROW.findall((ROOT / "docs" / "configuration.md").read_text()))
    variables = inventory()
    assert rows.keys() == variables.keys()
    for name, value in variables.items():
        if isinstance(value, str) and "ansible_facts" in value:
            assert rows[name] == "the host's IPv4 address"
        elif isinstance(value, str) and (default := re.search(r"lookup\(.*default='([^']*)'\)", value)):
            assert rows[name] == f"`{default[1]}`", name
        elif value in ("", []):
            assert rows[name] == "empty", name
        else:
            text = str(value).lower() if isinstance(value, bool) else str(value)
            assert rows[name] == f"`{text}`", name


def test_verbs_in_the_pages_exist() -> None:
    listing = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    verbs = set(re.findall(r"^  ([a-z0-9-]+) ", listing, re.MULTILINE))
    used = {
        verb for page in PAGES for verb in re.findall(r"(?:`|^|sudo )make ([a-z0-9-]+)", page.read_text(), re.MULTILINE)
    }
    assert used <= verbs, f"there is no `make {'`, `make '.join(sorted(used - verbs))}`"


def test_nothing_in_the_repository_names_the_machine_it_was_written_on() -> None:
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, tracked.split("\0")):
        path = ROOT / name
        if path.is_file() and path != Path(__file__):
            assert b"/work/" not in path.read_bytes(), f"{name} names a path of somebody's machine"


def test_names_of_benchmarks_do_not_reach_the_playbooks() -> None:
    """Images are built by a playbook first; ARGS is the benchmark's there."""
    steps = subprocess.run(
        ["make", "--dry-run", "bench", "ARGS=import"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    assert [step.split()[-1] for step in steps if "import" in step] == ["import"]
    assert not [step for step in steps if "playbook" in step and "import" in step]
