//! What a notice has to contain, from the tables of the policy and not from the code that renders it.

use std::collections::BTreeSet;

use obhut_core::{
    id::{AudienceName, ClassName},
    model::{
        Acts, Basis, Copies, Factor, Law, Log, LogAddress, LogMail, Model, Purpose, Relation, Right, TenantBackup,
    },
};

/// The kinds of entries that concern some audiences and not others.
const TABLES: [&str; 18] = [
    "access",
    "backup",
    "consent",
    "cookie",
    "data",
    "disclosure",
    "hold",
    "identity",
    "jurisdiction",
    "log",
    "measure",
    "message",
    "place",
    "purpose",
    "recipient",
    "retain",
    "role",
    "service",
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
    let purposes = purposes(model, audience);
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
        let provides = model.services_of(audience).any(|(_, service)| service.provider.as_ref() == Some(name));
        if concerns(&recipient.data) || *name == model.storage.processor || provides {
            add("recipient", name.as_str());
        }
    }
    for (name, _) in model.messages.iter().filter(|(_, channel)| channel.audience == *audience) {
        add("message", name.as_str());
    }
    for (name, _) in model.cookies_of(audience) {
        add("cookie", name.as_str());
    }
    for (name, _) in model.services_of(audience) {
        add("service", name.as_str());
    }
    for (name, _) in model.logs_of(audience) {
        add("log", name.as_str());
    }
    for name in model.measures.keys() {
        add("measure", name.as_str());
    }
    let laws: Vec<_> = model.jurisdictions.iter().filter(|(_, known)| known.audiences.contains(audience)).collect();
    for (name, _) in &laws {
        add("jurisdiction", name.as_str());
    }
    // Somebody is asked only for a field there is, and for rights there are.
    for (name, identity) in &model.identities {
        let there = |factor: &Factor| match factor {
            Factor::Field(field) => {
                model.data.values().any(|class| class.audience == *audience && class.fields.contains(field))
            }
            Factor::LogIn | Factor::Mailbox => true,
        };
        let can_opt_out = laws.iter().any(|(_, known)| known.law == Law::Ccpa);
        let granted = identity.rights.iter().any(|right| *right != Right::OptOut || can_opt_out);
        if identity.factors.iter().all(there) && granted {
            add("identity", name.as_str());
        }
    }
    for (kind, name) in copies(model, audience) {
        add(kind, name);
    }
    add("disclosure", audience.as_str());
    if model.disclosure.never_sold {
        add("disclosure", "sale");
    }
    // Where none of the operator's own staff stand in any purpose, the notice says so; where they do, how they come to
    // the data of tenants.
    let operated = model.roles.iter().any(|(name, role)| {
        role.acts == Acts::Operator && purposes.iter().any(|(_, purpose)| purpose.roles.contains(name))
    });
    if operated {
        for name in staff(model, audience) {
            add("access", name);
        }
    } else if !own.is_empty() {
        add("access", audience.as_str());
    }
    anchors
}

/// Whether anything about an audience stays in a log.
fn keeps(log: &Log) -> bool {
    log.address != LogAddress::Never || log.mail != LogMail::Never || log.metadata
}

/// The purposes for which an audience's data or its lines in logs are used.
fn purposes<'a>(model: &'a Model, audience: &AudienceName) -> Vec<(&'a obhut_core::id::PurposeName, &'a Purpose)> {
    let own = |class: &ClassName| model.data.get(class).is_some_and(|class| class.audience == *audience);
    let read: BTreeSet<_> =
        model.logs_of(audience).filter(|(_, log)| keeps(log)).flat_map(|(_, log)| log.purposes.clone()).collect();
    let uses = |(name, purpose): &(&_, &Purpose)| purpose.data.iter().any(own) || read.contains(*name);
    model.purposes.iter().filter(uses).collect()
}

fn relation(model: &Model, audience: &AudienceName) -> Option<Relation> {
    model.audiences.get(audience).map(|known| known.relation)
}

/// Which items on backups and their places the notice for an audience has.
fn copies<'a>(model: &'a Model, audience: &AudienceName) -> Vec<(&'static str, &'a str)> {
    let stored = model.data.values().any(|class| class.audience == *audience);
    let relation = relation(model, audience);
    let mut found = Vec::new();
    let mut told = BTreeSet::new();
    if let Some(backup) = model.backup.as_ref().filter(|_| stored) {
        let excluded = relation == Some(Relation::SubjectOfTenant) && backup.tenants == TenantBackup::Never;
        if !excluded {
            found.extend(["every", "keep", "places", "erasure"].map(|name| ("backup", name)));
            found.extend(backup.restore_test.map(|_| ("backup", "restore")));
            let here = model
                .places
                .iter()
                .filter(|(name, place)| place.holds.contains(&Copies::Backup) || backup.places.contains(name));
            told.extend(here.map(|(name, _)| name));
        }
        let people = model.audience_with(Relation::SubjectOfTenant).is_some();
        if relation == Some(Relation::SubjectOfTenant) || (relation == Some(Relation::Tenant) && people) {
            found.push(("backup", "tenants"));
        }
    }
    if model.logs_of(audience).any(|(_, log)| keeps(log)) {
        let logs = model.places.iter().filter(|(_, place)| place.holds.contains(&Copies::Log));
        told.extend(logs.map(|(name, _)| name));
    }
    found.extend(told.into_iter().map(|name| ("place", name.as_str())));
    found
}

/// What the notice says about access of the operator's staff.
fn staff(model: &Model, audience: &AudienceName) -> Vec<&'static str> {
    let access = &model.access;
    let party = matches!(relation(model, audience), Some(Relation::Tenant | Relation::SubjectOfTenant));
    if !party && model.audience_with(Relation::Tenant).is_some() {
        return Vec::new();
    }
    let said = [
        ("instruction", party && access.instruction.is_some()),
        ("emergency", party && access.emergency.is_some()),
        ("notify", party && access.notify.is_some()),
        ("notes", !access.notes.is_empty()),
        ("review", access.review.is_some()),
        ("unused", access.unused.is_some()),
    ];
    said.into_iter().filter(|(_, said)| *said).map(|(name, _)| name).collect()
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
    let mut add =
        |wanted: bool, names: &[&str]| anchors.extend(names.iter().filter(|_| wanted).map(|&name| name.to_owned()));
    let tenant = model.audiences.get(audience).is_some_and(|known| known.relation == Relation::Tenant);
    add(stored, &["notice.retention", "erasure.final", "export.formats"]);
    add(stored && model.export.link.is_some(), &["export.link"]);
    add(stored && tenant && model.export.window.is_some(), &["export.window"]);
    let given = |purpose: &Purpose| matches!(purpose.basis, Basis::Contract | Basis::Consent(_));
    let portable = purposes(model, audience).iter().any(|(_, purpose)| given(purpose));
    add(portable, &["rights.portability", "export.transfer"]);
    let weighed = |purpose: &Purpose| purpose.marketing || matches!(purpose.basis, Basis::Interest(_) | Basis::Public);
    add(purposes(model, audience).iter().any(|(_, purpose)| weighed(purpose)), &["rights.objection"]);
    add(!model.rights.channels.is_empty(), &["rights.channels"]);
    add(model.rights.written, &["rights.written"]);
    add(model.services_of(audience).next().is_some(), &["notice.services"]);
    add(model.logs_of(audience).next().is_some(), &["notice.logs"]);
    add(model.backup.is_some() && stored, &["notice.backups"]);
    add(!model.measures.is_empty(), &["notice.measures"]);
    add(model.jurisdictions.values().any(|known| known.audiences.contains(audience)), &["notice.jurisdiction"]);
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

#[cfg(test)]
mod tests {
    use obhut_core::model::Lang;
    use obhut_policy::{Sources, load, notice::Notice};

    use super::*;

    /// Renderer and tables agree on every deployment. Whether each of them loads is tested where they are.
    #[test]
    fn the_notices_of_all_deployments_have_what_their_tables_say() {
        let mut looked = 0;
        for name in ["configurator", "residents", "hoster", "vendor", "fleet"] {
            let path = format!("{}/../../deployments/{name}/policy.toml", env!("CARGO_MANIFEST_DIR"));
            let Ok(text) = std::fs::read_to_string(path) else { continue };
            let Some(model) = load(&Sources::one("policy.toml", text)).model else { continue };
            for audience in model.audiences.keys() {
                for lang in Lang::ALL {
                    let notice = Notice::of(&model, audience, lang).unwrap();
                    let ids: BTreeSet<String> = notice.anchors().into_iter().map(ToString::to_string).collect();
                    let of = format!("{name}: {audience} ({})", lang.tag());
                    assert_eq!(table_ids(&ids), of_tables(&model, audience), "{of}");
                    let fixed = fixed(&model, audience);
                    let missing: Vec<_> = fixed.difference(&ids).collect();
                    assert!(missing.is_empty(), "{of} lacks {missing:?}");
                    looked += 1;
                }
            }
        }
        assert!(looked >= 6, "the configurator at least");
    }
}
