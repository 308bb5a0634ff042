//! Nothing is missing, and nothing is there for no reason.

use std::collections::{HashMap, HashSet};

use obhut_core::{
    id::{ClassName, ConsentName, EventName, FieldName, RoleName},
    model::{Acts, Basis, DisclosureGround, Model, Others, Purpose, Relation},
};

use super::{Check, links};
use crate::diagnostic::Diagnostic;

pub(super) fn run(check: &mut Check<'_>) {
    nobody_and_nothing(check);
    class_without_purpose(check);
    class_nobody_reads(check);
    field_without_purpose(check);
    audience_without_purpose(check);
    role_without_purpose(check);
    event_without_use(check);
    consent_without_use(check);
    no_export(check);
    no_role_of_recipient(check);
}

/// A notice is about somebody and something.
fn nobody_and_nothing(check: &mut Check<'_>) {
    let start = check.at("policy");
    if check.model.audiences.is_empty() {
        check.report(
            Diagnostic::error("missing-table", &start, "the policy has no [audience.NAME]: it is addressed to nobody")
                .label("this policy has no audience")
                .help("add for example\n[audience.customer]\nrelation = \"customer\"\nlabel.de = \"Kunden\"\nlabel.en = \"customers\"\nintro.de = \"…\"\nintro.en = \"…\"")
                .article("Art. 13, 14 GDPR: information to the person concerned"),
        );
    }
    if check.model.data.is_empty() {
        check.report(
            Diagnostic::error("missing-table", &start, "the policy has no [data.NAME]: the inventory is empty")
                .label("this policy has no data class")
                .help("add for example\n[data.customer]\naudience = \"customer\"\nfields = [\"name\", \"email\"]\nsource = \"subject\"\nneeded = \"contract\"\nlabel.de = \"…\"\nlabel.en = \"…\"")
                .article("Art. 30(1)(c) GDPR: the categories of personal data"),
        );
    }
}

fn class_without_purpose(check: &mut Check<'_>) {
    let model = check.model;
    for name in model.data.keys() {
        if model.purposes.values().any(|purpose| purpose.data.contains(name)) {
            continue;
        }
        let place = check.at(&format!("data.{name}"));
        check.report(
            Diagnostic::error("class-without-purpose", &place, format!("no purpose needs [data.{name}]"))
                .label("collected for nothing")
                .help(format!("add `{name}` to `data` of the purpose that needs it, or do not collect it"))
                .article("Art. 5(1)(b)(c) GDPR: specified purposes, and no more data than they need"),
        );
    }
}

/// The purposes of every class.
fn purposes_of(model: &Model) -> HashMap<&ClassName, Vec<&Purpose>> {
    let mut purposes: HashMap<&ClassName, Vec<&Purpose>> = HashMap::new();
    for purpose in model.purposes.values() {
        for class in &purpose.data {
            purposes.entry(class).or_default().push(purpose);
        }
    }
    purposes
}

/// A form collects and never reads: what only forms may use, nobody ever sees.
fn class_nobody_reads(check: &mut Check<'_>) {
    let model = check.model;
    let purposes = purposes_of(model);
    for name in model.data.keys() {
        let mut roles = purposes.get(name).into_iter().flatten().flat_map(|purpose| &purpose.roles).peekable();
        let form = |role: &RoleName| model.roles.get(role).is_some_and(|role| role.acts == Acts::Form);
        if roles.peek().is_none() || !roles.all(form) {
            continue;
        }
        let place = check.at(&format!("data.{name}"));
        check.report(
            Diagnostic::warning(
                "class-nobody-reads",
                &place,
                format!("only forms act for the purposes of [data.{name}]"),
            )
            .label("collected, and read by nobody")
            .help("add the role that works with it to one of its purposes, or do not collect it")
            .article("Art. 5(1)(c) GDPR: no more data than the purpose needs"),
        );
    }
}

/// A field that every purpose of its class leaves out.
fn field_without_purpose(check: &mut Check<'_>) {
    let model = check.model;
    let all = purposes_of(model);
    let conditions: HashSet<_> = model
        .data
        .values()
        .filter_map(|class| class.only_if.as_ref().map(|only_if| (&only_if.class, &only_if.field)))
        .collect();
    for (name, class) in &model.data {
        let purposes: Vec<_> = all.get(name).into_iter().flatten().filter(|purpose| !purpose.export).collect();
        if purposes.is_empty() {
            continue;
        }
        // What decides whether another class is taken, and what identifies the person, is used by that.
        let decides = |field: &FieldName| class.identity.as_ref() == Some(field) || conditions.contains(&(name, field));
        for field in class.fields.iter().filter(|field| !decides(field)) {
            if purposes.iter().any(|purpose| purpose.fields.as_ref().is_none_or(|fields| fields.contains(field))) {
                continue;
            }
            let place = check.at(&format!("data.{name}.fields[{field}]"));
            check.report(
                Diagnostic::warning(
                    "field-without-purpose",
                    &place,
                    format!("every purpose of [data.{name}] leaves `{field}` out"),
                )
                .label("collected for nothing")
                .help(format!("add `{field}` to `fields` of the purpose that needs it, or do not collect it"))
                .article("Art. 5(1)(b)(c) GDPR: specified purposes, and no more data than they need"),
            );
        }
    }
}

/// Only exporting is no purpose for having data.
fn audience_without_purpose(check: &mut Check<'_>) {
    let model = check.model;
    for name in model.audiences.keys() {
        let mut classes = model.data.iter().filter(|(_, class)| class.audience == *name).peekable();
        if classes.peek().is_none() {
            continue;
        }
        let mut used = false;
        for (class, _) in classes {
            used |= model.purposes.values().any(|purpose| !purpose.export && purpose.data.contains(class));
        }
        if !used {
            let place = check.at(&format!("audience.{name}"));
            check.report(
                Diagnostic::error(
                    "audience-without-purpose",
                    &place,
                    format!("there is data about the audience `{name}`, but no purpose that uses it"),
                )
                .label("nobody says what its data is for")
                .help("add a [purpose.NAME] that is not only `export`")
                .article("Art. 13(1)(c) GDPR: the purposes of the processing"),
            );
        }
    }
}

fn role_without_purpose(check: &mut Check<'_>) {
    let model = check.model;
    for name in model.roles.keys() {
        if model.purposes.values().any(|purpose| purpose.roles.contains(name))
            || model.automated_decisions.review.as_ref() == Some(name)
        {
            continue;
        }
        let place = check.at(&format!("role.{name}"));
        check.report(
            Diagnostic::warning("role-without-purpose", &place, format!("the role `{name}` acts for no purpose"))
                .label("it may do nothing")
                .help(format!("add `{name}` to `roles` of a purpose, or remove it")),
        );
    }
}

fn event_without_use(check: &mut Check<'_>) {
    let model = check.model;
    let mut used: HashSet<&EventName> = HashSet::new();
    for (_, rule) in links::rules(check) {
        used.extend(rule.events().into_iter().map(|(event, _)| event));
    }
    used.extend(model.retentions.values().filter_map(|retention| retention.cancel.as_ref()));
    used.extend(model.purposes.values().filter_map(|purpose| purpose.requires.as_ref()));
    used.extend(&model.access.instruction);
    for name in model.events.keys().filter(|name| !used.contains(name)) {
        let place = check.at(&format!("event.{name}"));
        check.report(
            Diagnostic::warning(
                "event-without-use",
                &place,
                format!("no rule and no purpose asks for the event `{name}`"),
            )
            .label("it starts nothing")
            .help("name it in a rule, in `cancel` or in `requires`, or remove it"),
        );
    }
}

fn consent_without_use(check: &mut Check<'_>) {
    let model = check.model;
    let mut used: HashSet<&ConsentName> = HashSet::new();
    used.extend(model.purposes.values().filter_map(|purpose| match &purpose.basis {
        Basis::Consent(consent) => Some(consent),
        _ => None,
    }));
    used.extend(model.retentions.values().filter_map(|retention| retention.unless.as_ref()));
    used.extend(model.cookies.values().filter_map(|cookie| cookie.consent.as_ref()));
    used.extend(model.disclosure.others.values().filter_map(|others| match others {
        Others::WithConsent(consent) => Some(consent),
        Others::Never => None,
    }));
    used.extend(model.services.values().filter_map(|service| service.consent.as_ref()));
    used.extend(model.logs.values().filter_map(|log| log.join.as_ref()));
    used.extend(model.recipients.values().filter_map(|recipient| match &recipient.ground {
        Some(DisclosureGround::Consent(consent)) => Some(consent),
        _ => None,
    }));
    for name in model.consents.keys().filter(|name| !used.contains(name)) {
        let place = check.at(&format!("consent.{name}"));
        check.report(
            Diagnostic::warning("consent-without-use", &place, format!("nothing rests on the consent `{name}`"))
                .label("asked for nothing")
                .help(format!(
                    "write basis = \"consent:{name}\" or unless = \"consent:{name}\" where it counts, or do not ask"
                ))
                .article("Art. 7(2) GDPR: consent is given for something"),
        );
    }
}

/// Where there are tenants, their data can be handed over to them.
fn no_export(check: &mut Check<'_>) {
    let model = check.model;
    for (name, audience) in &model.audiences {
        let of_tenants = matches!(audience.relation, Relation::Tenant | Relation::SubjectOfTenant);
        let mut classes =
            model.data.iter().filter(|(_, class)| class.audience == *name).map(|(class, _)| class).peekable();
        if !of_tenants || classes.peek().is_none() {
            continue;
        }
        if classes.any(|class| model.export_purposes(class).next().is_some()) {
            continue;
        }
        let place = check.at(&format!("audience.{name}"));
        check.report(
            Diagnostic::warning(
                "no-export",
                &place,
                format!("no purpose hands the data of the audience `{name}` over"),
            )
            .label("its data can be read, but not taken along")
            .help("add a purpose with export = true that lists its classes")
            .article("Art. 15(3), 20, 28(3)(g) GDPR: a copy, portability, and return to the controller"),
        );
    }
}

/// A person whose controller is a tenant is told that the tenant receives the data.
fn no_role_of_recipient(check: &mut Check<'_>) {
    use obhut_core::model::RecipientKind;
    let model = check.model;
    for (name, audience) in &model.audiences {
        if audience.relation != Relation::SubjectOfTenant {
            continue;
        }
        let classes: Vec<_> =
            model.data.iter().filter(|(_, class)| class.audience == *name).map(|(class, _)| class).collect();
        let told = model.recipients.values().any(|recipient| {
            recipient.kind == RecipientKind::Tenant && recipient.data.iter().any(|class| classes.contains(&class))
        });
        if !classes.is_empty() && !told {
            let place = check.at(&format!("audience.{name}"));
            check.report(
                Diagnostic::warning(
                    "tenant-not-named",
                    &place,
                    format!(
                        "the audience `{name}` belongs to a tenant, but no recipient of kind \"tenant\" gets its data"
                    ),
                )
                .label("nobody tells it that the tenant receives its data")
                .help("add a [recipient.NAME] with kind = \"tenant\"")
                .article("Art. 13(1)(e) GDPR: the recipients"),
            );
        }
    }
}
