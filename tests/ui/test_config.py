"""The settings with which the browser is served."""

import tomllib

from tools.installed import ROOT


def test_no_table_offers_a_download_whose_cells_a_spreadsheet_would_run() -> None:
    settings = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())
    assert settings["client"]["disableDataExport"] is True
