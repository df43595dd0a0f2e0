"""Which machines are never called, whatever a name says that it leads to."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadbed.ground.ports.addresses import AddressPolicy

HOUSE, OPEN = AddressPolicy(private=True), AddressPolicy(private=False)
METADATA = ("169.254.169.254", "fe80::1", "fe80::1%eth0", "fd00:ec2::254", "100.100.100.200", "168.63.129.16")
WRAPPED = ("::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::1", "::ffff:0.0.0.0")
NOWHERE = ("0.0.0.0", "0.1.2.3", "::", "224.0.0.1", "ff02::1", "255.255.255.255", "not an address")


@pytest.mark.parametrize("address", [*METADATA, *WRAPPED, *NOWHERE])
def test_metadata_and_what_is_no_machine_is_never_called(address: str):
    assert HOUSE.refusal_of(address)
    assert OPEN.refusal_of(address)


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "::1", "10.1.2.3", "192.168.1.1", "172.16.0.9", "fd12::7", "100.64.0.1"]
)
def test_this_machine_and_private_networks_are_a_matter_of_the_setting(address: str):
    assert HOUSE.refusal_of(address) == ""
    assert "webhook_private" in OPEN.refusal_of(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1::1"])
def test_the_public_internet_may_be_called(address: str):
    assert HOUSE.refusal_of(address) == OPEN.refusal_of(address) == ""


@given(st.integers(0, 2**16 - 1).map(lambda low: IPv4Address(int(IPv4Address("169.254.0.0")) + low)))
def test_no_link_local_address_is_called_however_it_is_wrapped(address: IPv4Address):
    wrapped = IPv6Address((0xFFFF << 32) | int(address))
    assert HOUSE.refusal_of(str(address))
    assert HOUSE.refusal_of(str(wrapped))


@given(st.ip_addresses())
def test_what_the_open_policy_allows_is_public(address: IPv4Address | IPv6Address):
    if not OPEN.refusal_of(str(address)):
        inner = address.sixtofour if isinstance(address, IPv6Address) else None
        assert (inner or address).is_global


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("ftp://kestrel.example/", "not a webhook's address"),
        ("http://", "not a webhook's address"),
        ("http://[::1", "not a webhook's address"),
        ("http://kestrel.example:0/", "not a webhook's address"),
        ("http://kestrel.example:99999/", "not a webhook's address"),
        ("javascript:alert(1)", "not a webhook's address"),
        ("http://mara:secret@kestrel.example/", "a user or a password"),
        ("http://@kestrel.example/", "a user or a password"),
        ("http://169.254.169.254/latest/meta-data/", "never called"),
        ("http://[fe80::1%25eth0]/", ""),
        ("http://kestrel.example/a b", "blanks"),
        ("http://kestrel.example/" + "x" * 500, "longer than 500"),
        ("http://kestrel.example/\x07", "control"),
    ],
)
def test_a_url_that_is_none_or_leads_astray_is_refused_in_words(url: str, said: str):
    fault = HOUSE.fault_of_url(url)
    assert fault
    assert said in fault


@pytest.mark.parametrize(
    "url", ["https://kestrel.example/hook?x=1", "http://127.0.0.1:8080/", "http://[::1]:9/h", "http://my_bus/"]
)
def test_an_ordinary_url_is_fine(url: str):
    assert HOUSE.fault_of_url(url) == ""
