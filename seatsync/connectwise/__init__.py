"""ConnectWise PSA over HTTP: ``connect`` makes the client that ``ports.ConnectWise`` describes."""

from seatsync.connectwise.api import ConnectWiseClient, connect

__all__ = ["ConnectWiseClient", "connect"]
