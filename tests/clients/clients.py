"""Which clients of other people are tried, in which version, and what each of them calls.

`docs/reference/clients.md` shows these lists; tests/docs/test_clients.py compares it with them.
"""

from dataclasses import dataclass, field
from typing import Final

LISTED: Final = (
    "GET counters",
    "POST counters",
    "GET counter",
    "DELETE counter",
    "GET goals",
    "POST goals",
    "GET goal",
    "PUT goal",
    "DELETE goal",
    "POST extended_threshold",
    "DELETE extended_threshold",
    "GET visit_join_threshold",
    "POST upload?client_id_type",
    "POST upload",
    "GET uploadings",
    "GET uploading",
    "POST yclid_conversions/upload",
    "GET yclid_conversions/uploadings",
    "GET yclid_conversions/uploading",
    "POST calls_extended_threshold",
    "DELETE calls_extended_threshold",
    "POST upload_calls",
    "GET calls_uploadings",
    "GET calls_uploading",
)
"""The calls that the page lists, in its order."""

OF_THE_GUIDES: Final = frozenset(
    {
        "GET counters",
        "GET counter",
        "GET goals",
        "POST goals",
        "POST extended_threshold",
        "GET visit_join_threshold",
        "POST upload?client_id_type",
        "POST upload",
        "GET uploadings",
        "GET uploading",
    }
)
"""What the steps of Metrica's guides come to."""

SENDS_FILES: Final = "POST upload"


@dataclass(frozen=True, kw_only=True)
class Client:
    """A client, and how it is started."""

    name: str
    version: str
    command: tuple[str, ...]
    """`{python}` stands for the Python of its environment, `{certificate}` for whom to trust."""
    calls: frozenset[str]
    pins: tuple[str, ...] = field(default=())
    """What pip installs for it; nothing where it comes with the machine."""
    wrong_token: str = ""
    """The error that it raises; empty where it hands on the status and the body."""
    missing_column: str = ""
    no_such_counter: str = ""


TAPI: Final = Client(
    name="tapi-yandex-metrika",
    version="2022.4.8",
    command=("{python}", "-m", "tests.clients.programs.with_tapi"),
    calls=frozenset(LISTED) - {"GET visit_join_threshold"},
    pins=(
        "tapi-yandex-metrika==2022.4.8",
        "tapi-wrapper2==0.1.3",
        "requests==2.34.2",
        "orjson==3.13.0",
    ),
    wrong_token="YandexMetrikaTokenError",  # noqa: S106 - the name of an error
    missing_column="YandexMetrikaClientError",
    no_such_counter="YandexMetrikaApiError",
)

AIOTAPIOCA: Final = Client(
    name="aiotapioca-yandex-metrika",
    version="2022.11.7",
    command=("{python}", "-m", "tests.clients.programs.with_aiotapioca"),
    calls=frozenset(LISTED)
    - {
        "POST counters",
        "GET visit_join_threshold",
        "POST upload?client_id_type",
        "POST upload",
        "POST yclid_conversions/upload",
        "POST upload_calls",
    },
    pins=(
        "aiotapioca-yandex-metrika==2022.11.7",
        "aiotapioca-wrapper==4.3.0",
        "asyncio-atexit==1.0.1",
        "aiohttp==3.14.5",
    ),
    wrong_token="YandexMetrikaTokenError",  # noqa: S106 - the name of an error
    no_such_counter="YandexMetrikaClientError",
)

CURL: Final = Client(
    name="curl",
    version="7.88.1",
    command=("sh", "tests/clients/programs/with_curl.sh"),
    calls=OF_THE_GUIDES,
)

PHP: Final = Client(
    name="PHP cURL",
    version="8.2",
    command=("php", "-d", "curl.cainfo={certificate}", "tests/clients/programs/with_php.php"),
    calls=OF_THE_GUIDES,
)

REQUESTS: Final = Client(
    name="requests",
    version="2.34.2",
    command=("{python}", "-m", "tests.clients.programs.with_requests"),
    calls=OF_THE_GUIDES,
    pins=("requests==2.34.2",),
    wrong_token="HTTPError",  # noqa: S106 - the name of an error
    missing_column="HTTPError",
    no_such_counter="HTTPError",
)

CLIENTS: Final = (TAPI, AIOTAPIOCA, CURL, PHP, REQUESTS)
