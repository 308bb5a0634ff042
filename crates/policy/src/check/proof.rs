//! Evidence of a consent outlives the consent (Art. 7(1), 5(2)).

use obhut_core::{
    id::{ClassName, ConsentName},
    model::{Basis, Retention},
    rule::Rule,
};

use super::{Check, links};
use crate::{
    diagnostic::Diagnostic,
    statute::{self, Subject},
};

pub(super) fn run(check: &mut Check<'_>) {
    let model = check.model;
    for (name, consent) in &model.consents {
        let Some(proof) = &consent.proof else { continue };
        if !model.data.contains_key(proof) {
            continue;
        }
        audience(check, name, proof);
        for (retain, retention) in &model.retentions {
            if let Some((path, why)) = erased(check, name, proof, retain.as_str(), retention) {
                let place = check.at(&path);
                check.report(
                    Diagnostic::error(
                        "proof-erased",
                        &place,
                        format!("[data.{proof}] is the evidence of the consent `{name}`, but {why}"),
                    )
                    .label("ends before what it proves")
                    .help(
                        "give the evidence a rule of its own that goes on after the consent, for example\n\
                         rule = \"3 years after newsletter.ended, end of year\"",
                    )
                    .article(format!(
                        "Art. 7(1), 5(2) GDPR: the controller demonstrates consent; BGH, judgment of 10 February 2011, \
                         I ZR 164/09; {}",
                        statute::about(Subject::Claims).map_or("", |claims| claims.source)
                    )),
                );
            }
        }
    }
}

/// How a retention rule ends the evidence too early, and where that stands.
fn erased(
    check: &Check<'_>,
    consent: &ConsentName,
    proof: &ClassName,
    retain: &str,
    retention: &Retention,
) -> Option<(String, String)> {
    let rests = retention.data.iter().find(|class| *class != proof && rests_on(check, class, consent));
    if retention.cascade.contains(proof) && rests.is_some() {
        let path = format!("retain.{retain}.cascade[{proof}]");
        return Some((path, format!("[retain.{retain}] erases it along with the data")));
    }
    if !retention.data.contains(proof) {
        return None;
    }
    if retention.unless.as_ref() == Some(consent) {
        let path = format!("retain.{retain}.unless");
        return Some((path, "is kept only while the consent is given".to_owned()));
    }
    if let Some(class) = rests {
        let path = format!("retain.{retain}.data[{proof}]");
        return Some((path, format!("goes together with [data.{class}]")));
    }
    let withdrawn = retention.stages.iter().enumerate().find_map(|(index, stage)| {
        let event = ends_with_withdrawal(check, consent, &stage.rule)?;
        Some(format!("{}[{event}]", links::stage_path(check, retain, index, "rule")))
    });
    withdrawn.map(|path| (path, "is erased with the withdrawal".to_owned()))
}

/// Whether a purpose uses the class on this consent.
fn rests_on(check: &Check<'_>, class: &ClassName, consent: &ConsentName) -> bool {
    check.model.purposes.values().any(|purpose| {
        purpose.data.contains(class) && matches!(&purpose.basis, Basis::Consent(known) if known == consent)
    })
}

/// The event of a withdrawal with which the rule ends, without any period.
fn ends_with_withdrawal<'r>(check: &Check<'_>, consent: &ConsentName, rule: &'r Rule) -> Option<&'r str> {
    match rule {
        Rule::Earliest(rules) => rules.iter().find_map(|rule| ends_with_withdrawal(check, consent, rule)),
        Rule::Immediately(_, event) | Rule::Until(_, event) => {
            let known = check.model.events.get(event)?;
            let text = format!("{event} {} {}", known.phrase.de, known.phrase.en).to_lowercase();
            let says = ["withdraw", "widerruf"].iter().any(|word| text.contains(word));
            let is = known.withdrawal.as_ref().map_or(says, |withdrawn| withdrawn == consent);
            is.then_some(event.as_str())
        }
        Rule::Latest(_) | Rule::After { .. } => None,
    }
}

/// The evidence is about those who are asked.
fn audience(check: &mut Check<'_>, name: &ConsentName, proof: &ClassName) {
    let model = check.model;
    let (Some(class), Some(consent)) = (model.data.get(proof), model.consents.get(name)) else { return };
    if consent.audiences.contains(&class.audience) || !model.audiences.contains_key(&class.audience) {
        return;
    }
    let place = check.at(&format!("consent.{name}.proof"));
    check.report(
        Diagnostic::error(
            "consent-audience",
            &place,
            format!("[data.{proof}] is about `{}`, who is not asked for the consent `{name}`", class.audience),
        )
        .label("evidence about somebody else")
        .help("name a class of an audience that is asked")
        .article("Art. 7(1) GDPR: the person's consent is demonstrable"),
    );
}
