"""Which requests a fault is ordered for: the whole of `METHOD path`, without the query."""

from typing import Final

_COUNTER: Final = r"/management/v1/counter/\d+"
COUNTER: Final = f"GET {_COUNTER}"
GOALS: Final = f"GET {_COUNTER}/goals"
THRESHOLD: Final = f"GET {_COUNTER}/offline_conversions/visit_join_threshold"
UPLOAD: Final = f"POST {_COUNTER}/offline_conversions/upload"
UPLOADINGS: Final = f"GET {_COUNTER}/offline_conversions/uploadings"
STATUS: Final = rf"GET {_COUNTER}/offline_conversions/uploading/\d+"
OUTCOMES: Final = r"GET /visitjoin/v1/counter/\d+/uploading/\d+/outcomes"
ANY: Final = ".*"
