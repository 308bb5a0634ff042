//! Special categories (Art. 9, 10), direct marketing (Art. 21), profiling and automated decisions (Art. 22).

use obhut_core::{
    id::PurposeName,
    model::{Acts, Basis, Exception, Purpose, Special},
};

use super::Check;
use crate::diagnostic::Diagnostic;

const ART_9: &str = "Art. 9(1), (2) GDPR: special categories only under an exception";

pub(super) fn run(check: &mut Check<'_>) {
    let model = check.model;
    for (name, purpose) in &model.purposes {
        exception(check, name, purpose);
        marketing(check, name, purpose);
    }
    profiling(check);
    automated(check);
}

/// A purpose with special data has an exception, and one without has none.
fn exception(check: &mut Check<'_>, name: &PurposeName, purpose: &Purpose) {
    let model = check.model;
    let special = purpose.data.iter().find_map(|class| Some((class, model.data.get(class)?.special?)));
    let path = format!("purpose.{name}");
    let written = check.draft.places.get(&format!("{path}.exception")).is_some();
    match (special, purpose.exception) {
        // Handing data to the person it belongs to is a right of that person (Art. 15, 20).
        (Some((class, special)), None) if !written && !purpose.export => {
            let place = check.at(&format!("{path}.data[{class}]"));
            let article = if special == Special::Criminal {
                "Art. 10 GDPR: data on criminal convictions only where the law authorises it"
            } else {
                ART_9
            };
            check.report(
                Diagnostic::error(
                    "special-without-exception",
                    &place,
                    format!("[purpose.{name}] uses [data.{class}] ({}) and names no exception", special.word()),
                )
                .label("a special category")
                .help("add for example\nexception = \"explicit-consent\"\nor take the class out of the purpose")
                .article(article),
            );
        }
        (None, Some(exception)) if purpose.data.iter().all(|class| model.data.contains_key(class)) => {
            let place = check.at(&format!("{path}.exception"));
            check.report(
                Diagnostic::warning(
                    "exception-without-special",
                    &place,
                    format!(
                        "[purpose.{name}] names the exception \"{}\", but none of its data is special",
                        exception.word()
                    ),
                )
                .label("an exception from nothing")
                .help("write `special` in the class that belongs to a special category, or remove the exception")
                .article(ART_9),
            );
        }
        _ => {}
    }
    let consents = matches!(purpose.basis, Basis::Consent(_));
    if purpose.exception == Some(Exception::ExplicitConsent) && !consents {
        let place = check.at(&format!("{path}.exception"));
        check.report(
            Diagnostic::error(
                "exception-consent",
                &place,
                format!("[purpose.{name}] rests on explicit consent and does not say which one"),
            )
            .label("nobody is asked")
            .help("write basis = \"consent:NAME\" with the consent that names these data")
            .article("Art. 9(2)(a), 7(1) GDPR: explicit consent, demonstrably given"),
        );
    }
}

/// Advertising is nothing that a contract needs.
fn marketing(check: &mut Check<'_>, name: &PurposeName, purpose: &Purpose) {
    if !purpose.marketing || matches!(purpose.basis, Basis::Consent(_) | Basis::Interest(_)) {
        return;
    }
    let basis = match &purpose.basis {
        Basis::Contract => "contract",
        Basis::Law(_) => "law",
        Basis::Vital => "vital",
        _ => "public",
    };
    let place = check.at(&format!("purpose.{name}.basis"));
    check.report(
        Diagnostic::error(
            "marketing-basis",
            &place,
            format!("[purpose.{name}] is advertising and rests on \"{basis}\""),
        )
        .label("no contract and no law needs advertising")
        .help("write basis = \"consent:NAME\", or \"interest\" where s. 7(3) UWG allows it")
        .article("Art. 6(1), 21(2) GDPR; s. 7 UWG: advertising by e-mail needs consent"),
    );
}

/// "No profiling" is said only where it is true.
fn profiling(check: &mut Check<'_>) {
    let model = check.model;
    let text = format!("{} {}", model.automated_decisions.text.de, model.automated_decisions.text.en).to_lowercase();
    let denied = ["einschließlich profiling", "including profiling", "no profiling", "kein profiling"];
    if model.automated_decisions.used || !denied.iter().any(|phrase| text.contains(phrase)) {
        return;
    }
    let Some((name, _)) = model.purposes.iter().find(|(_, purpose)| purpose.profiling) else { return };
    let place = check.at("automated_decisions.text.de");
    check.report(
        Diagnostic::error(
            "profiling-denied",
            &place,
            format!("the text says that there is no profiling, but [purpose.{name}] is profiling"),
        )
        .label("not true")
        .help("say which profiling there is and that nothing is decided by it, or take `profiling` from the purpose")
        .article("Art. 13(2)(f), 4(4) GDPR: the existence of profiling, its logic and consequences"),
    );
}

/// Where machines decide, people learn for which purpose, and a human reviews.
fn automated(check: &mut Check<'_>) {
    let automated = &check.model.automated_decisions;
    if !automated.used {
        return;
    }
    let missing = [("purpose", automated.purpose.is_some()), ("review", automated.review.is_some())];
    for (key, there) in missing {
        if there || check.draft.places.get(&format!("automated_decisions.{key}")).is_some() {
            continue;
        }
        let place = check.at("automated_decisions");
        check.report(
            Diagnostic::error(
                "missing",
                &place,
                format!("there are automated decisions, and [automated_decisions] has no `{key}`"),
            )
            .label(format!("`{key}` is missing here"))
            .help(if key == "purpose" {
                "name the purpose for which is decided:\npurpose = \"credit-check\""
            } else {
                "name the role of the human who reviews a decision:\nreview = \"staff\""
            })
            .article("Art. 13(2)(f), 22(3) GDPR: the logic of the decision, and the right to human intervention"),
        );
    }
    let role = automated.review.as_ref().and_then(|name| Some((name, check.model.roles.get(name)?)));
    if let Some((name, role)) = role
        && matches!(role.acts, Acts::System | Acts::Form)
    {
        let place = check.at("automated_decisions.review");
        check.report(
            Diagnostic::error(
                "review-by-machine",
                &place,
                format!("the role `{name}` reviews automated decisions, and is no human"),
            )
            .label("a program")
            .help("name a role that acts for the operator or the tenant")
            .article("Art. 22(3) GDPR: the right to obtain human intervention"),
        );
    }
}
