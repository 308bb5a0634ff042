//! "No data to third parties" is said only where it is true.

use obhut_core::model::{DisclosureGround, Others, RecipientKind};

use super::Check;
use crate::diagnostic::Diagnostic;

pub(super) fn run(check: &mut Check<'_>) {
    never_beside_third_parties(check);
    recipient_contradicts_consent(check);
    sale(check);
    recipient_purposes(check);
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

/// "Never sold" is said only where nobody else advertises with the data.
fn sale(check: &mut Check<'_>) {
    let model = check.model;
    if !model.disclosure.never_sold {
        return;
    }
    for (name, recipient) in &model.recipients {
        // A successor, an authority or a court is no buyer.
        let no_buyer = matches!(
            recipient.ground,
            Some(DisclosureGround::Succession | DisclosureGround::Law | DisclosureGround::Claims)
        );
        if recipient.kind != RecipientKind::Third || no_buyer {
            continue;
        }
        let serves = |purpose: &_| recipient.purposes.is_empty() || recipient.purposes.contains(purpose);
        let marketing = model.purposes.iter().find(|(purpose_name, purpose)| {
            purpose.marketing && serves(purpose_name) && purpose.data.iter().any(|class| recipient.data.contains(class))
        });
        let Some((purpose, _)) = marketing else { continue };
        let place = check.at("disclosure.sale");
        check.report(
            Diagnostic::warning(
                "sale-beside-marketing",
                &place,
                format!("data is never sold, but [recipient.{name}] gets data for the advertising purpose `{purpose}`"),
            )
            .label("is this not a sale?")
            .help("list in `purposes` of the recipient what it gets data for, or take the promise back")
            .article(
                "Art. 5(1)(a) GDPR; s. 1798.140(ad) Cal. Civ. Code: a sale is any exchange for something of value",
            ),
        );
    }
}

/// Every class a recipient gets serves one of the purposes it is listed for.
fn recipient_purposes(check: &mut Check<'_>) {
    let model = check.model;
    for (name, recipient) in &model.recipients {
        if recipient.purposes.is_empty()
            || recipient.purposes.iter().any(|purpose| !model.purposes.contains_key(purpose))
        {
            continue;
        }
        let needs = |class| {
            recipient
                .purposes
                .iter()
                .filter_map(|name| model.purposes.get(name))
                .any(|purpose| purpose.data.contains(class))
        };
        for class in recipient.data.iter().filter(|class| model.data.contains_key(*class) && !needs(class)) {
            let place = check.at(&format!("recipient.{name}.data[{class}]"));
            check.report(
                Diagnostic::error(
                    "recipient-purpose",
                    &place,
                    format!("[recipient.{name}] gets [data.{class}], which none of its purposes uses"),
                )
                .label("for no purpose")
                .help(format!("take `{class}` out, or add its purpose to `purposes`"))
                .article("Art. 5(1)(b), (c) GDPR: data goes to others only for a purpose that needs it"),
            );
        }
    }
}
