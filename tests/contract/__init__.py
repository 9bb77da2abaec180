"""The published contract of ConnectWise: every exchange of the journeys is held against it."""
