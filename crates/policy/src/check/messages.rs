//! Messages: who may write to whom, and why.

use obhut_core::model::{Relation, Sender};

use super::Check;
use crate::diagnostic::Diagnostic;

pub(super) fn run(check: &mut Check<'_>) {
    purpose_of_audience(check);
    operator_to_tenants_people(check);
    tenant_without_people(check);
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
