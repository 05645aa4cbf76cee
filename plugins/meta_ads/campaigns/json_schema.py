"""The JSON Schema of campaign files, by which editors complete and check them while being written.

It is made from the models, with the words of the reference. It cannot say everything `validated`
and `cross_problems` say; what it refuses, they refuse too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from meta_ads.campaigns.campaign_file import CampaignKeys
from meta_ads.campaigns.schema_hints import hints_of

FILE = "include/campaigns/campaign.schema.json"
# The loader takes every scalar as the text that stands in the file; an editor reads types into it.
SCALAR = ["string", "number", "boolean"]
_ROW = re.compile(r"^\| (`[^|]+`) \|[^|]*\| ([^|]+?) \|", re.MULTILINE)


def campaign_schema(reference: str) -> dict[str, Any]:
    """Return the schema. `reference` is the README of campaign files, whose words editors show."""
    schema = CampaignKeys.model_json_schema(schema_generator=_Schema)
    described = {
        key: words
        for keys, words in _ROW.findall(reference)
        for key in re.findall(r"`([a-z_.]+)`", keys)
    }
    root = {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
    root["title"] = "Campaign file"
    _describe(root, described, schema["$defs"])
    return root


def _describe(
    node: dict[str, Any], words: Mapping[str, str], models: Mapping[str, Any], prefix: str = ""
) -> None:
    """Put the reference's words at each key, and below keys that hold keys."""
    for name, field in node.get("properties", {}).items():
        path = f"{prefix}{name}"
        field.pop("title", None)
        field.pop("default", None)
        if path in words:
            field["description"] = words[path]
        for choice in [field, *field.get("anyOf", [])]:
            target = choice.get("$ref") or choice.get("items", {}).get("$ref")
            if target:
                inside = "" if "items" in choice else f"{path}."
                _describe(models[target.rpartition("/")[2]], words, models, inside)


class _Schema(GenerateJsonSchema):
    """Shows scalars as YAML reads them, and the checks that say how they are shown."""

    def str_schema(self, schema: core_schema.StringSchema) -> JsonSchemaValue:
        return {**super().str_schema(schema), "type": SCALAR}

    def function_after_schema(
        self, schema: core_schema.AfterValidatorFunctionSchema
    ) -> JsonSchemaValue:
        return self._shown(schema)

    def function_before_schema(
        self, schema: core_schema.BeforeValidatorFunctionSchema
    ) -> JsonSchemaValue:
        return self._shown(schema)

    def _shown(self, schema: Any) -> JsonSchemaValue:
        hints = hints_of(schema["function"]["function"])
        inner = self.generate_inner(schema["schema"])
        if "enum" in hints:
            inner.pop("type", None)
        return _with_null(inner, hints) if "anyOf" in inner else {**inner, **hints}


def _with_null(inner: JsonSchemaValue, hints: dict[str, Any]) -> JsonSchemaValue:
    """Put hints beside the type, and keep the choice of leaving the value out."""
    return {
        **inner,
        "anyOf": [
            choice if choice.get("type") == "null" else {**choice, **hints}
            for choice in inner["anyOf"]
        ],
    }
