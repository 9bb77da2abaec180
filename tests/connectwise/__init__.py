"""Tests of the ConnectWise client."""
