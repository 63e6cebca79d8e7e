"""Take the README's pictures, or with --all each page on every screen, to look at:

python -m tests.screenshots
python -m tests.screenshots --all FOLDER
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path[:0] = [path for path in (str(ROOT), str(ROOT / "tests")) if path not in sys.path]
os.environ["NO_PROXY"] = "127.0.0.1,localhost"

import pytest  # noqa: E402

PICTURES = ("phones", "console")  # the README's, each of the page with this name
IMAGES = ROOT / "docs" / "images"
SIZE = {"width": 1120, "height": 640}  # keeps the files small

TALK = 3.0  # seconds of each speech


def take(everything: Path | None = None) -> None:
    """Take the README's pictures, or every form of each page into a folder; print each file."""
    from rigs.browser import chromium, opened
    from rigs.scene import FORMS, PAGES, meeting, picture

    folder = everything or IMAGES
    forms = {f"-{name}": form for name, form in FORMS.items()}
    wanted = [
        (page, name, {"viewport": form.size, "color_scheme": form.scheme})
        for page in PAGES
        for name, form in forms.items()
    ]
    if everything is None:
        wanted = [(page, "", {"viewport": SIZE, "color_scheme": "light"}) for page in PICTURES]
    folder.mkdir(parents=True, exist_ok=True)
    with meeting(talk=TALK) as line, chromium() as browser:
        for page, name, options in wanted:
            file = folder / f"{page}{name}.png"
            with opened(browser, **options) as tab, PAGES[page](tab, line):
                picture(tab, file)
            print(file)


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m tests.screenshots",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--all", type=Path, metavar="FOLDER", help="put every form in this folder")
    try:
        take(parser.parse_args().all)
    except pytest.skip.Exception as missing:  # Playwright or Chromium
        sys.exit(str(missing))


if __name__ == "__main__":
    main()
