"""What a program saw, told to the test that runs it: one line of JSON for each call."""

import json


def tell(call: str, status: int, answer: object, raised: str = "") -> None:
    """Tell of a call. raised: the name of the error that the client made of the answer."""
    print(json.dumps({"call": call, "status": status, "answer": answer, "raised": raised}))
