from visitjoin.contract.errors import ApiError, OutcomeUnknown, Refused, SourceError, TryLater


def test_an_error_of_the_api_says_which_request_and_what_was_answered() -> None:
    error = Refused("Invalid oauth_token", method="GET", path="/management/v1/counters", status=403)

    assert str(error) == "GET /management/v1/counters: 403 Invalid oauth_token"


def test_an_error_of_an_upload_names_the_batch() -> None:
    error = OutcomeUnknown("no answer within 60 s", method="POST", path="/upload", batch="7f3a")

    assert str(error) == "POST /upload (batch 7f3a): no answer within 60 s"


def test_terminal_transient_and_unknown_are_three_types() -> None:
    for one in (Refused, TryLater, OutcomeUnknown):
        assert issubclass(one, ApiError)
        for other in (Refused, TryLater, OutcomeUnknown):
            assert one is other or not issubclass(one, other)


def test_an_error_of_a_table_says_the_file_and_the_line() -> None:
    assert (
        str(SourceError("not UTF-8", path="deals.csv", line=418))
        == "deals.csv, line 418: not UTF-8"
    )
