"""The statuses as they stand in the catalog.

Named one by one also where all but two are meant: so the index of statuses finds the few that are
on their way among millions that have come to their end.
"""

from typing import Final

from visitjoin.contract.uploads import UploadStatus

LAST: Final = tuple(status.value for status in UploadStatus if status.is_last)
ON_THEIR_WAY: Final = tuple(status.value for status in UploadStatus if not status.is_last)
