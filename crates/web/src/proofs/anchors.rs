//! What a notice has to contain, from the tables of the policy and not from the code that renders it.

use std::collections::BTreeSet;

use obhut_core::{
    id::{AudienceName, ClassName},
    model::{Acts, Model, Relation},
};

/// The kinds of entries that concern some audiences and not others.
const TABLES: [&str; 12] = [
    "access",
    "consent",
    "cookie",
    "data",
    "disclosure",
    "hold",
    "log",
    "message",
    "purpose",
    "recipient",
    "retain",
    "role",
];

/// What every notice has to say, whomever it addresses (Art. 13).
const ALWAYS: [&str; 22] = [
    "notice.controller",
    "dpo.contact",
    "notice.data",
    "notice.purposes",
    "notice.access",
    "notice.recipients",
    "storage.place",
    "transfer.third-countries",
    "notice.messages",
    "notice.devices",
    "cookies.only",
    "notice.rights",
    "rights.contact",
    "rights.deadline",
    "rights.access",
    "rights.rectification",
    "rights.erasure",
    "rights.restriction",
    "notice.authority",
    "authority.complaint",
    "notice.automated",
    "automated.decisions",
];

/// The anchors of table entries that the notice for `audience` must have; it must have no others of these kinds.
pub(super) fn of_tables(model: &Model, audience: &AudienceName) -> BTreeSet<String> {
    let mut anchors = BTreeSet::new();
    let mut add = |kind: &str, name: &str| {
        anchors.insert(format!("{kind}.{name}"));
    };
    let own: BTreeSet<&ClassName> =
        model.data.iter().filter(|(_, class)| class.audience == *audience).map(|(name, _)| name).collect();
    let concerns = |classes: &[ClassName]| classes.iter().any(|class| own.contains(class));
    for class in &own {
        add("data", class.as_str());
    }
    let purposes: Vec<_> = model.purposes.iter().filter(|(_, purpose)| concerns(&purpose.data)).collect();
    for (name, _) in &purposes {
        add("purpose", name.as_str());
    }
    for (name, _) in model.roles.iter().filter(|(name, _)| purposes.iter().any(|(_, p)| p.roles.contains(name))) {
        add("role", name.as_str());
    }
    for (name, _) in model.consents.iter().filter(|(_, consent)| consent.audiences.contains(audience)) {
        add("consent", name.as_str());
    }
    for (name, _) in model.retentions.iter().filter(|(_, rule)| concerns(&rule.data) || concerns(&rule.cascade)) {
        add("retain", name.as_str());
    }
    for (name, _) in model.holds.iter().filter(|(_, hold)| concerns(&hold.data)) {
        add("hold", name.as_str());
    }
    for (name, recipient) in &model.recipients {
        if concerns(&recipient.data) || *name == model.storage.processor {
            add("recipient", name.as_str());
        }
    }
    for (name, _) in model.messages.iter().filter(|(_, channel)| channel.audience == *audience) {
        add("message", name.as_str());
    }
    for (name, cookie) in &model.cookies {
        let asked = |consent| model.consents.get(consent).is_some_and(|known| known.audiences.contains(audience));
        if cookie.consent.as_ref().is_none_or(asked) {
            add("cookie", name.as_str());
        }
    }
    for (name, _) in model.logs_of(audience) {
        add("log", name.as_str());
    }
    add("disclosure", audience.as_str());
    // Where none of the operator's own staff stand in any purpose, the notice says so.
    let operated = model.roles.iter().any(|(name, role)| {
        role.acts == Acts::Operator && purposes.iter().any(|(_, purpose)| purpose.roles.contains(name))
    });
    if !own.is_empty() && !operated {
        add("access", audience.as_str());
    }
    anchors
}

/// The anchors of what does not stand in a table, that the notice for `audience` must have at least.
pub(super) fn fixed(model: &Model, audience: &AudienceName) -> BTreeSet<String> {
    let mut anchors: BTreeSet<String> = ALWAYS.iter().map(|&anchor| anchor.to_owned()).collect();
    let stored = model.data.values().any(|class| class.audience == *audience);
    let on_behalf = model.audiences.get(audience).is_some_and(|known| known.relation == Relation::SubjectOfTenant);
    if on_behalf {
        anchors.extend(["controller.tenant".to_owned(), "controller.processor".to_owned()]);
    } else {
        anchors.insert("controller.identity".to_owned());
    }
    if stored {
        anchors.extend(["notice.retention", "erasure.final", "export.formats"].map(str::to_owned));
    }
    if model.consents.values().any(|consent| consent.audiences.contains(audience)) {
        anchors.extend(["notice.consents".to_owned(), "rights.withdrawal".to_owned()]);
    }
    if model.policy.announce.is_some() {
        anchors.extend(["notice.changes".to_owned(), "policy.announce".to_owned()]);
    }
    anchors
}

/// Those of the ids that are anchors of table entries.
pub(super) fn table_ids(ids: &BTreeSet<String>) -> BTreeSet<String> {
    let is_entry = |id: &&String| {
        id.split_once('.').is_some_and(|(kind, _)| TABLES.contains(&kind)) && id.strip_suffix(".title").is_none()
    };
    ids.iter().filter(is_entry).cloned().collect()
}
