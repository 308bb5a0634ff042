//! The access decision: deny by default (Art. 5(1)(b), 6, 18, 25, 32 GDPR).
//!
//! [`decide`] is the only place that makes a [`Permit`], and a permit is the only thing that opens a sealed value. A
//! refusal carries every reason, and the anchor of the sentence of the notice that each follows from.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::Serialize;

use crate::{
    consent::Consents,
    history::History,
    id::{
        Anchor, ClassName, ConsentName, CredentialId, EventName, FieldName, HoldName, PurposeName, RoleName, SubjectId,
        TenantId,
    },
    model::{Acts, Basis, Model, Purpose},
    retention::{Course, Standing, due, happened},
};

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The credential used; none for a job of our own.
    pub credential: Option<CredentialId>,
    /// The tenant it is bound to; none for the operator and for jobs.
    pub tenant: Option<TenantId>,
    /// The role it acts in.
    pub role: RoleName,
    /// The purposes it is limited to; none: those of its role.
    pub purposes: Option<BTreeSet<PurposeName>>,
}

impl Caller {
    /// Whether the caller may act in `tenant` at all. If not, everything in it is *not found* for him.
    pub fn may_enter(&self, model: &Model, tenant: TenantId) -> bool {
        match model.roles.get(&self.role).map(|role| role.acts) {
            // The operator's own people are no tenant's.
            Some(Acts::Tenant) => self.tenant == Some(tenant) && tenant != TenantId::OPERATOR,
            Some(Acts::Operator | Acts::System | Acts::Form) => self.tenant.is_none_or(|bound| bound == tenant),
            None => false,
        }
    }
}

/// What is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// Who.
    pub caller: &'a Caller,
    /// Whose tenant.
    pub tenant: TenantId,
    /// Which person.
    pub subject: SubjectId,
    /// Which class.
    pub class: &'a ClassName,
    /// For which purpose.
    pub purpose: &'a PurposeName,
}

/// What is known about the person and the record.
#[derive(Debug, Clone, Copy)]
pub struct Situation<'a> {
    /// What happened.
    pub history: &'a History,
    /// The person's consents.
    pub consents: &'a Consents,
    /// The standing of the record, from [`crate::retention::assess`].
    pub standing: &'a Standing,
    /// Whether the person's data is restricted (Art. 18).
    pub restricted: bool,
}

/// Leave to open the named fields of one class of one person for one purpose. Made by [`decide`] only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permit {
    tenant: TenantId,
    subject: SubjectId,
    class: ClassName,
    purpose: PurposeName,
    fields: Vec<FieldName>,
}

impl Permit {
    /// The tenant.
    pub const fn tenant(&self) -> TenantId {
        self.tenant
    }

    /// The person.
    pub const fn subject(&self) -> SubjectId {
        self.subject
    }

    /// The class.
    pub const fn class(&self) -> &ClassName {
        &self.class
    }

    /// The purpose.
    pub const fn purpose(&self) -> &PurposeName {
        &self.purpose
    }

    /// The fields the purpose needs, in the order of the class.
    pub fn fields(&self) -> &[FieldName] {
        &self.fields
    }
}

/// One reason of a refusal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "reason", rename_all = "kebab-case")]
pub enum Reason {
    /// The policy does not know the purpose.
    UnknownPurpose {
        /// As asked.
        purpose: PurposeName,
    },
    /// The policy does not know the class.
    UnknownClass {
        /// As asked.
        class: ClassName,
    },
    /// The purpose does not need this class.
    NotForThisData {
        /// The purpose.
        purpose: PurposeName,
        /// The class.
        class: ClassName,
    },
    /// The role does not act for this purpose.
    NotForThisRole {
        /// The purpose.
        purpose: PurposeName,
        /// The role.
        role: RoleName,
    },
    /// The credential is limited to other purposes.
    NotForThisCredential {
        /// The purpose.
        purpose: PurposeName,
    },
    /// The caller belongs to another tenant.
    OtherTenant,
    /// The event that opens the purpose has not happened.
    EventMissing {
        /// The purpose.
        purpose: PurposeName,
        /// The event.
        event: EventName,
    },
    /// The time for which the event opened the purpose is over.
    Over {
        /// The purpose.
        purpose: PurposeName,
        /// The event.
        event: EventName,
    },
    /// The consent the purpose rests on is not given.
    ConsentMissing {
        /// The purpose.
        purpose: PurposeName,
        /// The consent.
        consent: ConsentName,
    },
    /// The data is restricted (Art. 18).
    Restricted,
    /// The data is kept for export only.
    ExportOnly,
    /// The data is kept for another purpose only.
    OnlyFor {
        /// Which.
        purpose: PurposeName,
    },
    /// The data is kept on a consent that does not cover this purpose.
    KeptOnConsentOnly {
        /// The consent.
        consent: ConsentName,
    },
    /// The data is kept by a hold for its one purpose.
    Held {
        /// The hold.
        hold: HoldName,
    },
    /// The period is over: the data is about to be erased.
    PeriodOver,
    /// A form collects and never reads.
    CollectsOnly {
        /// The role of the form.
        role: RoleName,
    },
    /// The inventory does not declare the field.
    UndeclaredField {
        /// The class.
        class: ClassName,
        /// As sent.
        field: FieldName,
    },
    /// The fields of the class are collected only if another field has a certain value.
    ConditionNotMet {
        /// The class.
        class: ClassName,
        /// The field that decides.
        field: FieldName,
        /// The value it must have.
        equals: String,
    },
}

impl Reason {
    /// The anchor of the sentence of the notice from which the reason follows.
    pub fn anchor(&self) -> Anchor {
        match self {
            Self::UnknownPurpose { .. } => Anchor::of("notice", "purposes"),
            Self::UnknownClass { .. } => Anchor::of("notice", "data"),
            Self::NotForThisData { purpose, .. }
            | Self::NotForThisRole { purpose, .. }
            | Self::NotForThisCredential { purpose }
            | Self::EventMissing { purpose, .. }
            | Self::Over { purpose, .. } => Anchor::of("purpose", purpose.as_str()),
            Self::UndeclaredField { class, .. } | Self::ConditionNotMet { class, .. } => {
                Anchor::of("data", class.as_str())
            }
            Self::OtherTenant | Self::CollectsOnly { .. } => Anchor::of("notice", "access"),
            Self::ConsentMissing { consent, .. } | Self::KeptOnConsentOnly { consent } => {
                Anchor::of("consent", consent.as_str())
            }
            Self::Restricted => Anchor::of("notice", "rights"),
            Self::ExportOnly | Self::OnlyFor { .. } | Self::PeriodOver => Anchor::of("notice", "retention"),
            Self::Held { hold } => Anchor::of("hold", hold.as_str()),
        }
    }
}

/// A refusal: at least one reason.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the policy does not allow this: {reasons:?}")]
pub struct Refusal {
    /// All reasons, the most basic first.
    pub reasons: Vec<Reason>,
}

/// Decides whether the class may be opened for the purpose. Everything that is not allowed is refused.
pub fn decide(
    model: &Model,
    request: &Request<'_>,
    situation: &Situation<'_>,
    now: Timestamp,
) -> Result<Permit, Refusal> {
    let mut reasons = Vec::new();
    let purpose = admit(model, request, situation.history, now, &mut reasons);
    if model.roles.get(&request.caller.role).is_some_and(|role| role.acts == Acts::Form) {
        reasons.push(Reason::CollectsOnly { role: request.caller.role.clone() });
    }
    let (Some(class), Some(purpose)) = (model.data.get(request.class), purpose) else {
        return Err(Refusal { reasons });
    };

    let rests_on = match &purpose.basis {
        Basis::Consent(consent) => Some(consent),
        _ => None,
    };
    if let Some(consent) = rests_on {
        let given = model
            .consents
            .get(consent)
            .and_then(|declared| situation.consents.given_since(consent, declared, now, &model.policy.zone));
        if given.is_none() {
            reasons.push(Reason::ConsentMissing { purpose: request.purpose.clone(), consent: consent.clone() });
        }
    }
    if situation.restricted && !purpose.export {
        reasons.push(Reason::Restricted);
    }
    match situation.standing {
        Standing::Active => {}
        Standing::OnConsent { consent } if purpose.export || rests_on == Some(consent) => {}
        Standing::OnConsent { consent } => reasons.push(Reason::KeptOnConsentOnly { consent: consent.clone() }),
        Standing::ExportOnly | Standing::Restricted if purpose.export => {}
        Standing::ExportOnly => reasons.push(Reason::ExportOnly),
        Standing::OnlyFor { purpose: only } if purpose.export || only == request.purpose => {}
        Standing::OnlyFor { purpose: only } => reasons.push(Reason::OnlyFor { purpose: only.clone() }),
        Standing::Restricted => reasons.push(Reason::Restricted),
        Standing::Held { hold } => {
            if model.holds.get(hold).is_none_or(|held| held.purpose != *request.purpose) {
                reasons.push(Reason::Held { hold: hold.clone() });
            }
        }
        Standing::Due { .. } => reasons.push(Reason::PeriodOver),
    }
    if !reasons.is_empty() {
        return Err(Refusal { reasons });
    }
    let needed = |field: &&FieldName| purpose.fields.as_ref().is_none_or(|needed| needed.contains(field));
    Ok(Permit {
        tenant: request.tenant,
        subject: request.subject,
        class: request.class.clone(),
        purpose: request.purpose.clone(),
        fields: class.fields.iter().filter(needed).cloned().collect(),
    })
}

/// What is to be written: the classes of one submission with their fields.
#[derive(Debug, Clone, Copy)]
pub struct Collection<'a> {
    /// Who writes.
    pub caller: &'a Caller,
    /// Into whose tenant.
    pub tenant: TenantId,
    /// About whom.
    pub subject: SubjectId,
    /// For which purpose it is collected.
    pub purpose: &'a PurposeName,
    /// The values, by class and field.
    pub values: &'a BTreeMap<ClassName, BTreeMap<FieldName, String>>,
    /// What happened, including what the submission itself reports.
    pub history: &'a History,
    /// What was declared, including what the submission itself declares.
    pub consents: &'a Consents,
}

/// Decides whether the classes and fields of a submission may be stored for the purpose. An undeclared field is
/// refused, and so are fields whose condition is not met (Art. 5(1)(c)), and what rests on a consent that is not given
/// (Art. 6(1)(a)): collecting is processing too.
pub fn decide_write(model: &Model, collection: &Collection<'_>, now: Timestamp) -> Result<(), Refusal> {
    let Collection { caller, tenant, subject, purpose, values, history, consents } = *collection;
    let mut reasons = Vec::new();
    if values.is_empty() {
        // Nothing to store is not everybody's to send: it may still report events and consents.
        admit_caller(model, caller, tenant, purpose, history, now, &mut reasons);
    }
    if let Some(Basis::Consent(consent)) = model.purposes.get(purpose).map(|purpose| &purpose.basis) {
        let declared = model.consents.get(consent);
        let zone = &model.policy.zone;
        if !values.is_empty() && !declared.is_some_and(|known| consents.lets_collect(consent, known, now, zone)) {
            reasons.push(Reason::ConsentMissing { purpose: purpose.clone(), consent: consent.clone() });
        }
    }
    for (name, fields) in values {
        let request = Request { caller, tenant, subject, class: name, purpose };
        admit(model, &request, history, now, &mut reasons);
        let Some(class) = model.data.get(name) else { continue };
        for field in fields.keys().filter(|field| !class.fields.contains(field)) {
            reasons.push(Reason::UndeclaredField { class: name.clone(), field: field.clone() });
        }
        if let Some(condition) = &class.only_if {
            let value = values.get(&condition.class).and_then(|fields| fields.get(&condition.field));
            if value != Some(&condition.equals) {
                reasons.push(Reason::ConditionNotMet {
                    class: name.clone(),
                    field: condition.field.clone(),
                    equals: condition.equals.clone(),
                });
            }
        }
    }
    if reasons.is_empty() { Ok(()) } else { Err(Refusal { reasons }) }
}

/// What reading and writing have in common: tenant, class, purpose, role, credential and required event.
fn admit<'a>(
    model: &'a Model,
    request: &Request<'_>,
    history: &History,
    now: Timestamp,
    reasons: &mut Vec<Reason>,
) -> Option<&'a Purpose> {
    let Request { caller, tenant, class, purpose: name, .. } = *request;
    let purpose = admit_caller(model, caller, tenant, name, history, now, reasons);
    if !model.data.contains_key(class) {
        reasons.push(Reason::UnknownClass { class: class.clone() });
    }
    if purpose.is_some_and(|purpose| !purpose.data.contains(class)) {
        reasons.push(Reason::NotForThisData { purpose: name.clone(), class: class.clone() });
    }
    purpose
}

/// Whether the caller may act for the purpose in the tenant at all, whatever the data.
fn admit_caller<'a>(
    model: &'a Model,
    caller: &Caller,
    tenant: TenantId,
    name: &PurposeName,
    history: &History,
    now: Timestamp,
    reasons: &mut Vec<Reason>,
) -> Option<&'a Purpose> {
    if !caller.may_enter(model, tenant) {
        reasons.push(Reason::OtherTenant);
    }
    let Some(purpose) = model.purposes.get(name) else {
        reasons.push(Reason::UnknownPurpose { purpose: name.clone() });
        return None;
    };
    if !purpose.roles.contains(&caller.role) {
        reasons.push(Reason::NotForThisRole { purpose: name.clone(), role: caller.role.clone() });
    }
    if caller.purposes.as_ref().is_some_and(|allowed| !allowed.contains(name)) {
        reasons.push(Reason::NotForThisCredential { purpose: name.clone() });
    }
    if let Some(event) = &purpose.requires {
        match happened(model, history, event, now) {
            None => reasons.push(Reason::EventMissing { purpose: name.clone(), event: event.clone() }),
            Some(opened) if closed(model, purpose, history, opened, now) => {
                reasons.push(Reason::Over { purpose: name.clone(), event: event.clone() });
            }
            Some(_) => {}
        }
    }
    Some(purpose)
}

/// Whether the purpose that was opened at `opened` is closed again. Only what happened from then on closes it.
fn closed(model: &Model, purpose: &Purpose, history: &History, opened: Timestamp, now: Timestamp) -> bool {
    let Some(rule) = &purpose.until else { return false };
    let before = opened.checked_sub(jiff::SignedDuration::from_nanos(1)).ok();
    let course = Course { cancelled: before, ..Course::of(history, now) };
    due(model, rule, &course, &mut Vec::new()).is_some_and(|end| end.at <= now)
}
