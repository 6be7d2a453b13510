"""What each way to fail means for sending again."""

import socket
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from tests.sender.awaited import awaited_metrica
from tests.sender.faulty import Faulty
from visitjoin.contract.errors import OutcomeUnknown, QuotaSpent, Refused, SettingError, TryLater
from visitjoin.contract.goals import GoalId
from visitjoin.sender.api.client import Metrica

TOKEN = "not-a-real-token"  # noqa: S105
Kind = Callable[..., Metrica]
KINDS: tuple[Kind, ...] = (Metrica, awaited_metrica)


@pytest.fixture
def metrica(either_metrica: Metrica) -> Metrica:
    return either_metrica


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "conversions.csv"
    path.write_text("ClientId,Target,DateTime\n17,order_paid,1794690000\n")
    return path


@pytest.mark.parametrize("status", ["400", "401", "403", "404", "409", "413"])
def test_what_the_server_understood_and_refused_is_terminal(
    metrica: Metrica, faulty: Faulty, status: str
) -> None:
    faulty.faults.append(status)

    with pytest.raises(Refused, match=f"GET /management/v1/counter/1/goals: {status} so it is"):
        metrica.goals()

    assert len(faulty.requests) == 1


def test_a_denied_right_is_explained(metrica: Metrica, faulty: Faulty) -> None:
    faulty.faults.append("403")

    with pytest.raises(Refused, match="needs the scope metrika:write or metrika:offline_data"):
        metrica.goals()


@pytest.mark.parametrize("fault", ["429", "500", "502", "503", "504", "cut", "lost", "half"])
def test_reading_is_tried_again_until_it_works(
    metrica: Metrica, faulty: Faulty, fault: str
) -> None:
    faulty.faults.extend([fault] * 3)

    assert metrica.goals() == ()
    assert len(faulty.requests) == 4


def test_reading_is_not_tried_for_ever(metrica: Metrica, faulty: Faulty) -> None:
    faulty.faults.extend(["503"] * 50)

    with pytest.raises(TryLater):
        metrica.goals()

    assert len(faulty.requests) == 6


@pytest.mark.parametrize("fault", ["500", "502", "503", "504", "cut", "lost", "half"])
def test_an_upload_without_a_whole_answer_is_unknown_and_not_tried_again(
    metrica: Metrica, faulty: Faulty, file: Path, fault: str
) -> None:
    faulty.faults.append(fault)

    with pytest.raises(OutcomeUnknown, match=r"\(batch 7f\)") as error:
        metrica.upload(file, batch="7f")

    assert error.value.batch == "7f"
    assert len(faulty.requests) == 1


def test_an_upload_refused_for_its_rate_is_surely_not_taken(
    metrica: Metrica, faulty: Faulty, file: Path
) -> None:
    faulty.faults.append("429 7")

    with pytest.raises(TryLater) as error:
        metrica.upload(file)

    assert error.value.wait == 7


@pytest.mark.parametrize("quota", ["quota_parallel_requests", "quota_requests_by_ip"])
def test_a_quota_of_the_moment_is_waited_for(metrica: Metrica, faulty: Faulty, quota: str) -> None:
    faulty.faults.extend([f"429 {quota}"] * 3)

    assert metrica.goals() == ()
    assert len(faulty.requests) == 4


@pytest.mark.parametrize("quota", ["quota_requests_by_uid", "quota_requests_by_counter_id"])
def test_a_quota_of_the_day_is_not_waited_for(metrica: Metrica, faulty: Faulty, quota: str) -> None:
    faulty.faults.extend([f"429 {quota}"] * 3)

    with pytest.raises(QuotaSpent, match=r"429 so it is\. No request will be taken until") as spent:
        metrica.goals()

    assert spent.value.error_type == quota
    assert spent.value.wait is not None
    assert 0 < spent.value.wait <= timedelta(days=1).total_seconds()
    assert len(faulty.requests) == 1


def test_creating_a_goal_is_not_tried_again_blindly(metrica: Metrica, faulty: Faulty) -> None:
    faulty.faults.append("lost")

    with pytest.raises(OutcomeUnknown):
        metrica.create_goal("Order paid", "order_paid")


def test_deleting_may_be_repeated(metrica: Metrica, faulty: Faulty) -> None:
    faulty.faults.append("lost")

    metrica.delete_goal(GoalId(1))

    assert len(faulty.requests) == 2


@pytest.mark.parametrize("kind", KINDS)
def test_a_server_that_is_not_there_was_surely_not_reached(kind: Kind, file: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{taken.getsockname()[1]}"
        with (
            kind(counter=1, token=TOKEN, base_url=address) as metrica,
            pytest.raises(TryLater, match="cannot be reached"),
        ):
            metrica.upload(file)


@pytest.mark.parametrize("kind", KINDS)
def test_a_server_that_stays_silent_is_waited_for_as_long_as_wished(kind: Kind, file: Path) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with (
            kind(counter=1, token=TOKEN, base_url=address, timeout=0.05) as metrica,
            pytest.raises(OutcomeUnknown, match="no answer came in time"),
        ):
            metrica.upload(file)


def test_the_token_is_in_no_error_and_no_text_of_the_client(
    metrica: Metrica, faulty: Faulty, file: Path
) -> None:
    texts = [repr(metrica), str(metrica)]
    for fault in ("400", "403", "429", "500", "lost", "half"):
        faulty.faults.append(fault)
        with pytest.raises((Refused, TryLater, OutcomeUnknown)) as error:
            metrica.upload(file)
        texts += [str(error.value), repr(error.value)]

    assert not any(TOKEN in text for text in texts)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("address", ["", "api-metrika.yandex.net", "ftp://x", "https://"])
def test_an_address_that_is_none_is_a_wrong_setting(kind: Kind, address: str) -> None:
    with pytest.raises(SettingError, match="The API's address"):
        kind(counter=1, token=TOKEN, base_url=address)


@pytest.mark.parametrize("kind", KINDS)
def test_a_certificate_that_nobody_vouches_for_is_refused(kind: Kind) -> None:
    """The client has no switch for it; here its settings are read back from the connection pool."""
    with kind(counter=1, token=TOKEN) as metrica:
        context = metrica.transport._client._transport._pool._ssl_context  # type: ignore[attr-defined]

    assert context.verify_mode.name == "CERT_REQUIRED"
    assert context.check_hostname
