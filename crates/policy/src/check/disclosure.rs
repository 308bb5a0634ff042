//! "No data to third parties" is said only where it is true.

use obhut_core::model::{Others, RecipientKind};

use super::Check;
use crate::diagnostic::Diagnostic;

pub(super) fn run(check: &mut Check<'_>) {
    never_beside_third_parties(check);
    recipient_contradicts_consent(check);
}

/// A promise of `never` beside a listed recipient that is a third party.
fn never_beside_third_parties(check: &mut Check<'_>) {
    let model = check.model;
    for (audience, _) in model.disclosure.others.iter().filter(|(_, others)| **others == Others::Never) {
        for (name, recipient) in &model.recipients {
            if !matches!(recipient.kind, RecipientKind::Third | RecipientKind::Joint) {
                continue;
            }
            let class = recipient
                .data
                .iter()
                .find(|class| model.data.get(*class).is_some_and(|class| class.audience == *audience));
            let Some(class) = class else { continue };
            let place = check.at(&format!("disclosure.{audience}"));
            check.report(
                Diagnostic::error(
                    "never-but-listed",
                    &place,
                    format!("the audience `{audience}` is promised that no third party gets its data, but [recipient.{name}] gets [data.{class}]"),
                )
                .label("not true")
                .help(format!("take the classes of `{audience}` from [recipient.{name}], or do not promise it"))
                .article("Art. 5(1)(a), 13(1)(e) GDPR: transparency; s. 5 UWG: a misleading statement"),
            );
        }
    }
}

/// A third party that gets special consent only is not at the same time a listed recipient without condition.
fn recipient_contradicts_consent(check: &mut Check<'_>) {
    let model = check.model;
    for (audience, others) in &model.disclosure.others {
        let Others::WithConsent(consent) = others else { continue };
        for (name, recipient) in &model.recipients {
            let gets = recipient
                .data
                .iter()
                .any(|class| model.data.get(class).is_some_and(|class| class.audience == *audience));
            if recipient.kind == RecipientKind::Third && recipient.only_if.is_none() && gets {
                let place = check.at(&format!("recipient.{name}"));
                check.report(
                    Diagnostic::warning(
                        "third-without-condition",
                        &place,
                        format!(
                            "[recipient.{name}] gets data of `{audience}` always, while others need the consent `{consent}`"
                        ),
                    )
                    .label("a third party without a condition")
                    .help("say in `only_if` when it gets data, or let it need the consent like everybody else")
                    .article("Art. 5(1)(a), 13(1)(e) GDPR: transparency about recipients"),
                );
            }
        }
    }
}
