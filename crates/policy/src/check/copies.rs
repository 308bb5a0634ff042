//! Copies: where they lie, how often they are made, how long they are kept (Art. 32).
//!
//! Erased data is unreadable in every backup, because its key is destroyed; so a tier may be longer than a period. What
//! is reported is a tier longer than *any* period of the policy: nothing needs those copies.

use std::collections::BTreeSet;

use obhut_core::{
    model::{Backup, Copies},
    period::Period,
};

use super::{Check, time};
use crate::{diagnostic::Diagnostic, read, sentence::period_text};

const ART_32: &str = "Art. 32(1)(b), (c) GDPR: availability, and restoring it after an incident";

pub(super) fn run(check: &mut Check<'_>) {
    country(check);
    let model = check.model;
    if let Some(backup) = &model.backup {
        places(check, backup);
        tiers(check, backup);
        outlives(check, backup);
    }
    place_without_use(check);
}

/// A place outside the European Economic Area needs the safeguard of its processor.
fn country(check: &mut Check<'_>) {
    let model = check.model;
    for (name, place_of) in &model.places {
        if place_of.country.is_empty() || read::in_eea(&place_of.country) {
            continue;
        }
        let Some(processor) = &place_of.processor else { continue };
        let Some(recipient) = model.recipients.get(processor) else { continue };
        // A processor that is itself outside is reported for that.
        let reported = recipient.country.as_deref().is_some_and(|country| !read::in_eea(country));
        if recipient.safeguard.is_some() || reported {
            continue;
        }
        let place = check.at(&format!("place.{name}.country"));
        check.report(
            Diagnostic::error(
                "safeguard-missing",
                &place,
                format!("[place.{name}] is outside the EEA, and [recipient.{processor}] has no safeguard"),
            )
            .label("a third country")
            .help(format!(
                "name the safeguard in [recipient.{processor}], for example\n\
                 safeguard.de = \"Standardvertragsklauseln (Durchführungsbeschluss (EU) 2021/914)\"\n\
                 safeguard.en = \"standard contractual clauses (Implementing Decision (EU) 2021/914)\"\n\
                 or keep the copies inside the EEA"
            ))
            .article("Art. 13(1)(f), 44 to 49 GDPR: transfers to third countries"),
        );
    }
}

/// Copies lie in at least two cities, at places that are meant for them.
fn places(check: &mut Check<'_>, backup: &Backup) {
    let model = check.model;
    for name in &backup.places {
        let Some(place_of) = model.places.get(name) else { continue };
        if place_of.holds.contains(&Copies::Backup) || place_of.holds.is_empty() {
            continue;
        }
        let place = check.at(&format!("backup.places[{name}]"));
        check.report(
            Diagnostic::error("backup-place", &place, format!("[place.{name}] does not hold backups"))
                .label("not a place for backups")
                .help("write holds = [\"backup\"] there, or name another place")
                .article("Art. 13(1)(f), 30(1)(d) GDPR: where data lies"),
        );
    }
    if backup.places.is_empty() || backup.places.iter().any(|name| !model.places.contains_key(name)) {
        return;
    }
    let cities: BTreeSet<_> = backup
        .places
        .iter()
        .filter_map(|name| model.places.get(name))
        .map(|place| (place.city.to_lowercase(), place.country.clone()))
        .collect();
    let message = if backup.places.len() < 2 {
        "backups lie at one place only: a fire takes all of them"
    } else if cities.len() < 2 {
        "all backups lie in one city: one flood takes all of them"
    } else {
        return;
    };
    let place = check.at("backup.places");
    check.report(
        Diagnostic::warning("backup-one-place", &place, message)
            .label("not two cities")
            .help("name at least two places in different cities:\nplaces = [\"first\", \"second\"]")
            .article(ART_32),
    );
}

/// A tier keeps copies at least until the next one is made.
fn tiers(check: &mut Check<'_>, backup: &Backup) {
    let every = time::minutes(backup.every).0;
    let reaches = |keep: Period| time::minutes(keep).1 >= every;
    if backup.keep.is_empty() || backup.keep.iter().any(|tier| reaches(tier.keep)) {
        return;
    }
    let place = check.at("backup.every");
    check.report(
        Diagnostic::error(
            "backup-gap",
            &place,
            format!(
                "a backup every {} is kept shorter than that: most of the time there is none",
                period_text(backup.every)
            ),
        )
        .label("longer than every tier")
        .help("make backups more often, or keep them longer")
        .article(ART_32),
    );
}

/// A tier that is longer than every period of the policy.
fn outlives(check: &mut Check<'_>, backup: &Backup) {
    let model = check.model;
    let stages = model.retentions.values().flat_map(|retention| &retention.stages);
    let Some(longest) = stages.filter_map(|stage| time::longest(&stage.rule)).reduce(time::longer_of) else { return };
    for tier in backup.keep.iter().filter(|tier| time::longer(tier.keep, longest)) {
        let text = period_text(tier.keep);
        let place = check.at(&format!("backup.keep[{} for {text}]", tier.each.word()));
        check.report(
            Diagnostic::warning(
                "backup-outlives",
                &place,
                format!("copies are kept for {text}, but no data for longer than {}", period_text(longest)),
            )
            .label("outlives what is in it")
            .help(
                "shorten the tier: what was erased is unreadable in it, because its key is destroyed, and nothing needs \
                 the rest",
            )
            .article("Art. 5(1)(e) GDPR: storage limitation"),
        );
    }
}

/// A place for backups that no backup goes to.
fn place_without_use(check: &mut Check<'_>) {
    let model = check.model;
    for (name, place_of) in &model.places {
        let used = model.backup.as_ref().is_some_and(|backup| backup.places.contains(name));
        if used || !place_of.holds.contains(&Copies::Backup) {
            continue;
        }
        let place = check.at(&format!("place.{name}"));
        check.report(
            Diagnostic::warning("place-without-use", &place, format!("no backup goes to [place.{name}]"))
                .label("holds nothing")
                .help("add it to `places` of [backup], or remove it"),
        );
    }
}
