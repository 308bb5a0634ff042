//! Every name is defined that the tables about places, services, logs, rights and other law use.

use obhut_core::{
    id::{AudienceName, ConsentName, FieldName, PlaceName, PurposeName, RecipientName, RoleName, ServiceName},
    model::{DisclosureGround, Factor, Meanwhile, RecipientKind},
};

use super::Check;
use crate::{diagnostic::Diagnostic, name};

pub(super) fn run(check: &mut Check<'_>) {
    audiences_and_consents(check);
    classes(check);
    purposes(check);
    recipients(check);
    the_rest(check);
    fields(check);
}

impl Check<'_> {
    fn link_purpose(&mut self, purpose: &PurposeName, path: &str) {
        let model = self.model;
        self.link("purpose", purpose.as_str(), path, model.purposes.keys().map(PurposeName::as_str));
    }

    fn link_consent(&mut self, consent: &ConsentName, path: &str) {
        let model = self.model;
        self.link("consent", consent.as_str(), path, model.consents.keys().map(ConsentName::as_str));
    }

    fn link_recipient(&mut self, recipient: &RecipientName, path: &str) {
        let model = self.model;
        self.link("recipient", recipient.as_str(), path, model.recipients.keys().map(RecipientName::as_str));
    }
}

fn audiences_and_consents(check: &mut Check<'_>) {
    let model = check.model;
    for (name, jurisdiction) in &model.jurisdictions {
        for audience in &jurisdiction.audiences {
            let path = format!("jurisdiction.{name}.audiences[{audience}]");
            check.link("audience", audience.as_str(), &path, model.audiences.keys().map(AudienceName::as_str));
        }
    }
    let of_cookies = model.cookies.iter().map(|(name, cookie)| (format!("cookie.{name}"), &cookie.audiences));
    let of_services = model.services.iter().map(|(name, service)| (format!("service.{name}"), &service.audiences));
    for (path, audiences) in of_cookies.chain(of_services) {
        for audience in audiences {
            let path = format!("{path}.audiences[{audience}]");
            check.link("audience", audience.as_str(), &path, model.audiences.keys().map(AudienceName::as_str));
        }
    }
    for (name, event) in &model.events {
        if let Some(consent) = &event.withdrawal {
            check.link_consent(consent, &format!("event.{name}.withdrawal"));
        }
    }
    for (name, log) in &model.logs {
        if let Some(consent) = &log.join {
            check.link_consent(consent, &format!("log.{name}.join"));
        }
    }
    for (name, service) in &model.services {
        if let Some(consent) = &service.consent {
            check.link_consent(consent, &format!("service.{name}.consent"));
        }
    }
    for (name, recipient) in &model.recipients {
        if let Some(DisclosureGround::Consent(consent)) = &recipient.ground {
            check.link_consent(consent, &format!("recipient.{name}.ground"));
        }
    }
}

fn classes(check: &mut Check<'_>) {
    let model = check.model;
    for (name, log) in &model.logs {
        if let Some(class) = &log.attacks {
            check.link_class(class, &format!("log.{name}.attacks"));
        }
    }
    for (name, service) in &model.services {
        for class in &service.data {
            check.link_class(class, &format!("service.{name}.data[{class}]"));
        }
    }
    for (name, consent) in &model.consents {
        if let Some(class) = &consent.proof {
            check.link_class(class, &format!("consent.{name}.proof"));
        }
    }
}

fn purposes(check: &mut Check<'_>) {
    let model = check.model;
    for (name, log) in &model.logs {
        for purpose in &log.purposes {
            check.link_purpose(purpose, &format!("log.{name}.purposes[{purpose}]"));
        }
    }
    for (name, service) in &model.services {
        for purpose in &service.purposes {
            check.link_purpose(purpose, &format!("service.{name}.purposes[{purpose}]"));
        }
    }
    for (name, recipient) in &model.recipients {
        for purpose in &recipient.purposes {
            check.link_purpose(purpose, &format!("recipient.{name}.purposes[{purpose}]"));
        }
    }
    for (name, retention) in &model.retentions {
        if let Some(Meanwhile::Only(purpose)) = &retention.meanwhile {
            check.link_purpose(purpose, &format!("retain.{name}.meanwhile"));
        }
    }
    for purpose in &model.policy.announce_for {
        check.link_purpose(purpose, &format!("policy.announce_for[{purpose}]"));
    }
    if let Some(purpose) = &model.automated_decisions.purpose {
        check.link_purpose(purpose, "automated_decisions.purpose");
    }
    if let Some(role) = &model.automated_decisions.review {
        let roles = model.roles.keys().map(RoleName::as_str);
        check.link("role", role.as_str(), "automated_decisions.review", roles);
    }
}

fn recipients(check: &mut Check<'_>) {
    let model = check.model;
    for (name, service) in &model.services {
        if let Some(provider) = &service.provider {
            check.link_recipient(provider, &format!("service.{name}.provider"));
        }
    }
    for (name, identity) in &model.identities {
        if let Some(verifier) = &identity.verifier {
            check.link_recipient(verifier, &format!("identity.{name}.verifier"));
        }
    }
    for (name, place) in &model.places {
        let Some(processor) = &place.processor else { continue };
        let path = format!("place.{name}.processor");
        check.link_recipient(processor, &path);
        let other = model.recipients.get(processor).is_some_and(|known| known.kind != RecipientKind::Processor);
        if other {
            let place = check.at(&path);
            check.report(
                Diagnostic::error(
                    "storage-processor",
                    &place,
                    format!("[recipient.{processor}] runs [place.{name}], but is no processor"),
                )
                .label("not a recipient of kind \"processor\"")
                .help(
                    "name the processor at whose place the copies lie, or leave `processor` away if the place is yours",
                )
                .article("Art. 28(3) GDPR: processing on behalf only under a contract"),
            );
        }
    }
}

fn the_rest(check: &mut Check<'_>) {
    let model = check.model;
    for (name, cookie) in &model.cookies {
        if let Some(service) = &cookie.service {
            let services = model.services.keys().map(ServiceName::as_str);
            check.link("service", service.as_str(), &format!("cookie.{name}.service"), services);
        }
    }
    for place in model.backup.iter().flat_map(|backup| &backup.places) {
        let places = model.places.keys().map(PlaceName::as_str);
        check.link("place", place.as_str(), &format!("backup.places[{place}]"), places);
    }
    for (name, channel) in &model.messages {
        for topic in &channel.topics {
            let words = model.words.keys().map(String::as_str);
            check.link("word", topic.as_str(), &format!("message.{name}.topics[{topic}]"), words);
        }
    }
    if let Some(event) = &model.access.instruction {
        check.link_event(event, "access.instruction");
    }
}

/// The fields that leave are fields of the recipient's classes; what identifies a person is a field we have.
fn fields(check: &mut Check<'_>) {
    let model = check.model;
    for (name, recipient) in &model.recipients {
        if recipient.data.iter().any(|class| !model.data.contains_key(class)) {
            continue;
        }
        let classes = || recipient.data.iter().filter_map(|class| model.data.get(class));
        for field in recipient.fields.iter().flatten() {
            if classes().any(|class| class.fields.contains(field)) {
                continue;
            }
            let place = check.at(&format!("recipient.{name}.fields[{field}]"));
            let known: Vec<_> = classes().flat_map(|class| &class.fields).map(FieldName::as_str).collect();
            check.report(
                Diagnostic::error(
                    "unknown-name",
                    &place,
                    format!("no class of [recipient.{name}] has a field `{field}`"),
                )
                .label("not a field of its data")
                .maybe_help(name::did_you_mean(field.as_str(), known.iter().copied())),
            );
        }
    }
    for (name, identity) in &model.identities {
        for factor in &identity.factors {
            let Factor::Field(field) = factor else { continue };
            if model.data.values().any(|class| class.fields.contains(field)) {
                continue;
            }
            let place = check.at(&format!("identity.{name}.factors[field:{field}]"));
            let known: Vec<_> = model.data.values().flat_map(|class| &class.fields).map(FieldName::as_str).collect();
            check.report(
                Diagnostic::error(
                    "unknown-name",
                    &place,
                    format!("[identity.{name}] asks for `{field}`, which no class holds"),
                )
                .label("nothing to compare it with")
                .help(
                    name::did_you_mean(field.as_str(), known.iter().copied())
                        .unwrap_or_else(|| "ask only for what is already known about the person".into()),
                )
                .article("Art. 11(1), 12(6) GDPR: no further data is collected only to identify a person"),
            );
        }
    }
}
