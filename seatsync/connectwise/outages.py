"""Why no answer came: a server, a proxy or a certificate that keeps a request from being sent or answered."""

import ssl

import httpx

from seatsync.connectwise.address import Server
from seatsync.connectwise.failures import LOST, Failure, Request
from seatsync.errors import ConnectWiseError

# The library takes the target of a redirect apart even when it is not to follow, and trips over a bad one.
_BAD_TARGET = (httpx.InvalidURL, UnicodeError)
UNANSWERED = (httpx.RequestError, *_BAD_TARGET)
"""What sending a request raises."""
_BEFORE_SENDING = (OSError, httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)
# What OpenSSL says of a certificate, and what a person can do about it.
_CERTIFICATES = {
    "mismatch": "It names another server: enter the address that the certificate is for.",
    "expired": "It has expired: have it renewed on the server.",
    "": "For a server with its own authority set SEATSYNC_CONNECTWISE_CA_FILE.",
}
_REFUSED_BY_PROXY = ("401", "403", "407")


def unanswered(server: Server, request: Request, error: Exception) -> Failure:
    """Turn a failed connection, or a name that can't be found, into a failure.

    What a write may have done is unknown unless nothing was sent; repeating helps against neither a
    certificate nor a proxy that refuses.
    """
    before = isinstance(error, _BEFORE_SENDING)
    lost = request.writes and not before
    again = True
    if "CERTIFICATE_VERIFY_FAILED" in str(error) or isinstance(error, ssl.SSLCertVerificationError):
        why, again = "shows a certificate that is not trusted", False
        advice = next(cure for sign, cure in _CERTIFICATES.items() if sign in str(error))
    elif isinstance(error, httpx.ProxyError):
        why, again = "can't be reached through the proxy", not str(error).startswith(_REFUSED_BY_PROXY)
        advice = "Check HTTPS_PROXY and NO_PROXY in the environment."
    elif lost:
        why, advice = "did not answer", LOST
    else:
        again = not isinstance(error, _BAD_TARGET)
        why = _told(error, before)
        advice = (
            "Nothing was sent. Check the network, then scan and try again."
            if request.writes
            else f"Check the server's address and the network.{server.hint}"
        )
    text = f"ConnectWise at {server.host} {why} when asked to {request.what}. {advice}"
    return Failure(ConnectWiseError(text, outcome_unknown=lost), again, error)


def _told(error: Exception, before: bool) -> str:
    match error:
        case httpx.TimeoutException():
            return "did not answer in time"
        case httpx.DecodingError():
            return "sent an answer that can't be unpacked"
        case httpx.InvalidURL() | UnicodeError():
            return "sends the request to an address that can't be read"
        case _:
            return "can't be reached" if before else "broke the connection off"
