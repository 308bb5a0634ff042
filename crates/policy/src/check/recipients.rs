//! Recipients: agreements, transfers to third countries, the place of storage.

use jiff::civil::{Date, date};
use obhut_core::{
    id::RecipientName,
    model::{Recipient, RecipientKind, Safeguard},
};

use super::Check;
use crate::{diagnostic::Diagnostic, read};

const ART_28: &str = "Art. 28(3) GDPR: processing on behalf only under a contract";
const ART_44: &str = "Art. 13(1)(f), 44 to 49 GDPR: transfers to third countries, and the safeguards for them";

pub(super) fn run(check: &mut Check<'_>) {
    let model = check.model;
    for (name, recipient) in &model.recipients {
        if recipient.kind == RecipientKind::Processor {
            processor(check, name, recipient);
        }
        agreement(check, name, recipient);
        transfer(check, name, recipient);
        subprocessors(check, name, recipient);
    }
    storage(check);
}

/// A processor has a name and a country.
fn processor(check: &mut Check<'_>, name: &RecipientName, recipient: &Recipient) {
    let missing = [("name", recipient.name.is_some()), ("country", recipient.country.is_some())];
    for (key, there) in missing {
        if there || check.draft.places.get(&format!("recipient.{name}.{key}")).is_some() {
            continue;
        }
        let place = check.at(&format!("recipient.{name}"));
        check.report(
            Diagnostic::error("missing", &place, format!("the processor [recipient.{name}] has no `{key}`"))
                .label(format!("`{key}` is missing here"))
                .help(if key == "name" {
                    "add for example\nname = \"Hosting GmbH\""
                } else {
                    "add for example\ncountry = \"DE\""
                })
                .article("Art. 13(1)(e)(f), 28(1) GDPR: who processes on our behalf, and where"),
        );
    }
}

/// A processor has an agreement that is signed.
fn agreement(check: &mut Check<'_>, name: &RecipientName, recipient: &Recipient) {
    let path = format!("recipient.{name}.agreement");
    let Some(signed) = recipient.agreement else {
        if recipient.kind == RecipientKind::Processor && check.draft.places.get(&path).is_none() {
            let place = check.at(&format!("recipient.{name}"));
            check.report(
                Diagnostic::error(
                    "agreement-missing",
                    &place,
                    format!("[recipient.{name}] is a processor without an agreement"),
                )
                .label("`agreement` is missing here")
                .help("add the date of the processing agreement, for example\nagreement = 2026-02-01")
                .article(ART_28),
            );
        }
        return;
    };
    if check.today.is_some_and(|today| signed > today) {
        let place = check.at(&path);
        check.report(
            Diagnostic::error(
                "agreement-future",
                &place,
                format!("the agreement with [recipient.{name}] is of a day to come"),
            )
            .label("not signed yet")
            .help("until then the processor must get no data; give the date on which it was signed")
            .article(ART_28),
        );
    }
}

/// A recipient outside the European Economic Area has a safeguard that stands.
fn transfer(check: &mut Check<'_>, name: &RecipientName, recipient: &Recipient) {
    let path = format!("recipient.{name}");
    let outside = recipient.country.as_deref().filter(|country| !read::in_eea(country));
    let Some(safeguard) = &recipient.safeguard else {
        let Some(country) = outside else { return };
        if check.draft.places.get(&format!("{path}.safeguard")).is_none() {
            let place = check.at(&format!("{path}.country"));
            check.report(
                Diagnostic::error(
                    "safeguard-missing",
                    &place,
                    format!("[recipient.{name}] is outside the EEA and has no safeguard"),
                )
                .label("a third country")
                .help(format!(
                    "name the adequacy decision for {country} or the standard contractual clauses, for example\n\
                         safeguard.de = \"Standardvertragsklauseln (Durchführungsbeschluss (EU) 2021/914)\"\n\
                         safeguard.en = \"standard contractual clauses (Implementing Decision (EU) 2021/914)\""
                ))
                .article(ART_44),
            );
        }
        return;
    };
    if let Some((what, ended, ruling)) = annulled(safeguard) {
        let place = check.at(&format!("{path}.safeguard.en"));
        check.report(
            Diagnostic::error("safeguard-ended", &place, format!("the {what} ended on {ended}"))
                .label("no safeguard any more")
                .help(
                    "for the United States name the EU-US Data Privacy Framework (Implementing Decision (EU) 2023/1795), if the \
                     recipient is certified, or standard contractual clauses",
                )
                .article(ruling),
        );
        return;
    }
    if let (Some(until), Some(today)) = (safeguard.until, check.today)
        && until < today
    {
        let place = check.at(&format!("{path}.safeguard_until"));
        check.report(
            Diagnostic::error(
                "safeguard-ended",
                &place,
                format!("the safeguard of [recipient.{name}] ended on {until}"),
            )
            .label("in the past")
            .help("renew it and give its new end, or stop the transfer")
            .article(ART_44),
        );
    }
}

/// Further processors are named with their country, and those outside the EEA need the safeguard too.
fn subprocessors(check: &mut Check<'_>, name: &RecipientName, recipient: &Recipient) {
    const ART: &str = "Art. 28(2), (4), 44 GDPR: further processors, under the same obligations";
    for written in &recipient.subprocessors {
        let place = check.at(&format!("recipient.{name}.subprocessors[{written}]"));
        let country = written.rsplit_once(',').map(|(_, country)| country.trim());
        let Some(country) = country.filter(|country| read::is_country(country)) else {
            check.report(
                Diagnostic::error(
                    "unknown-country",
                    &place,
                    format!("a further processor of [recipient.{name}] has no country"),
                )
                .label("expected a name, a comma and a country")
                .help("for example subprocessors = [\"Rechenzentrum GmbH, DE\"]")
                .article(ART),
            );
            continue;
        };
        // It may be listed as a recipient as well, with a safeguard of its own.
        let company = written.rsplit_once(',').map_or("", |(company, _)| company.trim());
        let listed = check
            .model
            .recipients
            .values()
            .any(|other| other.safeguard.is_some() && other.name.as_deref() == Some(company));
        if !read::in_eea(country) && recipient.safeguard.is_none() && !listed {
            check.report(
                Diagnostic::error(
                    "safeguard-missing",
                    &place,
                    format!("a further processor of [recipient.{name}] is outside the EEA, and there is no safeguard"),
                )
                .label("a third country")
                .help(format!(
                    "name the adequacy decision for {country} or the standard contractual clauses in `safeguard`"
                ))
                .article(ART),
            );
        }
    }
}

/// Instruments that a court annulled, found by their names.
fn annulled(safeguard: &Safeguard) -> Option<(&'static str, Date, &'static str)> {
    let text = format!("{} {}", safeguard.name.de, safeguard.name.en).to_lowercase().replace(['-', '\u{a0}'], " ");
    let names = |phrase: &str| text.contains(phrase) || text.contains(&phrase.replace(' ', ""));
    if names("privacy shield") && !names("data privacy framework") {
        Some(("EU-US Privacy Shield", date(2020, 7, 16), "CJEU, judgment of 16 July 2020, C-311/18 (Schrems II)"))
    } else if names("safe harbor") || names("safe harbour") {
        Some(("Safe Harbour decision", date(2015, 10, 6), "CJEU, judgment of 6 October 2015, C-362/14 (Schrems I)"))
    } else {
        None
    }
}

/// The data lies with a processor that is listed, in the country that is listed.
fn storage(check: &mut Check<'_>) {
    let storage = &check.model.storage;
    let Some(recipient) = check.model.recipients.get(&storage.processor) else { return };
    if recipient.kind != RecipientKind::Processor {
        let place = check.at("storage.processor");
        check.report(
            Diagnostic::error(
                "storage-processor",
                &place,
                format!("[recipient.{}] stores the data, but is no processor", storage.processor),
            )
            .label("not a recipient of kind \"processor\"")
            .help("name the processor at whose place the data lies")
            .article(ART_28),
        );
    }
    if let Some(country) = recipient.country.as_ref().filter(|country| **country != storage.country) {
        if storage.country.is_empty() {
            return;
        }
        let place = check.at("storage.country");
        check.report(
            Diagnostic::error(
                "storage-country",
                &place,
                format!("the data lies in {}, but [recipient.{}] is in {country}", storage.country, storage.processor),
            )
            .label(format!("the notice says {country}"))
            .help("the place of storage and the country of the processor are told to people as one; make them agree")
            .article("Art. 13(1)(f), 44 GDPR: the country in which data is processed"),
        );
    }
    let class = check.model.data.keys().find(|class| !recipient.data.contains(class));
    if let Some(class) = class {
        let place = check.at(&format!("recipient.{}.data", storage.processor));
        check.report(
            Diagnostic::error(
                "storage-data",
                &place,
                format!("[recipient.{}] stores all data, but does not list [data.{class}]", storage.processor),
            )
            .label("not all of it")
            .help("write data = [\"*\"]")
            .article("Art. 13(1)(e) GDPR: the recipients"),
        );
    }
}
