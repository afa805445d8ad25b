"""A component has the same name everywhere: fails for each place of docs/adding-a-component.md that one misses."""

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
INVENTORIES = sorted(path.parent.name for path in (ROOT / "inventories").glob("*/group_vars"))
PAGE_HEADINGS = ["Environment", "Volumes", "Ports", "Health", "Logs", "Failure"]


def read(path: str) -> str:
    return (ROOT / path).read_text()


def slugs() -> list[str]:
    match = re.search(r"^readonly all_slugs=\(([^)]*)\)", read("images/build.sh"), re.MULTILINE)
    assert match, "images/build.sh has no list all_slugs"
    return match[1].split()


def group_vars(inventory: str) -> dict[str, object]:
    found: dict[str, object] = {}
    for path in sorted((ROOT / "inventories" / inventory / "group_vars" / "all").glob("*.yml")):
        found |= yaml.safe_load(path.read_text())
    return found


def ports_of(slug: str, variables: dict[str, object]) -> list[str]:
    return [name for name in variables if name.startswith(f"{slug}_") and name.endswith("_port")]


SLUGS = slugs()


@pytest.mark.parametrize("slug", SLUGS)
def test_has_an_image_that_says_whether_it_is_well(slug: str) -> None:
    containerfile = read(f"images/{slug}/Containerfile")
    assert re.search(r"^ARG (BASE|PARENT)_IMAGE=", containerfile, re.MULTILINE)
    # An image upon another of ours inherits its check.
    assert "HEALTHCHECK" in containerfile or "PARENT_IMAGE" in containerfile


@pytest.mark.parametrize("slug", SLUGS)
def test_its_image_is_tested(slug: str) -> None:
    tests = "".join(path.read_text() for path in (ROOT / "images" / "tests").glob("test_*.py"))
    assert re.search(rf"\b{slug}\b", tests)


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize("file", ["defaults/main.yml", "meta/argument_specs.yml", "tasks/main.yml", "README.md"])
def test_has_a_role(slug: str, file: str) -> None:
    assert (ROOT / "roles" / slug / file).is_file()


@pytest.mark.parametrize("slug", SLUGS)
def test_is_deployed_under_its_own_tag(slug: str) -> None:
    plays = yaml.safe_load(read("playbooks/site.yml"))
    roles = [role for play in plays for role in play.get("roles", [])]
    assert {"role": slug, "tags": [slug]} in roles


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize("inventory", INVENTORIES)
def test_is_wired_into_the_inventory(slug: str, inventory: str) -> None:
    variables = group_vars(inventory)
    assert f"{slug}_image" in variables
    assert f"{{{{ {slug}_image }}}}" in str(variables["precheck_images"])
    assert slug in str(variables["oml_processes"])


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize("inventory", INVENTORIES)
def test_its_ports_are_checked_before_deployment(slug: str, inventory: str) -> None:
    variables = group_vars(inventory)
    checked = str(variables["precheck_ports"]) + str(variables["precheck_udp_ranges"])
    for port in ports_of(slug, variables):
        assert port in checked, f"precheck does not know {port}"


@pytest.mark.parametrize("inventory", [name for name in INVENTORIES if name != "aio"])
def test_other_inventories_shift_every_port(inventory: str) -> None:
    real, other = group_vars("aio"), group_vars(inventory)
    for name in (name for slug in SLUGS for name in ports_of(slug, real)):
        assert name in other, f"{inventory} does not set {name}"
        assert other[name] != real[name], f"{inventory} has the real {name}"


@pytest.mark.parametrize("slug", SLUGS)
def test_is_run_on_kubernetes(slug: str) -> None:
    stages = read("operator/omnileads_operator/desired/versions.py").partition("STAGES")[2].partition("COMPONENTS")[0]
    assert f'"{slug}"' in stages, "the operator's upgrades do not have it"
    users = read("operator/omnileads_operator/desired/pods.py").partition("USERS")[2].partition("SLUGS")[0]
    assert f'"{slug}"' in users, "the operator does not know the user it runs as"


@pytest.mark.parametrize("slug", SLUGS)
def test_has_a_page_from_the_template(slug: str) -> None:
    page = read(f"docs/components/{slug}.md")
    assert page.startswith(f"# {slug}\n")
    assert re.findall(r"^## (.+)$", page, re.MULTILINE) == PAGE_HEADINGS


@pytest.mark.parametrize("slug", SLUGS)
def test_its_page_explains_every_variable_the_role_passes(slug: str) -> None:
    page = read(f"docs/components/{slug}.md")
    tasks = "".join(path.read_text() for path in sorted((ROOT / "roles" / slug).glob("*/*.yml")))
    passed = set(re.findall(r"^\s+([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+):", tasks, re.MULTILINE))
    unexplained = {name for name in passed if f"`{name}`" not in page}
    assert not unexplained


@pytest.mark.parametrize("slug", SLUGS)
def test_is_in_the_pages_about_all_components(slug: str) -> None:
    assert f"(components/{slug}.md)" in read("docs/index.md")
    architecture = read("docs/architecture.md")
    assert f"| [{slug}](components/{slug}.md) |" in architecture
    has_failure_row = re.search(rf"^\| {slug} \|", architecture.partition("## When a part dies")[2], re.MULTILINE)
    assert has_failure_row, "docs/architecture.md does not say what happens when it dies"


@pytest.mark.parametrize("slug", SLUGS)
def test_its_ports_are_in_the_firewall_page(slug: str) -> None:
    variables = group_vars("aio")
    ports = read("docs/ports.md")
    for name in ports_of(slug, variables):
        assert re.search(rf"\b{variables[name]}\b", ports), f"docs/ports.md has no row for {name}"
