import shutil

import pytest

from .browser import Browser


@pytest.fixture
def browser(tmp_path_factory: pytest.TempPathFactory) -> Browser:
    """A Chromium that needs no screen; the test is left out where there is none."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        pytest.skip("needs Chromium to look at the page: apt-get install chromium")
    return Browser(found, tmp_path_factory.mktemp("browser"))
