"""Security headers: Content-Security-Policy (CSP3) and related headers, without unsafe-inline.

The values are made by `secure` (https://github.com/TypeError/secure). Its middleware would make them anew for each
answer; here they are made once for each build of the page. The policy names the page's own scripts and styles by their
hashes (CSP3, section 8). Flask-Talisman offers only nonces, which a page that is compressed once cannot have, and it
has had no release since 2023. The edge, which ends TLS, sends Strict-Transport-Security.
"""

from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser

from secure import (
    ContentSecurityPolicy,
    CrossOriginOpenerPolicy,
    PermissionsPolicy,
    ReferrerPolicy,
    Secure,
    XContentTypeOptions,
    XFrameOptions,
)

Headers = tuple[tuple[str, str], ...]

# The hash of the style that Observable Plot writes into each chart; a browser's error names it if it is missing. It is
# constant in one version of Plot; with another version the end-to-end tests fail at the error in the console.
PLOT_STYLE = "'sha256-jSYQUrW7J0b3jPqhZP9C2Xh1PyJKHKXd4s0fpGGKrww='"
_DENIED = ("camera", "display-capture", "geolocation", "microphone", "payment", "usb")


def of_any_answer() -> Headers:
    """Return the header of every answer: a browser must use its Content-Type and not guess another."""
    return Secure(xcto=XContentTypeOptions()).header_items()


def of_a_page(html: bytes) -> Headers:
    """Return the headers of a page: it may run and load only its own files."""
    inline = _Inline()
    inline.feed(html.decode())
    policy = (
        ContentSecurityPolicy()
        .default_src("'self'")
        .script_src("'self'", *inline.hashes["script"])
        .style_src("'self'", *inline.hashes["style"], PLOT_STYLE)
        .object_src("'none'")
        .base_uri("'none'")
        .form_action("'self'")
        .frame_ancestors("'none'")
    )
    permissions = PermissionsPolicy()
    for feature in _DENIED:
        permissions.add_directive(feature)
    return Secure(
        csp=policy,
        coop=CrossOriginOpenerPolicy().same_origin(),
        permissions=permissions,
        referrer=ReferrerPolicy().strict_origin_when_cross_origin(),
        xcto=XContentTypeOptions(),
        xfo=XFrameOptions().deny(),
    ).header_items()


class _Inline(HTMLParser):
    """Finds the inline scripts and styles of a page, and hashes them as a browser does."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.hashes: dict[str, list[str]] = {"script": [], "style": []}
        self._text: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self.hashes and "src" not in dict(attrs):
            self._text = []

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self._text.append(data)

    def handle_endtag(self, tag: str) -> None:
        if self._text is not None:
            # A browser reads each CRLF as LF (HTML, 13.2.3.5) before it hashes.
            text = "".join(self._text).replace("\r\n", "\n").replace("\r", "\n")
            digest = sha256(text.encode()).digest()
            self.hashes[tag].append(f"'sha256-{b64encode(digest).decode()}'")
            self._text = None
