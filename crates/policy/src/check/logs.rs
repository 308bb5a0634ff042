//! Logs: addresses only with a purpose and an end (Art. 5(1)(b), (e); CJEU C-582/14, Breyer).

use std::collections::BTreeSet;

use obhut_core::{
    id::LogName,
    model::{Basis, Log, LogAddress, LogMail},
};

use super::{Check, time};
use crate::{diagnostic::Diagnostic, sentence::period_text};

const BREYER: &str = "CJEU, judgment of 19 October 2016, C-582/14 (Breyer): an IP address is personal data";

pub(super) fn run(check: &mut Check<'_>) {
    let model = check.model;
    for (name, log) in &model.logs {
        if personal(log) {
            without_end(check, name, log);
            without_purpose(check, name, log);
        }
        kept_longer(check, name, log);
        joined(check, name, log);
        attacks(check, name, log);
    }
}

/// Whether its lines lead to a person: an address, even cut, or what browsers tell about themselves.
fn personal(log: &Log) -> bool {
    matches!(log.address, LogAddress::Truncated | LogAddress::Full) || log.mail == LogMail::Full || log.metadata
}

fn without_end(check: &mut Check<'_>, name: &LogName, log: &Log) {
    if log.keep.is_some() || check.draft.places.get(&format!("log.{name}.keep")).is_some() {
        return;
    }
    let place = check.at(&format!("log.{name}"));
    check.report(
        Diagnostic::error(
            "log-without-end",
            &place,
            format!("[log.{name}] holds personal data and does not say how long"),
        )
        .label("`keep` is missing here")
        .help(
            "add for example\nkeep = \"within 7 days after log.written\"\nor keep nothing: address = \"never\", \
                 mail = \"never\", metadata = false",
        )
        .article(format!("Art. 5(1)(e), 13(2)(a) GDPR; {BREYER}")),
    );
}

fn without_purpose(check: &mut Check<'_>, name: &LogName, log: &Log) {
    if !log.purposes.is_empty() || check.draft.places.get(&format!("log.{name}.purposes")).is_some() {
        return;
    }
    let place = check.at(&format!("log.{name}"));
    check.report(
        Diagnostic::error("log-without-purpose", &place, format!("[log.{name}] holds personal data for no purpose"))
            .label("`purposes` is missing here")
            .help("name the purpose for which it is read, with its basis:\npurposes = [\"secure-operation\"]")
            .article(format!("Art. 5(1)(b), 6(1), 13(1)(c) GDPR; {BREYER}")),
    );
}

/// A class that holds the same fields says how long; the log says the same or less.
fn kept_longer(check: &mut Check<'_>, name: &LogName, log: &Log) {
    let model = check.model;
    let (Some(fields), Some(keep)) = (&log.fields, &log.keep) else { return };
    let Some(kept) = time::longest(keep) else { return };
    for (class_name, class) in &model.data {
        let same = log.audiences.contains(&class.audience) && fields.iter().all(|field| class.fields.contains(field));
        if !same || log.attacks.as_ref() == Some(class_name) {
            continue;
        }
        for (retain, retention) in model.retentions.iter().filter(|(_, rule)| rule.data.contains(class_name)) {
            let end = retention.stages.last().and_then(|stage| time::longest(&stage.rule));
            let Some(end) = end.filter(|end| time::longer(kept, *end)) else { continue };
            let place = check.at(&format!("log.{name}.keep"));
            check.report(
                Diagnostic::error(
                    "log-kept-longer",
                    &place,
                    format!(
                        "[log.{name}] keeps for {} what [retain.{retain}] keeps for {} as [data.{class_name}]",
                        period_text(kept),
                        period_text(end)
                    ),
                )
                .label("longer than another rule says")
                .help("give both the same period: a rule holds at every place, in logs as well")
                .article("Art. 5(1)(a), (e) GDPR: one period for the same data"),
            );
            return;
        }
    }
}

/// Joining needs the consent of those whose log it is; or of those with whose data it is joined.
fn joined(check: &mut Check<'_>, name: &LogName, log: &Log) {
    let model = check.model;
    let Some(consent) = &log.join else { return };
    let rests =
        model.purposes.values().any(|purpose| matches!(&purpose.basis, Basis::Consent(known) if known == consent));
    let asked: Option<BTreeSet<_>> = model.consents.get(consent).map(|consent| consent.audiences.iter().collect());
    let Some(asked) = asked else { return };
    if rests || log.audiences.iter().any(|audience| asked.contains(audience)) {
        return;
    }
    let place = check.at(&format!("log.{name}.join"));
    check.report(
        Diagnostic::error(
            "consent-audience",
            &place,
            format!("the consent `{consent}` is asked of nobody whose requests stand in [log.{name}]"),
        )
        .label("asked of somebody else")
        .help(format!("ask it of an audience of the log, or name it as the basis of the purpose that joins: basis = \"consent:{consent}\""))
        .article("Art. 4(11), 7(1) GDPR: only the person concerned can consent"),
    );
}

/// Lines of attacks belong to an audience of the log.
fn attacks(check: &mut Check<'_>, name: &LogName, log: &Log) {
    let model = check.model;
    let Some(class_name) = &log.attacks else { return };
    let Some(class) = model.data.get(class_name) else { return };
    if log.audiences.contains(&class.audience) || !model.audiences.contains_key(&class.audience) {
        return;
    }
    let place = check.at(&format!("log.{name}.attacks"));
    check.report(
        Diagnostic::error(
            "log-attacks",
            &place,
            format!("[data.{class_name}] is about `{}`, whom [log.{name}] does not name", class.audience),
        )
        .label("a class of another audience")
        .help(format!("add `{}` to `audiences` of the log, or name a class of one of its audiences", class.audience))
        .article("Art. 13(1)(c) GDPR: whoever is in a log learns of it"),
    );
}
