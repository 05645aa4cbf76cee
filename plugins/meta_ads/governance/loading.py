"""Load campaign files under the taxonomy: names generated, parameters added, rules judged."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from meta_ads.campaigns.account import Account
from meta_ads.campaigns.accounts import load_accounts
from meta_ads.campaigns.declaration import Ad, Declaration
from meta_ads.campaigns.loader import LoadedCampaign, LoadedCampaigns, load_campaigns, load_file
from meta_ads.campaigns.scopes import ad_set_scopes
from meta_ads.campaigns.source import Source
from meta_ads.errors import InvalidCampaign, Problem, apart
from meta_ads.governance.findings import Level
from meta_ads.governance.judging import added_pairs, findings_in
from meta_ads.governance.naming import NAMING, Names, names_of
from meta_ads.governance.taxonomy import FILE, Taxonomy
from meta_ads.governance.taxonomy_file import load_taxonomy
from meta_ads.governance.url_rules import Pairs, joined


def load_governed_campaigns(home: Path) -> LoadedCampaigns:
    """Return every campaign with its final names, and everything wrong with every file.

    Never raises for a bad file. A taxonomy with errors takes the campaigns away that are named by
    it; `load_governed_campaign` launches none until it is mended.
    """
    campaigns = load_campaigns(home)
    accounts = campaigns.accounts
    taxonomy = load_taxonomy(home, {*accounts.by_key, *accounts.broken})
    return _govern(campaigns, taxonomy)


def load_governed_campaign(home: Path, campaign_id: str) -> LoadedCampaign:
    """Return one campaign. InvalidCampaign lists every problem of its file and of the taxonomy."""
    return _sure(load_governed_campaigns(home), campaign_id)


def load_governed_file(home: Path, path: Path) -> LoadedCampaign:
    """Return the campaign of one file, wherever it lies, as `load_governed_campaign` does."""
    loaded, accounts = load_file(home, path), load_accounts(home)
    campaign_id = loaded.declaration.campaign_id
    alone = LoadedCampaigns(
        {campaign_id: loaded}, sources={loaded.source.file: loaded.source}, accounts=accounts
    )
    taxonomy = load_taxonomy(home, {*accounts.by_key, *accounts.broken})
    return _sure(_govern(alone, taxonomy), campaign_id)


def _sure(campaigns: LoadedCampaigns, campaign_id: str) -> LoadedCampaign:
    broken = campaigns.problems.get(FILE, ())
    try:
        loaded = campaigns.one(campaign_id)
    except InvalidCampaign as invalid:
        raise InvalidCampaign([*broken, *invalid.problems]) from None
    if broken:
        raise InvalidCampaign(broken)
    return loaded


def _govern(campaigns: LoadedCampaigns, taxonomy: Taxonomy) -> LoadedCampaigns:
    good = dict(campaigns.declarations)
    problems = {name: list(found) for name, found in campaigns.problems.items()}
    if taxonomy.problems:
        problems[FILE] = list(taxonomy.problems)
    by_file = {loaded.source.file: loaded for loaded in good.values()}
    claims: dict[tuple[str, str], list[Source]] = defaultdict(list)
    for file, source in campaigns.sources.items():
        account = campaigns.accounts.find(source.text("client_account_id") or "")
        names = names_of(source, account, taxonomy)
        if account is not None and names.campaign is not None:
            claims[(account.account_id, names.campaign)].append(source)
        told = problems.get(file, [])
        found = _problems(source, account, taxonomy, names, told)
        errors, warnings = apart(found)
        loaded = by_file.get(file)
        if errors or (loaded is None and warnings):
            problems[file] = _in_order([*told, *found])
            if loaded is not None:
                del good[loaded.declaration.campaign_id]
        elif loaded is not None:
            good[loaded.declaration.campaign_id] = replace(
                loaded,
                declaration=_governed(loaded, names, taxonomy),
                warnings=(*loaded.warnings, *warnings),
            )
    for (_, name), sources in claims.items():
        if len(sources) > 1 and any(source.at(NAMING) is not None for source in sources):
            for source in sources:
                good.pop(source.text("campaign_id") or "", None)
                same = _same_name(name, source, sources)
                problems[source.file] = _in_order([*problems.get(source.file, ()), same])
    return replace(campaigns, declarations=good, problems=problems)


def _problems(
    source: Source,
    account: Account | None,
    taxonomy: Taxonomy,
    names: Names,
    told: Sequence[Problem],
) -> Sequence[Problem]:
    """Return what is wrong; no warning of a value that cannot stay as it is anyway."""
    findings = findings_in(source, account, taxonomy, names)
    found = [*names.problems, *(finding.problem_in(source) for finding in findings)]
    places = {(problem.line, problem.column) for problem in (*told, *found) if problem.is_error}
    return [item for item in found if item.is_error or (item.line, item.column) not in places]


def _governed(loaded: LoadedCampaign, names: Names, taxonomy: Taxonomy) -> Declaration:
    """Return the declaration with its final names and URL parameters."""
    declaration, source = loaded.declaration, loaded.source
    if not names.tokens:
        return declaration
    assert names.campaign is not None, "tokens are told with the name they make"
    adds = declaration.objective != "app_promotion" and taxonomy.url_rules.coverage.hold_for(
        declaration.account, named=True
    )
    ad_sets = []
    for part, ad_set in zip(ad_set_scopes(source), declaration.ad_sets, strict=True):
        ads = tuple(
            _ad(
                ad,
                names.parts[(Level.AD, scope.path)],
                added_pairs(scope, taxonomy, names) if adds else (),
            )
            for scope, ad in zip(part.ads, ad_set.ads, strict=True)
        )
        name = names.parts[(Level.AD_SET, part.scope.path)]
        ad_sets.append(replace(ad_set, name=name, ads=ads))
    return replace(declaration, name=names.campaign, naming=names.tokens, ad_sets=tuple(ad_sets))


def _ad(ad: Ad, name: str, added: Pairs) -> Ad:
    creative = ad.creative
    parameters = joined(creative.url_parameters, added)
    return replace(ad, name=name, creative=replace(creative, url_parameters=parameters))


def _same_name(name: str, source: Source, sources: Sequence[Source]) -> Problem:
    others = ", ".join(other.file for other in sources if other is not source)
    path = NAMING if source.at(NAMING) is not None else "name"
    return source.problem(
        path,
        f"makes the name of {others} too, in the same account",
        "Change naming.campaign in one of them; none of them is launched until then.",
        name,
    )


def _in_order(problems: Sequence[Problem]) -> list[Problem]:
    return sorted(problems, key=lambda item: (item.line, item.column))
