from .conftest import Check

HEADER = "Note,ClientId,Target,DateTime\n"


def lines(check: Check, rows: str) -> list[int]:
    return [row["line"] for row in check(HEADER + rows).rejects]


def test_the_line_of_a_rejected_row_is_that_of_the_file(check: Check) -> None:
    assert lines(check, "a,17,t,1794690000\nb,,t,1794690000\nc,17,,1794690000\n") == [3, 4]


def test_blank_lines_are_counted(check: Check) -> None:
    assert lines(check, "\n\na,,t,1794690000\n\nb,,t,1794690000\n") == [4, 6]


def test_line_breaks_inside_quotes_are_counted(check: Check) -> None:
    rows = '"one\ntwo\nthree",17,t,1794690000\nb,,t,1794690000\n"x\ny",,t,1794690000\nz,,t,1\n'

    assert lines(check, rows) == [5, 6, 8]


def test_the_lines_of_uneven_rows_are_right_too(check: Check) -> None:
    rows = '"one\ntwo",17,t,1794690000,extra\nb,,t,1794690000\n'

    assert lines(check, rows) == [2, 4]


def test_the_row_number_names_the_record_whatever_its_line(check: Check) -> None:
    result = check(HEADER + '"one\ntwo",,t,1794690000\nb,,t,1794690000\n')

    assert [(row["row_no"], row["line"]) for row in result.rejects] == [(1, 2), (2, 4)]


def test_a_row_with_nothing_but_a_field_too_many_is_rejected_and_no_blank_line(
    check: Check,
) -> None:
    result = check("ClientId,Target,DateTime\n,,,more\n,,,\n17,t,1794690000\n")

    assert result.prepared.rows == 2
    assert [(row["line"], row["reason"]) for row in result.rejects] == [(2, "too_many_fields")]
