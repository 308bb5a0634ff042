//! Rights and tenants: a refusal of direct transfer is explained, changes are announced, and nothing is left to tenants
//! where there are none.

use obhut_core::{
    model::{Acts, Basis, RecipientKind, Relation, Source},
    rule::Chooser,
};

use super::{Check, links, time};
use crate::diagnostic::Diagnostic;

pub(super) fn run(check: &mut Check<'_>) {
    transfer(check);
    announcement(check);
    if !has_tenants(check) {
        without_tenants(check);
    }
}

/// Data that people gave on consent or for a contract goes to another controller, where that is technically feasible.
fn transfer(check: &mut Check<'_>) {
    let model = check.model;
    let Some(reason) = &model.export.no_transfer else { return };
    let portable = model.purposes.values().any(|purpose| {
        matches!(purpose.basis, Basis::Consent(_) | Basis::Contract)
            && purpose
                .data
                .iter()
                .any(|class| model.data.get(class).is_some_and(|class| class.source == Source::Subject))
    });
    let text = format!("{} {}", reason.de, reason.en).to_lowercase();
    // The one reason the law accepts.
    if !portable || ["technisch", "technical"].iter().any(|word| text.contains(word)) {
        return;
    }
    let place = check.at("export.transfer");
    check.report(
        Diagnostic::warning(
            "transfer-refused",
            &place,
            "data is not transferred to another controller, and the reason is not that it cannot be",
        )
        .label("a right that people have")
        .help("write transfer = true, or say in `transfer_reason` why it is not technically feasible")
        .article("Art. 20(2) GDPR: transmitted directly from one controller to another, where technically feasible"),
    );
}

/// A tenant learns of a change before it applies: it has to be able to object.
fn announcement(check: &mut Check<'_>) {
    let model = check.model;
    let tenants = model.audiences.values().any(|audience| audience.relation == Relation::Tenant);
    if !tenants || model.policy.announce.is_some() || check.draft.places.get("policy.announce").is_some() {
        return;
    }
    let place = check.at("policy");
    check.report(
        Diagnostic::warning("announce-missing", &place, "a change of this policy applies to tenants without notice")
            .label("`announce` is missing here")
            .help("add for example\nannounce = \"14 days\"")
            .article("Art. 28(2), (3)(a) GDPR: a processor informs of changes, so that the controller can object"),
    );
}

fn has_tenants(check: &Check<'_>) -> bool {
    let tenants = |relation| matches!(relation, Relation::Tenant | Relation::SubjectOfTenant);
    check.model.audiences.values().any(|audience| tenants(audience.relation))
}

/// What only tenants can do, where there are none.
fn without_tenants(check: &mut Check<'_>) {
    let model = check.model;
    let mut found: Vec<(String, String)> = Vec::new();
    for (name, role) in &model.roles {
        if role.acts == Acts::Tenant {
            found.push((format!("role.{name}.acts"), format!("[role.{name}] acts for a tenant")));
        }
    }
    for (name, recipient) in &model.recipients {
        if recipient.kind == RecipientKind::Tenant {
            found.push((format!("recipient.{name}.kind"), format!("[recipient.{name}] is a tenant")));
        }
    }
    for (name, log) in &model.logs {
        if log.tenant_settings {
            found.push((format!("log.{name}.tenant_settings"), format!("[log.{name}] can be set by tenants")));
        }
    }
    for (path, rule) in links::rules(check) {
        if time::choices(rule).iter().any(|(_, choice)| choice.by == Chooser::Tenant) {
            found.push((path, "a tenant chooses this period".to_owned()));
        }
    }
    if model.rights.forwards {
        found.push(("rights.tenant_requests".to_owned(), "requests are forwarded to tenants".to_owned()));
    }
    if model.access.instruction.is_some() {
        found.push(("access.instruction".to_owned(), "a tenant gives the instruction for access".to_owned()));
    }
    for (path, what) in found {
        let place = check.at(&path);
        check.report(
            Diagnostic::warning("no-tenants", &place, format!("{what}, but the policy has no tenants"))
                .label("there is nobody to do it")
                .help("remove it, or add an audience with relation = \"tenant\" or \"subject-of-tenant\""),
        );
    }
}
