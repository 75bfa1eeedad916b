"""Values as conditions read them (conditions.md section 2, measured and inferred rows included)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from workbench.evaluation.values import (
    between,
    bytes_of,
    neighbors,
    read_address,
    read_base64,
    read_bool,
    read_date,
    read_network,
    read_number,
    text_of_bytes,
)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", "0"),
        ("-0.5", "-0.5"),
        ("+7", "7"),
        ("007", "7"),
        (".5", "0.5"),
        ("5.", "5"),
        ("1e1", "10"),
        ("1E+2", "100"),
        ("1e-2", "0.01"),
        ("1e999999999", "1e999999999"),
    ],
)
def test_a_number_has_sign_fraction_and_exponent(text: str, number: str) -> None:
    assert read_number(text) == Decimal(number)


@pytest.mark.parametrize(
    "text", ["", " 1", "1 ", "0x10", "1_000", "1e", "e1", ".", "--1", "NaN", "Infinity", "١", "1e1234567890"]
)
def test_other_texts_are_no_numbers(text: str) -> None:
    assert read_number(text) is None


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1970", "0"),
        ("1970-02", "2678400"),
        ("1970-01-02", "86400"),
        ("1970-01-01T01:00", "3600"),
        ("1970-01-01T00:01Z", "60"),
        ("1970-01-01T00:00:01Z", "1"),
        ("1970-01-01T00:00:01.25Z", "1.25"),
        ("1970-01-01T02:00:00+02:00", "0"),
        ("1970-01-01T00:00:00-01:30", "5400"),
        ("1969-12-31T23:59:59.5Z", "-0.5"),
        ("86400", "86400"),
        ("-1", "-1"),
        ("+1", "1"),
        ("1.5", "1.5"),
    ],
)
def test_a_date_is_iso_8601_or_epoch_seconds(text: str, seconds: str) -> None:
    assert read_date(text) == Decimal(seconds)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "1970-13",
        "1970-02-30",
        "1970-01-01T24:00",
        "0000",
        "1970-01-01T00:00:00+99:00",
        "1970-01-01T00:00:00+00:60",
        "1970-01-01T00:00:00+0100",
        "1970-01-01t00:00:00Z",
        "1970-01-01T00:00:00z",
        "1e3",
        "1970-1",
    ],
)
def test_other_texts_are_no_dates(text: str) -> None:
    assert read_date(text) is None


def test_only_true_is_true() -> None:
    assert [read_bool(text) for text in ("true", "TRUE", "True", "false", "yes", "1", "", "true ")] == (
        [True] * 3 + [False] * 5
    )


@pytest.mark.parametrize(
    ("text", "network"),
    [
        ("203.0.113.9", "203.0.113.9/32"),
        ("203.0.113.9/24", "203.0.113.0/24"),
        ("2001:db8::1", "2001:db8::1/128"),
        ("2001:DB8::1/32", "2001:db8::/32"),
        ("0.0.0.0/0", "0.0.0.0/0"),
    ],
)
def test_a_range_masks_its_host_bits(text: str, network: str) -> None:
    assert str(read_network(text)) == network


@pytest.mark.parametrize(
    "text", ["", "203.0.113", "203.0.113.0/33", "203.0.113.0/255.255.255.0", "1.2.3.4/", "x", "1.2.3.4/٣"]
)
def test_other_texts_are_no_ranges(text: str) -> None:
    assert read_network(text) is None


def test_an_address_is_one_address_and_a_mapped_one_is_the_one_it_maps() -> None:
    assert str(read_address("203.0.113.7")) == "203.0.113.7"
    assert str(read_address("::ffff:203.0.113.7")) == "203.0.113.7"
    assert str(read_address("2001:db8:0::1")) == "2001:db8::1"
    assert [read_address(text) for text in ("", "203.0.113.0/24", "x")] == [None] * 3


def test_base64_is_read_with_its_padding_only() -> None:
    assert read_base64("QQ==") == b"A"
    assert read_base64("QUJD") == b"ABC"
    assert read_base64("") == b""
    assert [read_base64(text) for text in ("QQ", "Q", "QQ=", "Q Q=", "QQ==\n", "é===")] == [None] * 6


@pytest.mark.parametrize("text", ["0", "-1", "1e40", "-1e40", "1e999999999", "1e-999999999", "1" * 50, "0." + "1" * 50])
def test_every_number_has_neighbors_and_something_between(text: str) -> None:
    number = Decimal(text)
    below, above = neighbors(number)
    assert below < number < above
    assert below < between(below, number) < number < between(number, above) < above


def test_numbers_that_differ_in_the_last_of_many_digits_have_something_between() -> None:
    low, high = Decimal("1" * 60), Decimal("1" * 59 + "2")
    assert low < between(low, high) < high
    short, long = Decimal("1e59"), Decimal("1" + "0" * 58 + "1")
    assert short < between(short, long) < long
    huge = Decimal("1e999999999")
    assert Decimal(1) < between(Decimal(1), huge) < huge


def test_bytes_of_any_kind_are_a_context_value() -> None:
    for data in (b"ABC", "é".encode(), b"\x00\x10\x83", b"\xff\xfe", b""):
        assert bytes_of(text_of_bytes(data)) == data
    assert bytes_of("\ud800") == b"\xed\xa0\x80"


def test_a_text_longer_than_any_address_is_none() -> None:
    assert read_address("0" * 100) is None


@pytest.mark.parametrize(
    ("text", "network"),
    [
        ("::ffff:203.0.113.7", "203.0.113.7/32"),
        ("::ffff:203.0.113.7/128", "203.0.113.7/32"),
        ("::ffff:203.0.113.0/120", "203.0.113.0/24"),
        ("::ffff:0:0/96", "0.0.0.0/0"),
        ("::/0", "::/0"),
    ],
)
def test_a_mapped_address_in_a_policy_is_the_one_that_requests_have(text: str, network: str) -> None:
    assert str(read_network(text)) == network


@pytest.mark.parametrize("text", ["10.0.0.0/024", "fe80::1%eth0", "fe80::1%eth0/64", "10.0.0.0/+8"])
def test_zones_and_lengths_with_zeros_before_them_are_unreadable(text: str) -> None:
    assert read_network(text) is None


def test_an_address_with_a_zone_is_unreadable() -> None:
    assert read_address("fe80::1%eth0") is None
