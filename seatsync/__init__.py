"""Reconcile the monthly Avanan seat export with ConnectWise PSA agreement additions.

The flow, one module a step:

1. ``vendor_export``  bytes of the export       -> ``ParsedExport``: seat rows, problems, columns used
2. ``matching``       tenant name               -> company, with the reason (a saved link wins)
3. ``tiers``          tier                      -> product, no-charge, or a near miss
4. ``reconcile``      seat rows x book          -> preview rows, each with one status and a reason
5. ``plan``           chosen rows               -> Create / Update / Cancel, totals, brakes, digest
6. ``verify``         change x freshly read line -> as approved, already so, or drifted

The package root is pure: it computes. The subpackages are the edges: ``connectwise`` (HTTP), ``store``
(database), ``jobs`` (durable runs), ``simulator`` (a stand-in for ConnectWise) and ``ui`` (Streamlit).
``desk`` holds every action a person or a script can take; ``wiring`` alone builds the edges.

The one rule: nothing is billed or un-billed by a guess, and nothing is written before the confirmed push.
"""

__version__ = "0.1.0"
