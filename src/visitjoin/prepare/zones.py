"""Time zones by their names."""

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from visitjoin.contract.errors import SettingError


def zone_named(name: str) -> ZoneInfo:
    """A time zone by its name. Raises SettingError where there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        # An OSError is the answer to the name of a folder of zones, such as `Europe`.
        raise SettingError(
            f'"{name}" is no time zone. Write it as Europe/Moscow or Asia/Almaty.'
        ) from error
