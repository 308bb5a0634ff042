//! Periods against statutes: nothing is erased that a law keeps, nothing is kept longer than any law says, and a law is
//! cited so that it can be found.

use obhut_core::{
    id::{ClassName, RetentionName},
    model::{Basis, DataClass, HoldKind, Relation, Retention},
};

use super::{Check, links, time};
use crate::{
    diagnostic::Diagnostic,
    sentence::period_text,
    statute::{self, OUTDATED, Subject},
};

pub(super) fn run(check: &mut Check<'_>) {
    // Other countries have other periods.
    if check.model.controller.country == "DE" {
        invoices_too_long(check);
        invoices_erased(check);
        applications(check);
    }
    longer_than_statute(check);
    hold_without_statute(check);
    citations(check);
}

/// Invoices: eight years from the end of the year, since 2025; nothing demands more.
fn invoices_too_long(check: &mut Check<'_>) {
    let Some(statute) = statute::about(Subject::Vouchers) else { return };
    let model = check.model;
    for (name, retention) in &model.retentions {
        if !about_invoices(check, name, retention) {
            continue;
        }
        for (index, stage) in retention.stages.iter().enumerate() {
            let Some(period) = time::longest(&stage.rule).filter(|period| time::longer(*period, statute.period)) else {
                continue;
            };
            let path = links::stage_path(check, name.as_str(), index, "rule");
            let finding = Diagnostic::warning(
                "invoice-too-long",
                &check.at(&path),
                format!(
                    "[retain.{name}] keeps invoices for {}; the law demands {} from the end of the year",
                    period_text(period),
                    period_text(statute.period)
                ),
            );
            check.report(
                finding
                    .label("longer than any statute")
                    .help("write \"8 years after invoice.issued, end of year\"")
                    .article(format!("{}; Art. 5(1)(e) GDPR", statute.source)),
            );
        }
    }
}

/// Erasure at the end of the contract beside invoices, which a statute keeps.
fn invoices_erased(check: &mut Check<'_>) {
    let Some(statute) = statute::about(Subject::Vouchers) else { return };
    let model = check.model;
    for (name, retention) in &model.retentions {
        for class_name in &retention.data {
            let Some(class) = model.data.get(class_name) else { continue };
            // What a tenant has to keep of its people's is the tenant's duty, and it gets the data.
            let ours = model
                .audiences
                .get(&class.audience)
                .is_some_and(|audience| audience.relation != Relation::SubjectOfTenant);
            let held = model
                .holds
                .values()
                .any(|hold| matches!(hold.kind, HoldKind::Statute { .. }) && hold.data.contains(class_name));
            if !ours || held || !holds_invoices(class_name, class) {
                continue;
            }
            let Some((index, stage)) = retention.stages.iter().enumerate().next_back() else { continue };
            let long = time::bound(&stage.rule).is_some_and(|period| !time::longer(statute.period, period));
            if long && !time::at_once(&stage.rule) {
                continue;
            }
            let path = links::stage_path(check, name.as_str(), index, "rule");
            let place = check.at(&path);
            check.report(
                Diagnostic::error(
                    "statute-erased",
                    &place,
                    format!(
                        "[retain.{name}] ends [data.{class_name}], which a statute keeps for {}",
                        period_text(statute.period)
                    ),
                )
                .label("too early for invoices")
                .help(format!(
                    "give invoices a class of their own with `statutory = true` and a rule with its law:\n\
                     rule = \"8 years after invoice.issued, end of year\"\nlaw = \"§ 147 AO, § 257 HGB\"\n\
                     or, if [data.{class_name}] has no invoices, say so in its label"
                ))
                .article(format!("Art. 17(3)(b) GDPR; {}", statute.source)),
            );
        }
    }
}

/// A rule that cites a statute does not go beyond it.
fn longer_than_statute(check: &mut Check<'_>) {
    let model = check.model;
    let mut rules = Vec::new();
    for (name, retention) in &model.retentions {
        let Some(law) = &retention.law else { continue };
        if about_invoices(check, name, retention) {
            continue;
        }
        for (index, stage) in retention.stages.iter().enumerate() {
            rules.push((
                links::stage_path(check, name.as_str(), index, "rule"),
                format!("[retain.{name}]"),
                &stage.rule,
                law,
            ));
        }
    }
    for (name, hold) in &model.holds {
        if let HoldKind::Statute { law, rule } = &hold.kind {
            rules.push((format!("hold.{name}.rule"), format!("[hold.{name}]"), rule, law));
        }
    }
    for (path, title, rule, law) in rules {
        let Some(statute) = statute::longest_duty(law) else { continue };
        let Some(period) = time::longest(rule).filter(|period| time::longer(*period, statute.period)) else { continue };
        let place = check.at(&path);
        check.report(
            Diagnostic::warning(
                "longer-than-statute",
                &place,
                format!(
                    "{title} keeps data for {} and cites `{law}`, which demands {} at most",
                    period_text(period),
                    period_text(statute.period)
                ),
            )
            .label("longer than the law it cites")
            .help("shorten the period, or name the law that demands the longer one")
            .article(format!("{}; Art. 5(1)(e) GDPR", statute.source)),
        );
    }
}

/// Applications: six months are enough to defend against a claim; longer with consent only.
fn applications(check: &mut Check<'_>) {
    let Some(statute) = statute::about(Subject::Applications) else { return };
    let model = check.model;
    for (name, retention) in &model.retentions {
        let applicants = retention.data.iter().find(|class| {
            let audience = model.audience_of(class);
            audience.is_some_and(|audience| audience.relation == Relation::Applicant) && !on_consent(check, class)
        });
        let (Some(class), None, None) = (applicants, &retention.unless, &retention.law) else { continue };
        let Some((index, stage)) = retention.stages.iter().enumerate().next_back() else { continue };
        let Some(period) = time::bound(&stage.rule).filter(|period| time::longer(*period, statute.period)) else {
            continue;
        };
        let path = links::stage_path(check, name.as_str(), index, "rule");
        let place = check.at(&path);
        check.report(
            Diagnostic::warning(
                "application-too-long",
                &place,
                format!("[retain.{name}] keeps [data.{class}] for {} without consent", period_text(period)),
            )
            .label("longer than any claim can be raised")
            .help("write \"6 months after application.decided\"; keep it longer with unless = \"consent:NAME\" only")
            .article(format!("{}; Art. 5(1)(e) GDPR", statute.source)),
        );
    }
}

/// Whether every use of a class rests on consent.
fn on_consent(check: &Check<'_>, class: &ClassName) -> bool {
    let mut uses =
        check.model.purposes.values().filter(|purpose| !purpose.export && purpose.data.contains(class)).peekable();
    uses.peek().is_some() && uses.all(|purpose| matches!(purpose.basis, Basis::Consent(_)))
}

/// A hold whose ground is a statute is not a dispute.
fn hold_without_statute(check: &mut Check<'_>) {
    for (name, hold) in &check.model.holds {
        if matches!(hold.kind, HoldKind::Statute { .. }) {
            continue;
        }
        let text = format!("{} {}", hold.ground.de, hold.ground.en).to_lowercase();
        let speaks = [
            "aufbewahrungspflicht",
            "aufbewahrungsfrist",
            "gesetzliche aufbewahrung",
            "statutory retention",
            "retention obligation",
            "retention dut",
        ];
        if !speaks.iter().any(|word| text.contains(word)) {
            continue;
        }
        let place = check.at(&format!("hold.{name}.ground.de"));
        check.report(
            Diagnostic::error(
                "hold-without-statute",
                &place,
                format!("the ground of [hold.{name}] is a statute, but it does not say which one"),
            )
            .label("which statute, and for how long?")
            .help("write kind = \"statute\", the law and its rule instead of `until`, for example\nlaw = \"§ 147 AO\"\nrule = \"6 years after letter.filed, end of year\"")
            .article("Art. 17(3)(b) GDPR: no erasure where a legal obligation demands storage"),
        );
    }
}

/// A statute is cited with its section, and as it stands now.
fn citations(check: &mut Check<'_>) {
    let model = check.model;
    let mut laws: Vec<(String, &str)> = Vec::new();
    for (name, purpose) in &model.purposes {
        if let Basis::Law(law) = &purpose.basis {
            laws.push((format!("purpose.{name}.law"), law));
        }
    }
    for (name, retention) in &model.retentions {
        laws.extend(retention.law.iter().map(|law| (format!("retain.{name}.law"), law.as_str())));
    }
    for (name, hold) in &model.holds {
        if let HoldKind::Statute { law, .. } = &hold.kind {
            laws.push((format!("hold.{name}.law"), law));
        }
    }
    for (path, law) in &laws {
        if !law.is_empty() && !law.contains(|c: char| c.is_ascii_digit()) {
            let place = check.at(path);
            check.report(
                Diagnostic::warning("law-vague", &place, format!("`{law}` names no section"))
                    .label("which section?")
                    .help("cite it so that it can be found, for example \"§ 147 AO\"")
                    .article("Art. 6(3), 13(2)(a) GDPR: the legal basis, and the period"),
            );
        }
    }
    let mut texts: Vec<(String, String)> = laws.iter().map(|(path, law)| (path.clone(), (*law).to_owned())).collect();
    let mut both = |path: String, text: &obhut_core::model::Text| {
        texts.push((format!("{path}.de"), text.de.clone()));
        texts.push((format!("{path}.en"), text.en.clone()));
    };
    for (name, consent) in &model.consents {
        both(format!("consent.{name}.text"), &consent.text);
    }
    for (name, audience) in &model.audiences {
        both(format!("audience.{name}.intro"), &audience.intro);
    }
    for (name, purpose) in &model.purposes {
        both(format!("purpose.{name}.label"), &purpose.label);
        if let Basis::Interest(interest) = &purpose.basis {
            both(format!("purpose.{name}.interest"), interest);
        }
    }
    for (name, hold) in &model.holds {
        both(format!("hold.{name}.ground"), &hold.ground);
    }
    for (path, text) in texts {
        let text = text.replace("Absatz", "Abs.").replace("Nummer", "Nr.").replace('\u{a0}', " ");
        let word = |cited: &str| text.split(|c: char| !c.is_alphanumeric()).any(|word| word == cited);
        let found = OUTDATED
            .iter()
            .find(|old| if old.cited.contains(' ') { text.contains(old.cited) } else { word(old.cited) });
        if let Some(old) = found {
            let place = check.at(&path);
            check.report(
                Diagnostic::warning(
                    "law-outdated",
                    &place,
                    format!("`{}` is `{}` since {}", old.cited, old.now, old.since),
                )
                .label("cites the law as it was")
                .help(format!("write {}", old.now))
                .article(old.source),
            );
        }
    }
}

/// By its name or its classes.
fn about_invoices(check: &Check<'_>, name: &RetentionName, retention: &Retention) -> bool {
    let classes = || retention.data.iter().filter_map(|class| Some((class, check.model.data.get(class)?)));
    says_invoice(name.as_str()) || classes().any(|(class, data)| holds_invoices(class, data))
}

fn holds_invoices(name: &ClassName, class: &DataClass) -> bool {
    says_invoice(name.as_str())
        || says_invoice(&class.label.de)
        || says_invoice(&class.label.en)
        || class.fields.iter().any(|field| matches!(field.as_str(), "invoice" | "invoices"))
}

/// Invoices themselves: not an address for them, and not a purchase on account.
fn says_invoice(text: &str) -> bool {
    const WORDS: [&str; 6] =
        ["invoice", "invoices", "rechnung", "rechnungen", "ausgangsrechnungen", "eingangsrechnungen"];
    const BEFORE: [&str; 9] = ["auf", "by", "for", "für", "on", "per", "von", "with", "zur"];
    const AFTER: [&str; 6] = ["address", "anschrift", "email", "e", "number", "recipient"];
    let text = text.to_lowercase();
    let words: Vec<_> = text.split(|c: char| !c.is_alphanumeric()).collect();
    words.iter().enumerate().any(|(at, word)| {
        let before = at.checked_sub(1).and_then(|at| words.get(at));
        WORDS.contains(word)
            && !before.is_some_and(|word| BEFORE.contains(word))
            && !words.get(at + 1).is_some_and(|word| AFTER.contains(word))
    })
}
