"""Put on PYTHONPATH for the worker: certifi then trusts our stand-in for Edge's service, and nobody else.

edge-tts verifies certificates with certifi's list and takes no other.
"""

from pathlib import Path

import certifi

certifi.where = lambda: str(Path(__file__).parents[1] / "edge-cert.pem")
