"""Each call of the API, against a real receiver."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.conftest import Running
from tests.sender.awaited import awaited_metrica, either_of, receiver_of
from visitjoin.contract.errors import Refused, SettingError
from visitjoin.contract.identifiers import IdentifierKind
from visitjoin.contract.uploads import LARGEST_FILE, UploadStatus
from visitjoin.sender.api.client import Metrica
from visitjoin.sender.run import track as tracking

track = either_of(tracking.track, tracking.track_async)


def test_a_counter_is_created_and_listed_with_its_zone(either: Running) -> None:
    with either.client() as admin:
        created = admin.create_counter("Shop", time_zone_name="Asia/Almaty", site="shop.example")

        assert created in admin.counters()
    with either.client(created.id) as shop:
        assert shop.counter().time_zone_name == "Asia/Almaty"


def test_a_goal_that_exists_is_reused(either: Running) -> None:
    with either.shop() as shop:
        existing, is_new = shop.ensure_goal("Another name", "order_paid")
        other, other_is_new = shop.ensure_goal("Deal won", "deal_won")

        assert (existing.name, is_new) == ("Order paid", False)
        assert other_is_new
        shop.delete_goal(other.id)
        assert [goal.id for goal in shop.goals()] == [existing.id]


def test_a_goal_with_a_forbidden_character_is_refused_before_it_is_sent(either: Running) -> None:
    with either.shop() as shop, pytest.raises(SettingError, match='must not contain "/"'):
        shop.create_goal("Order paid", "order/paid")


def test_tracking_is_enabled_for_the_past_and_disabled(either: Running) -> None:
    with either.shop(tracked_days=None) as shop:
        since = datetime.now(UTC).replace(microsecond=0) - timedelta(days=3)
        shop.enable_tracking(since=since)
        assert shop.join_threshold() == since

        shop.disable_tracking()
        with pytest.raises(Refused, match="Tracking of offline conversions is off"):
            shop.join_threshold()


@pytest.mark.parametrize("kind", [None, IdentifierKind.CLIENT_ID])
def test_both_generations_of_an_upload_are_taken(
    either: Running, tmp_path: Path, kind: IdentifierKind | None
) -> None:
    file = tmp_path / "conversions.csv"
    bought = int(datetime.now(UTC).timestamp()) - 60
    file.write_text(f"ClientId,Target,DateTime\n17,order_paid,{bought}\n")
    progress: list[tuple[int, int]] = []

    with either.shop() as shop:
        uploading = shop.upload(
            file,
            comment="Заказы 3",
            client_id_type=kind,
            on_progress=lambda done, total: progress.append((done, total)),
        )
        last = track(shop, uploading.id)

        assert (uploading.source_quantity, uploading.line_quantity) == (1, 1)
        assert (uploading.comment, uploading.client_id_type) == ("Заказы 3", "CLIENT_ID")
        assert last.status is UploadStatus.LINKAGE_FAILURE
        assert last.user_not_found_quantity == 1
        assert shop.uploadings() == (last,)
    assert progress[-1] == (file.stat().st_size, file.stat().st_size)


def test_an_upload_that_the_server_cannot_read_is_refused_with_its_line(
    either: Running, tmp_path: Path
) -> None:
    file = tmp_path / "conversions.csv"
    file.write_text("ClientId,Target\n17,order_paid\n")

    with (
        either.shop() as shop,
        pytest.raises(Refused, match=r"Line 1: No column for DateTime") as error,
    ):
        shop.upload(file)

    assert error.value.error_type == "invalid_uploading"


def test_a_wrong_token_is_refused(either: Running) -> None:
    with (
        replace(either, token="wrong").client(1) as stranger,  # noqa: S106
        pytest.raises(Refused, match="403") as error,
    ):
        stranger.goals()

    assert error.value.error_type == "invalid_token"


def test_a_comment_or_a_file_beyond_the_limits_is_not_sent(either: Running, tmp_path: Path) -> None:
    file = tmp_path / "large.csv"
    with file.open("wb") as large:
        large.truncate(LARGEST_FILE + 1)
    with either.shop() as shop:
        with pytest.raises(SettingError, match="the API takes"):
            shop.upload(file)
        with pytest.raises(SettingError, match="256 characters"):
            shop.upload(file, comment="x" * 256)
        with pytest.raises(SettingError, match="There is no file"):
            shop.upload(tmp_path / "nothing.csv")


@pytest.mark.parametrize("kind", [Metrica, awaited_metrica])
def test_metrica_is_never_asked_for_what_only_our_receiver_has(
    kind: Callable[..., Metrica],
) -> None:
    with kind(counter=1, token="not-a-real-token") as metrica:  # noqa: S106
        assert metrica.is_yandex
        with pytest.raises(SettingError, match="takes a receiver of one's own"):
            receiver_of(metrica)
        with pytest.raises(SettingError, match="cannot enable tracking for the past"):
            metrica.enable_tracking(since=datetime.now(UTC))
