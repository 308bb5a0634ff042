//! The inventory fits together: fields, identities, purposes and consents of one audience.

use std::collections::BTreeSet;

use obhut_core::{
    id::{AudienceName, ConsentName, FieldName},
    model::{Basis, Others},
};

use super::Check;
use crate::{diagnostic::Diagnostic, name};

pub(super) fn run(check: &mut Check<'_>) {
    identity(check);
    purpose_fields(check);
    consent_of_audience(check);
}

/// The identity of a person is one of the fields.
fn identity(check: &mut Check<'_>) {
    for (name, class) in &check.model.data {
        let Some(identity) = class.identity.as_ref().filter(|identity| !class.fields.contains(identity)) else {
            continue;
        };
        let place = check.at(&format!("data.{name}.identity"));
        check.report(
            Diagnostic::error("identity-field", &place, format!("[data.{name}] has no field `{identity}`"))
                .label("not one of its fields")
                .maybe_help(name::did_you_mean(identity.as_str(), class.fields.iter().map(FieldName::as_str))),
        );
    }
}

/// The fields of a purpose are fields of its classes.
fn purpose_fields(check: &mut Check<'_>) {
    let model = check.model;
    for (name, purpose) in &model.purposes {
        if purpose.data.iter().any(|class| !model.data.contains_key(class)) {
            continue;
        }
        let known: Vec<_> = purpose
            .data
            .iter()
            .filter_map(|class| model.data.get(class))
            .flat_map(|class| &class.fields)
            .map(FieldName::as_str)
            .collect();
        for field in purpose.fields.iter().flatten().filter(|field| !known.contains(&field.as_str())) {
            let place = check.at(&format!("purpose.{name}.fields[{field}]"));
            check.report(
                Diagnostic::error(
                    "unknown-name",
                    &place,
                    format!("no class of [purpose.{name}] has a field `{field}`"),
                )
                .label("not a field of its data")
                .maybe_help(name::did_you_mean(field.as_str(), known.iter().copied())),
            );
        }
    }
}

/// A consent covers only those who are asked for it.
fn consent_of_audience(check: &mut Check<'_>) {
    let model = check.model;
    let audience = |class| model.data.get(class).map(|class| class.audience.clone());
    let mut uses: Vec<(String, &ConsentName, BTreeSet<AudienceName>)> = Vec::new();
    for (name, purpose) in &model.purposes {
        if let Basis::Consent(consent) = &purpose.basis {
            uses.push((format!("purpose.{name}.basis"), consent, purpose.data.iter().filter_map(audience).collect()));
        }
    }
    for (name, retention) in &model.retentions {
        if let Some(consent) = &retention.unless {
            uses.push((format!("retain.{name}.unless"), consent, retention.data.iter().filter_map(audience).collect()));
        }
    }
    for (name, others) in &model.disclosure.others {
        if let Others::WithConsent(consent) = others {
            uses.push((format!("disclosure.{name}"), consent, [name.clone()].into()));
        }
    }
    for (name, cookie) in &model.cookies {
        if let Some(consent) = &cookie.consent {
            let audiences = cookie.audiences.iter().filter(|audience| model.audiences.contains_key(*audience));
            uses.push((format!("cookie.{name}.audiences"), consent, audiences.cloned().collect()));
        }
    }
    for (path, consent, audiences) in uses {
        let Some(asked) = model.consents.get(consent).map(|consent| &consent.audiences) else { continue };
        for audience in audiences.iter().filter(|audience| !audience.as_str().is_empty() && !asked.contains(audience)) {
            let finding = Diagnostic::error(
                "consent-audience",
                &check.at(&path),
                format!("the consent `{consent}` is not asked of the audience `{audience}`"),
            );
            check.report(
                finding
                    .label(if path.starts_with("cookie.") {
                        format!("this lies on devices of `{audience}`")
                    } else {
                        format!("this is about data of `{audience}`")
                    })
                    .help(format!(
                        "add `{audience}` to `audience` of [consent.{consent}], or name a consent it is asked for"
                    ))
                    .article("Art. 4(11), 7(1) GDPR: only the person concerned can consent"),
            );
        }
    }
}
