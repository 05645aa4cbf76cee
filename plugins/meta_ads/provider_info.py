"""What Airflow's provider mechanism learns of this package: the connection type `meta_ads`."""

from __future__ import annotations

from typing import Any


def get_provider_info() -> dict[str, Any]:
    """Return the provider's description; Airflow shows the connection form it describes."""
    return {
        "package-name": "airflow-meta-ads-launch",
        "name": "Meta Ads",
        "description": "Launch Meta (Facebook and Instagram) campaigns from committed files.",
        "versions": ["0.1.0"],
        "connection-types": [
            {
                "connection-type": "meta_ads",
                "hook-class-name": "meta_ads.airflow.hooks.meta_ads.MetaAdsHook",
                "hook-name": "Meta Ads",
                "ui-field-behaviour": {
                    "hidden-fields": ["schema", "login", "port"],
                    "relabeling": {"password": "Access token", "host": "Base URL"},
                    "placeholders": {
                        "password": "the system user's token from Business settings",
                        "host": "empty for Meta; the emulator's address for a rehearsal",
                    },
                },
                "conn-fields": {
                    "app_secret": {
                        "label": "App secret",
                        "description": "Proves each call comes from your app (appsecret_proof).",
                        "schema": {"type": ["string", "null"], "format": "password"},
                    },
                    "api_version": {
                        "label": "API version",
                        "description": "Graph API version; v26.0 when empty.",
                        "schema": {"type": ["string", "null"], "pattern": "^(v\\d+\\.\\d+)?$"},
                    },
                },
            }
        ],
    }
