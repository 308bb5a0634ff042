//! Messages: who may write to whom, and why.

use obhut_core::{
    id::PurposeName,
    model::{Channel, Relation, Sender},
};

use super::Check;
use crate::diagnostic::Diagnostic;

pub(super) fn run(check: &mut Check<'_>) {
    purpose_of_audience(check);
    operator_to_tenants_people(check);
    tenant_without_people(check);
    unsubscribe(check);
    unmarked(check);
    promised_never(check);
    two_channels(check);
    announcement(check);
}

/// A purpose of a channel uses data of the audience: without it there is nobody to write to.
fn purpose_of_audience(check: &mut Check<'_>) {
    let model = check.model;
    for (name, channel) in &model.messages {
        for purpose_name in &channel.purposes {
            let Some(purpose) = model.purposes.get(purpose_name) else { continue };
            let uses = purpose
                .data
                .iter()
                .any(|class| model.data.get(class).is_none_or(|class| class.audience == channel.audience));
            if uses || purpose.data.is_empty() || !model.audiences.contains_key(&channel.audience) {
                continue;
            }
            let place = check.at(&format!("message.{name}.purposes[{purpose_name}]"));
            check.report(
                Diagnostic::error(
                    "message-purpose",
                    &place,
                    format!("the purpose `{purpose_name}` uses no data of the audience `{}`", channel.audience),
                )
                .label("no address to write to")
                .help(format!("name a purpose whose `data` has classes of `{}`", channel.audience))
                .article("Art. 5(1)(b) GDPR: data is used for the purposes for which it was collected"),
            );
        }
    }
}

/// The operator is a processor towards the people of a tenant; writing to them in its own name is a purpose of its own.
fn operator_to_tenants_people(check: &mut Check<'_>) {
    let model = check.model;
    for (name, channel) in &model.messages {
        let relation = model.audiences.get(&channel.audience).map(|audience| audience.relation);
        if relation == Some(Relation::SubjectOfTenant) && channel.from.contains(&Sender::Operator) {
            let place = check.at(&format!("message.{name}.from[operator]"));
            check.report(
                Diagnostic::warning(
                    "message-operator",
                    &place,
                    format!("the operator may write to `{}`, whose controller is the tenant", channel.audience),
                )
                .label("a processor writes in its own name")
                .help("write from = [\"tenant\"]; the operator delivers for it")
                .article("Art. 28(3)(a), 28(10) GDPR: a processor that determines purposes is a controller"),
            );
        }
    }
}

/// A tenant writes to its own people and to nobody else.
fn tenant_without_people(check: &mut Check<'_>) {
    let model = check.model;
    for (name, channel) in &model.messages {
        let Some(audience) = model.audiences.get(&channel.audience) else { continue };
        if audience.relation != Relation::SubjectOfTenant && channel.from.contains(&Sender::Tenant) {
            let place = check.at(&format!("message.{name}.from[tenant]"));
            check.report(
                Diagnostic::error(
                    "message-tenant",
                    &place,
                    format!("a tenant cannot write to `{}`: these people do not belong to one", channel.audience),
                )
                .label("no tenant to write")
                .help("write from = [\"operator\"], or give the audience relation = \"subject-of-tenant\""),
            );
        }
    }
}

/// Whoever advertises lets people end it, with every message.
fn unsubscribe(check: &mut Check<'_>) {
    let model = check.model;
    for (name, channel) in &model.messages {
        let marketing =
            channel.purposes.iter().find(|purpose| model.purposes.get(*purpose).is_some_and(|known| known.marketing));
        let written = check.draft.places.get(&format!("message.{name}.unsubscribe")).is_some();
        let (Some(purpose), false, false) = (marketing, channel.unsubscribe, written) else { continue };
        let place = check.at(&format!("message.{name}.purposes[{purpose}]"));
        check.report(
            Diagnostic::error(
                "message-unsubscribe",
                &place,
                format!("[message.{name}] sends advertising without a way to end it"),
            )
            .label("advertising")
            .help("add\nunsubscribe = \"link\"\nso that every message carries the link (RFC 8058)")
            .article("Art. 21(2), (3), 7(3) GDPR; s. 7(2) no. 3, (3) no. 4 UWG: the objection in every message"),
        );
    }
}

/// Advertising is marked as such.
fn unmarked(check: &mut Check<'_>) {
    let model = check.model;
    let words = ["newsletter", "werbung", "werbe", "advertis", "marketing", "promotion"];
    for (name, channel) in &model.messages {
        for purpose_name in &channel.purposes {
            let Some(purpose) = model.purposes.get(purpose_name).filter(|purpose| !purpose.marketing) else { continue };
            let label = format!("{} {}", purpose.label.de, purpose.label.en).to_lowercase();
            let says = label
                .split(|c: char| !c.is_alphanumeric())
                .any(|word| words.iter().any(|known| word.starts_with(known)));
            if !says {
                continue;
            }
            let place = check.at(&format!("purpose.{purpose_name}.label.de"));
            check.report(
                Diagnostic::warning(
                    "marketing-unmarked",
                    &place,
                    format!("[message.{name}] sends what looks like advertising, and [purpose.{purpose_name}] is not marked as such"),
                )
                .label("advertising?")
                .help("add marketing = true to the purpose: then an objection ends it, and every message carries the link")
                .article("Art. 21(2), (3) GDPR: the right to object to direct marketing"),
            );
        }
    }
}

/// A promise of silence in the words of the notice beside a channel.
fn promised_never(check: &mut Check<'_>) {
    const NEVER: [&str; 8] = [
        "schreiben ihnen nie",
        "nie nachrichten von uns",
        "keine nachrichten von uns",
        "senden ihnen nie",
        "senden ihnen keine nachrichten",
        "never write to you",
        "no messages from us",
        "never send you messages",
    ];
    // "Never without your consent" is another promise.
    const BUT: [&str; 8] = ["ohne", "außer", "es sei denn", "wenn", "without", "except", "unless", "if "];
    let model = check.model;
    for (name, channel) in &model.messages {
        let Some(audience) = model.audiences.get(&channel.audience) else { continue };
        if !channel.from.contains(&Sender::Operator) {
            continue;
        }
        let says = |text: &str| {
            let text = text.to_lowercase();
            text.split(['.', '!', ';', ':', '\n']).any(|sentence| {
                let has = |phrases: &[&str]| phrases.iter().any(|phrase| sentence.contains(phrase));
                has(&NEVER) && !has(&BUT)
            })
        };
        let key = if says(&audience.intro.de) {
            "de"
        } else if says(&audience.intro.en) {
            "en"
        } else {
            continue;
        };
        let place = check.at(&format!("audience.{}.intro.{key}", channel.audience));
        check.report(
            Diagnostic::error(
                "message-never",
                &place,
                format!(
                    "the audience `{}` is promised no messages, but [message.{name}] lets the operator write to it",
                    channel.audience
                ),
            )
            .label("not true")
            .help(format!("take \"operator\" out of `from` of [message.{name}], or do not promise it"))
            .article("Art. 5(1)(a) GDPR: transparency; s. 5 UWG: a misleading statement"),
        );
    }
}

/// Two channels that let different senders write the same, or only one of which can be ended, contradict each other.
fn two_channels(check: &mut Check<'_>) {
    let model = check.model;
    let differ = |one: &Channel, other: &Channel| {
        one.unsubscribe != other.unsubscribe
            || one.from.iter().any(|sender| !other.from.contains(sender))
            || one.from.len() != other.from.len()
    };
    for (index, (name, channel)) in model.messages.iter().enumerate() {
        let before = model.messages.iter().take(index).filter(|(_, other)| other.audience == channel.audience);
        for (other_name, other) in before {
            let shared: Option<&PurposeName> = channel.purposes.iter().find(|purpose| other.purposes.contains(purpose));
            let Some(purpose) = shared.filter(|_| differ(channel, other)) else { continue };
            let place = check.at(&format!("message.{name}.purposes[{purpose}]"));
            check.report(
                Diagnostic::error(
                    "message-contradiction",
                    &place,
                    format!(
                        "[message.{other_name}] and [message.{name}] contradict each other about messages to `{}` for `{purpose}`",
                        channel.audience
                    ),
                )
                .label("the second time")
                .help("name each purpose in one channel: what one of them rules out, the other must not allow")
                .article("Art. 12(1) GDPR: clear information"),
            );
        }
    }
}

/// What is announced by e-mail goes through a channel.
fn announcement(check: &mut Check<'_>) {
    let model = check.model;
    for purpose in &model.policy.announce_for {
        let known = model.purposes.contains_key(purpose);
        let writes = |channel: &Channel| channel.from.contains(&Sender::Operator) && channel.purposes.contains(purpose);
        if !known || model.messages.values().any(writes) {
            continue;
        }
        let place = check.at(&format!("policy.announce_for[{purpose}]"));
        check.report(
            Diagnostic::error(
                "announce-channel",
                &place,
                format!("changes are announced for the purpose `{purpose}`, for which the operator may not write"),
            )
            .label("no channel has this purpose")
            .help(format!(
                "add `{purpose}` to `purposes` of a [message.NAME] from = [\"operator\"], or name another purpose"
            ))
            .article("Art. 12(1), 13(3) GDPR: people are told before a change applies"),
        );
    }
}
