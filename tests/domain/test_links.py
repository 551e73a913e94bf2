"""Links of others: only what plainly leads to a host over https is opened."""

import pytest

from tthc.domain.links import read_link


@pytest.mark.parametrize(
    ("said", "host", "path"),
    [
        ("https://dvc.example.org/kq/77.pdf?a=1&b=2#c", "dvc.example.org", "/kq/77.pdf?a=1&b=2#c"),
        ("  HTTPS://Tinh.Example.org:8443/Kq ", "tinh.example.org:8443", "/Kq"),
        ("https://bưu-chính.example/kq", "xn--bu-chnh-cza46o.example", "/kq"),
    ],
)
def test_where_a_link_leads_is_told(said: str, host: str, path: str) -> None:
    assert read_link(said) == (f"https://{host}{path}", host)


@pytest.mark.parametrize(
    "said",
    [
        "",
        "/kq/77.pdf",
        "kq.pdf",
        "http://tinh.example.org/kq",
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)//https://tinh.example.org",
        "java\nscript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "file:///etc/passwd",
        "//tinh.example.org/kq",
        "https:///kq",
        "https:/tinh.example.org",
        "https://bank.example.org@evil.example.org/",
        "https://evil.example.org\\@bank.example.org/",
        "https://tinh.example.org/a b",
        "https://tinh.example.org/\N{RIGHT-TO-LEFT OVERRIDE}fdp.exe",
        "https://tinh.example.org/\x00",
        "https://tinh.example.org:port/",
        "https://[::1/",
        "https://[2001:db8::1]/kq",
        "https://" + "a" * 70 + ".example.org/",
        "https://tinh.example.org/" + "a" * 2000,
    ],
)
def test_what_is_no_plain_link_is_not_opened(said: str) -> None:
    assert read_link(said) is None
