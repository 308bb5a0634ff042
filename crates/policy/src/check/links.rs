//! Every name that is used is defined.

use obhut_core::{
    id::{ClassName, EventName},
    model::{Basis, HoldKind, Others},
    rule::Anchoring,
};

use super::Check;
use crate::{diagnostic::Diagnostic, name};

pub(super) fn run(check: &mut Check<'_>) {
    audiences(check);
    classes(check);
    purposes_and_roles(check);
    consents(check);
    events(check);
}

impl Check<'_> {
    /// Reports `name` at `path` unless it is one of `known`.
    pub(super) fn link<'n>(
        &mut self,
        kind: &str,
        name: &str,
        path: &str,
        known: impl Iterator<Item = &'n str> + Clone,
    ) {
        if name.is_empty() || known.clone().any(|known| known == name) {
            return;
        }
        let short: String = name.chars().take(64).collect();
        let help = name::did_you_mean(name, known).unwrap_or_else(|| format!("define it: [{kind}.{short}]"));
        let written = if kind == "event" { format!("[event.\"{short}\"]") } else { format!("[{kind}.{short}]") };
        self.report(
            Diagnostic::error("unknown-name", &self.at(path), format!("there is no {written}"))
                .label(format!("no {} of this name", word(kind)))
                .help(help),
        );
    }

    pub(super) fn link_class(&mut self, class: &ClassName, path: &str) {
        let model = self.model;
        self.link("data", class.as_str(), path, model.data.keys().map(obhut_core::id::ClassName::as_str));
    }

    pub(super) fn link_event(&mut self, event: &EventName, path: &str) {
        let model = self.model;
        self.link("event", event.as_str(), path, model.events.keys().map(obhut_core::id::EventName::as_str));
    }
}

fn word(kind: &str) -> &str {
    match kind {
        "data" => "data class",
        kind => kind,
    }
}

fn audiences(check: &mut Check<'_>) {
    let model = check.model;
    let known = || model.audiences.keys().map(obhut_core::id::AudienceName::as_str);
    for (name, class) in &model.data {
        check.link("audience", class.audience.as_str(), &format!("data.{name}.audience"), known());
    }
    for (name, consent) in &model.consents {
        for audience in &consent.audiences {
            check.link("audience", audience.as_str(), &format!("consent.{name}.audience[{audience}]"), known());
        }
    }
    for (name, channel) in &model.messages {
        check.link("audience", channel.audience.as_str(), &format!("message.{name}.audience"), known());
    }
    for audience in model.disclosure.others.keys() {
        check.link("audience", audience.as_str(), &format!("disclosure.{audience}:key"), known());
    }
    for (name, log) in &model.logs {
        for audience in &log.audiences {
            check.link("audience", audience.as_str(), &format!("log.{name}.audiences[{audience}]"), known());
        }
    }
}

fn classes(check: &mut Check<'_>) {
    let model = check.model;
    for (name, purpose) in &model.purposes {
        for class in &purpose.data {
            check.link_class(class, &format!("purpose.{name}.data[{class}]"));
        }
    }
    for (name, retention) in &model.retentions {
        for class in &retention.data {
            check.link_class(class, &format!("retain.{name}.data[{class}]"));
        }
        for class in &retention.cascade {
            check.link_class(class, &format!("retain.{name}.cascade[{class}]"));
        }
    }
    for (name, hold) in &model.holds {
        for class in &hold.data {
            check.link_class(class, &format!("hold.{name}.data[{class}]"));
        }
    }
    for (name, recipient) in &model.recipients {
        for class in &recipient.data {
            check.link_class(class, &format!("recipient.{name}.data[{class}]"));
        }
    }
}

fn purposes_and_roles(check: &mut Check<'_>) {
    let model = check.model;
    let purposes = || model.purposes.keys().map(obhut_core::id::PurposeName::as_str);
    let roles = || model.roles.keys().map(obhut_core::id::RoleName::as_str);
    for (name, purpose) in &model.purposes {
        for role in &purpose.roles {
            check.link("role", role.as_str(), &format!("purpose.{name}.roles[{role}]"), roles());
        }
    }
    for (name, hold) in &model.holds {
        check.link("purpose", hold.purpose.as_str(), &format!("hold.{name}.purpose"), purposes());
    }
    for (name, channel) in &model.messages {
        for purpose in &channel.purposes {
            check.link("purpose", purpose.as_str(), &format!("message.{name}.purposes[{purpose}]"), purposes());
        }
    }
    let recipients = model.recipients.keys().map(obhut_core::id::RecipientName::as_str);
    check.link("recipient", model.storage.processor.as_str(), "storage.processor", recipients);
}

fn consents(check: &mut Check<'_>) {
    let model = check.model;
    let known = || model.consents.keys().map(obhut_core::id::ConsentName::as_str);
    for (name, purpose) in &model.purposes {
        if let Basis::Consent(consent) = &purpose.basis {
            check.link("consent", consent.as_str(), &format!("purpose.{name}.basis"), known());
        }
    }
    for (name, retention) in &model.retentions {
        if let Some(consent) = &retention.unless {
            check.link("consent", consent.as_str(), &format!("retain.{name}.unless"), known());
        }
    }
    for (audience, others) in &model.disclosure.others {
        if let Others::WithConsent(consent) = others {
            check.link("consent", consent.as_str(), &format!("disclosure.{audience}"), known());
        }
    }
    for (name, cookie) in &model.cookies {
        if let Some(consent) = &cookie.consent {
            check.link("consent", consent.as_str(), &format!("cookie.{name}.consent"), known());
        }
    }
}

fn events(check: &mut Check<'_>) {
    let model = check.model;
    for (name, purpose) in &model.purposes {
        if let Some(event) = &purpose.requires {
            check.link_event(event, &format!("purpose.{name}.requires"));
        }
    }
    for (path, rule) in rules(check) {
        for (event, anchoring) in rule.events() {
            let path = format!("{path}[{event}]");
            check.link_event(event, &path);
            let without = model.events.get(event).is_some_and(|known| known.last.is_none());
            if anchoring == Anchoring::Last && without {
                let finding = Diagnostic::error(
                    "last-missing",
                    &check.at(&path),
                    format!("the rule says `last {event}`, but the event has no phrase for its newest occurrence"),
                );
                check.report(finding.label(format!("says `last {event}`")).help(format!(
                    "add to [event.\"{event}\"]\nlast.de = \"der letzten …\"\nlast.en = \"the last …\""
                )));
            }
        }
    }
    for (name, retention) in &model.retentions {
        if let Some(event) = &retention.cancel {
            check.link_event(event, &format!("retain.{name}.cancel"));
        }
    }
}

/// Every rule of the policy, with the path of its sentence.
pub(super) fn rules<'d>(check: &Check<'d>) -> Vec<(String, &'d obhut_core::rule::Rule)> {
    let model = check.model;
    let of_retention = model.retentions.iter().flat_map(|(name, retention)| {
        retention
            .stages
            .iter()
            .enumerate()
            .map(|(index, stage)| (stage_path(check, name.as_str(), index, "rule"), &stage.rule))
    });
    let of_purposes = model
        .purposes
        .iter()
        .filter_map(|(name, purpose)| Some((format!("purpose.{name}.until"), purpose.until.as_ref()?)));
    let of_cookies =
        model.cookies.iter().filter_map(|(name, cookie)| Some((format!("cookie.{name}.keep"), cookie.keep.rule()?)));
    let of_events = model
        .events
        .iter()
        .filter_map(|(name, event)| Some((format!("event.{name}.derived"), event.derived.as_ref()?)));
    let of_holds = model.holds.iter().filter_map(|(name, hold)| match &hold.kind {
        HoldKind::Statute { rule, .. } => Some((format!("hold.{name}.rule"), rule)),
        HoldKind::Dispute { .. } => None,
    });
    let of_logs = model.logs.iter().filter_map(|(name, log)| Some((format!("log.{name}.keep"), log.keep.as_ref()?)));
    let of_export = model.export.window.iter().map(|rule| ("export.window".to_owned(), rule));
    of_retention
        .chain(of_purposes)
        .chain(of_cookies)
        .chain(of_events)
        .chain(of_holds)
        .chain(of_logs)
        .chain(of_export)
        .collect()
}

/// The path of a key of one stage of a retention rule, whichever way it is written.
pub(super) fn stage_path(check: &Check<'_>, retention: &str, index: usize, key: &str) -> String {
    let staged = format!("retain.{retention}.stages.{index}.{key}");
    if check.draft.places.get(&staged).is_some() { staged } else { format!("retain.{retention}.{key}") }
}
