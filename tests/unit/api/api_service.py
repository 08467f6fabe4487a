"""What the API tests work with."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi.testclient import TestClient

from matcher.config import Config
from matcher.demo.county import County

API = "/api/v1"


@dataclass
class Service:
    """A running application, keys for it, and what is in it."""

    client: TestClient
    config: Config
    county: County
    keys: dict[str, str]

    def headers(self, scope: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.keys[scope]}"}
